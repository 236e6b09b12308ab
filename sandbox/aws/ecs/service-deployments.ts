/** The operations on service deployments and service revisions. */
import type * as ECS from '@aws-sdk/client-ecs';
import type {
  Failure,
  ServiceDeployment,
  ServiceDeploymentAlarms,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { isBreakerEnabled } from './breaker.ts';
import { alreadyEnded, invalid, serviceDeploymentNotFound } from './errors.ts';
import { checkServiceDeploymentArn } from './identifiers.ts';
import { clusterOf, page, serviceOf } from './lookups.ts';
import { withTaskCounts } from './revisions.ts';
import { breakerCounts, findRollout, isOver, remembered } from './rollouts.ts';
import type { RolloutRow, ServiceRow } from './store.ts';
import { withShares } from './strategies/shares.ts';
import { wake } from './wake.ts';

const MAX_PER_CALL = 20;

/** Returns a service deployment. While it is unfinished, the counts of its tasks and failures are the current ones. */
function viewOf(region: Region, service: ServiceRow, row: RolloutRow): ServiceDeployment {
  const counted = (summary?: ServiceRevisionSummary) =>
    withShares(
      row,
      isOver(row) && summary?.runningTaskCount !== undefined
        ? summary
        : withTaskCounts(region, service, summary),
    );
  return {
    ...row,
    sourceServiceRevisions: row.sourceServiceRevisions?.map(counted),
    targetServiceRevision: counted(row.targetServiceRevision),
    deploymentCircuitBreaker: { status: breakerStatus(row), ...breakerCounts(service, row) },
    alarms: alarmsView(row),
  };
}

/** Whether the alarms are DISABLED if they were already in the state ALARM at the start is not verified. */
function alarmsView(row: RolloutRow): ServiceDeploymentAlarms {
  const { enable, alarmNames } = row.deploymentConfiguration?.alarms ?? {};
  if (!enable) return { status: 'DISABLED' };
  if (row.failedBy === 'alarms') {
    return { status: 'TRIGGERED', alarmNames, triggeredAlarmNames: row.triggeredAlarmNames };
  }
  return { status: row.ignoresAlarms ? 'DISABLED' : monitoringStatus(row), alarmNames };
}

const monitoringStatus = (row: RolloutRow): ServiceDeploymentRollbackMonitorsStatus =>
  isOver(row) || row.status === 'ROLLBACK_IN_PROGRESS' ? 'MONITORING_COMPLETE' : 'MONITORING';

function breakerStatus(row: RolloutRow): ServiceDeploymentRollbackMonitorsStatus {
  if (!isBreakerEnabled({ deploymentConfiguration: row.deploymentConfiguration ?? {} })) return 'DISABLED';
  return row.failedBy === 'breaker' ? 'TRIGGERED' : monitoringStatus(row);
}

export const serviceDeploymentOperations = {
  ListServiceDeployments: {
    inputMembers: ['service', 'cluster', 'status', 'createdAt', 'maxResults', 'nextToken'],
    run(input, region) {
      const service = serviceOf(region, clusterOf(region, requestedCluster(input)), input.service);
      const { before, after } = input.createdAt ?? {};
      const listed = remembered(region, service).filter(
        ({ status, createdAt }) =>
          (!input.status?.length || input.status.includes(status)) &&
          (!before || createdAt < before) &&
          (!after || createdAt > after),
      );
      const { rows, nextToken } = page(listed, input.maxResults ?? MAX_PER_CALL, input.nextToken);
      const serviceDeployments = rows.map((row) => ({
        ...row,
        targetServiceRevisionArn: row.targetServiceRevision?.arn,
      }));
      return { serviceDeployments, nextToken };
    },
  },

  DescribeServiceDeployments: {
    inputMembers: ['serviceDeploymentArns'],
    run(input, region) {
      const { found, failures } = findAll(input.serviceDeploymentArns, (arn) => {
        const one = findRollout(region, arn);
        return one && viewOf(region, one.service, one.row);
      });
      return { serviceDeployments: found, failures };
    },
  },

  DescribeServiceRevisions: {
    inputMembers: ['serviceRevisionArns'],
    run(input, region) {
      const revisions = region.ecs.services
        .all()
        .flatMap((service) => remembered(region, service).map(({ revision }) => revision));
      const { found, failures } = findAll(input.serviceRevisionArns, (arn) =>
        revisions.find(({ serviceRevisionArn }) => serviceRevisionArn === arn),
      );
      return { serviceRevisions: found, failures };
    },
  },

  /**
   * Stops an unfinished service deployment: ROLLBACK restores the last completed one, even if no failure detection is
   * configured. ABORT is only part of the model; the sandbox ends the deployment without a rollback.
   * @throws ServiceDeploymentNotFoundException; ConflictException if the deployment has ended
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
   */
  StopServiceDeployment: {
    inputMembers: ['serviceDeploymentArn', 'stopType'],
    run({ serviceDeploymentArn = '', stopType = 'ROLLBACK' }, region) {
      checkServiceDeploymentArn(serviceDeploymentArn);
      const found = findRollout(region, serviceDeploymentArn);
      if (!found) throw serviceDeploymentNotFound();
      const { service, row } = found;
      if (isOver(row)) throw alreadyEnded(serviceDeploymentArn, row.status);
      if (row.status === 'PENDING' || row.status === 'IN_PROGRESS') {
        row.status = stopType === 'ABORT' ? 'STOP_REQUESTED' : 'ROLLBACK_REQUESTED';
        row.updatedAt = region.now();
        wake(region, service, 'taskCreate');
      }
      return { serviceDeploymentArn };
    },
  },
} satisfies Operations<typeof ECS>;

/** Returns the cluster that a request names, either directly or in the ARN of the service. */
const requestedCluster = ({ cluster, service = '' }: ECS.ListServiceDeploymentsRequest): string | undefined =>
  cluster ?? /:service\/([^/]+)\//.exec(service)?.[1];

function findAll<Row>(
  arns: readonly string[] = [],
  find: (arn: string) => Row | undefined,
): { found: Row[]; failures: Failure[] } {
  if (arns.length < 1 || arns.length > MAX_PER_CALL)
    throw invalid(`Specify between 1 and ${MAX_PER_CALL} ARNs.`);
  const rows = arns.map((arn) => [arn, find(arn)] as const);
  return {
    found: rows.flatMap(([, row]) => row ?? []),
    failures: rows.flatMap(([arn, row]) => (row ? [] : [{ arn, reason: 'MISSING' }])),
  };
}
