/** The read operations on service deployments and service revisions. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Failure, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { failureThreshold } from './breaker.ts';
import { invalid } from './errors.ts';
import { clusterOf, page, serviceOf, shortName } from './lookups.ts';
import type { RolloutRow, ServiceRow } from './store.ts';

const MAX_PER_CALL = 20;

/** Returns a deployment with the current task counts of its revisions. */
function viewOf(region: Region, service: ServiceRow, row: RolloutRow): ServiceDeployment {
  const withTaskCounts = (arn = '') => {
    const id = `ecs-svc/${shortName(arn)}`;
    const tasks = region.ecs.tasks.filter(
      (task) => task.serviceArn === service.serviceArn && task.deploymentId === id,
    );
    const runningCount = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
    const wantedCount = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length;
    return {
      arn,
      requestedTaskCount: wantedCount,
      runningTaskCount: runningCount,
      pendingTaskCount: Math.max(0, wantedCount - runningCount),
    };
  };
  const hasBreaker = service.deploymentConfiguration.deploymentCircuitBreaker?.enable === true;
  const deployment = service.deployments.find(({ id }) => id === row.deploymentId);
  const isOver = row.status !== 'IN_PROGRESS';
  const failureCount = deployment?.failedTasks ?? 0;
  const hasTripped = row.status.startsWith('ROLLBACK') || deployment?.rolloutState === 'FAILED';
  const breakerStatus = hasTripped ? 'TRIGGERED' : isOver ? 'MONITORING_COMPLETE' : 'MONITORING';
  return {
    ...row,
    sourceServiceRevisions: row.sourceServiceRevisions?.map(({ arn }) => withTaskCounts(arn)),
    targetServiceRevision: withTaskCounts(row.targetServiceRevision?.arn),
    deploymentCircuitBreaker: {
      status: hasBreaker ? breakerStatus : 'DISABLED',
      failureCount,
      threshold: hasBreaker ? failureThreshold(service) : 0,
    },
    alarms: { status: 'DISABLED' },
  };
}

export const serviceDeploymentOperations = {
  ListServiceDeployments: {
    inputMembers: ['service', 'cluster', 'status', 'createdAt', 'maxResults', 'nextToken'],
    run(input, region) {
      const service = serviceOf(region, clusterOf(region, requestedCluster(input)), input.service);
      const { before, after } = input.createdAt ?? {};
      const listed = service.rollouts.filter(
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
        for (const service of region.ecs.services.all()) {
          const row = service.rollouts.find((rollout) => rollout.serviceDeploymentArn === arn);
          if (row) return viewOf(region, service, row);
        }
        return undefined;
      });
      return { serviceDeployments: found, failures };
    },
  },

  DescribeServiceRevisions: {
    inputMembers: ['serviceRevisionArns'],
    run(input, region) {
      const revisions = region.ecs.services
        .all()
        .flatMap(({ rollouts }) => rollouts.map(({ revision }) => revision));
      const { found, failures } = findAll(input.serviceRevisionArns, (arn) =>
        revisions.find(({ serviceRevisionArn }) => serviceRevisionArn === arn),
      );
      return { serviceRevisions: found, failures };
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
