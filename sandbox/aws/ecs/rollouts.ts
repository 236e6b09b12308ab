/** Service deployments: the history of a service's deployments, their states and their outcomes. */
import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import { durations } from '../../world/durations.ts';
import type { Events, Region } from '../../world/region.ts';
import { failureThreshold, isBreakerEnabled } from './breaker.ts';
import { newRevision, revisionArn, withTaskCounts } from './revisions.ts';
import type { DeploymentRow, RolloutRow, ServiceRow } from './store.ts';
import type { ProgressRow } from './strategies/rows.ts';
import { shownStage } from './strategies/stages.ts';

const MAX_KEPT = 100;
export const NO_CANDIDATE = 'No rollback candidate was found to run the rollback.';

/** The states in which a service deployment has ended. */
const FINAL_STATES: readonly ServiceDeploymentStatus[] = [
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
];

/** Whether a service deployment has ended. */
export const isOver = ({ status }: RolloutRow): boolean => FINAL_STATES.includes(status);

/** Returns the newest service deployment of a deployment. A rollback reuses the id of a deployment, but not its record. */
export const rolloutOf = ({ rollouts }: ServiceRow, deploymentId: string): RolloutRow | undefined =>
  rollouts.find((row) => row.deploymentId === deploymentId);

/** Records a new deployment, which is PENDING at first, and stops any unfinished deployment. */
export function openRollout(
  region: Region,
  service: ServiceRow,
  deployment: DeploymentRow,
  progress?: ProgressRow,
): void {
  const now = region.now();
  for (const unfinished of service.rollouts.filter((row) => !isOver(row)))
    supersede(region, service, unfinished);
  const sources = service.deployments.map(({ id }) => revisionArn(service, id));
  const rollout: RolloutRow = {
    serviceDeploymentArn: service.serviceArn
      .replace(':service/', ':service-deployment/')
      .concat(`/${region.id('d', 21).slice(2)}`),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    deploymentId: deployment.id,
    status: 'PENDING',
    createdAt: now,
    updatedAt: now,
    sourceServiceRevisions: sources.map((arn) => ({ arn })),
    targetServiceRevision: { arn: revisionArn(service, deployment.id) },
    deploymentConfiguration: service.deploymentConfiguration,
    ignoresAlarms: deployment.ignoresAlarms,
    revision: newRevision(region, service, deployment),
    progress,
    lifecycleStage: progress && shownStage(progress.stage),
  };
  service.rollouts = [rollout, ...remembered(region, service)].slice(0, MAX_KEPT);
  region.after('serviceDeploymentStart', 'ecs:service-deployment-started', rollout.serviceDeploymentArn);
}

/**
 * Returns the service deployments that can still be described: those of the last 90 days, and those of the current revisions.
 * At every pace these are days of real time.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
 */
export function remembered(region: Region, { rollouts, deployments }: ServiceRow): RolloutRow[] {
  const earliest = region.now().getTime() - durations.serviceDeploymentForget;
  return rollouts.filter(
    (row) => row.createdAt.getTime() >= earliest || deployments.some(({ id }) => id === row.deploymentId),
  );
}

/** Stops a service deployment because a newer one, or the deletion of the service, takes its place. */
export function supersede(region: Region, service: ServiceRow, row: RolloutRow): void {
  if (row.status === 'ROLLBACK_IN_PROGRESS') {
    return closeRollout(region, service, row, 'ROLLBACK_FAILED', row.statusReason);
  }
  row.status = 'STOP_REQUESTED';
  row.isSuperseded = true;
  row.updatedAt = region.now();
  region.after('serviceDeploymentStop', 'ecs:service-deployment-superseded', row.serviceDeploymentArn);
}

/** Records that a rollback of a failed deployment begins. @param reason the reason of the rollback, as a full sentence */
export function beginRollback(
  region: Region,
  service: ServiceRow,
  row: RolloutRow,
  reason: string,
  rollbackTarget: DeploymentRow,
): void {
  const serviceRevisionArn = revisionArn(service, rollbackTarget.id);
  Object.assign(row, { status: 'ROLLBACK_IN_PROGRESS', statusReason: reason, updatedAt: region.now() });
  row.rollback = { reason, startedAt: region.now(), serviceRevisionArn };
}

/** Records the end of a service deployment, with the task counts and the number of failed tasks at that moment. */
export function closeRollout(
  region: Region,
  service: ServiceRow,
  row: RolloutRow,
  status: ServiceDeploymentStatus,
  reason?: string,
): void {
  const now = region.now();
  Object.assign(row, { status, statusReason: reason, updatedAt: now, finishedAt: now });
  if (status === 'STOPPED' && !row.isSuperseded) row.stoppedAt = now;
  row.sourceServiceRevisions = row.sourceServiceRevisions?.map((one) => withTaskCounts(region, service, one));
  row.targetServiceRevision = withTaskCounts(region, service, row.targetServiceRevision);
  row.breakerCounts = breakerCounts(service, row);
}

/** Returns the count of failures and the threshold of the circuit breaker, both 0 without a breaker. */
export function breakerCounts(
  service: ServiceRow,
  row: RolloutRow,
): { failureCount: number; threshold: number } {
  if (row.breakerCounts) return row.breakerCounts;
  const { deploymentConfiguration = {} } = row;
  if (!isBreakerEnabled({ deploymentConfiguration })) return { failureCount: 0, threshold: 0 };
  const deployment = service.deployments.find(({ id }) => id === row.deploymentId);
  return {
    failureCount: deployment?.failedTasks ?? 0,
    threshold: failureThreshold({ desiredCount: service.desiredCount, deploymentConfiguration }),
  };
}

/** Finds a service deployment by its ARN, together with its service. */
export function findRollout(
  region: Region,
  arn: string,
): { service: ServiceRow; row: RolloutRow } | undefined {
  const [, cluster, name] = /:service-deployment\/([^/]+)\/([^/]+)\/[^/]+$/.exec(arn) ?? [];
  const service = region.ecs.services.get(region.arn('ecs', `service/${cluster}/${name}`));
  if (!service) return undefined;
  const row = remembered(region, service).find(({ serviceDeploymentArn }) => serviceDeploymentArn === arn);
  return row && { service, row };
}

export const rolloutEvents: Events = {
  'ecs:service-deployment-started'(region, arn) {
    const row = findRollout(region, arn)?.row;
    if (row?.status !== 'PENDING') return;
    Object.assign(row, { status: 'IN_PROGRESS', startedAt: region.now(), updatedAt: region.now() });
  },
  'ecs:service-deployment-superseded'(region, arn) {
    const found = findRollout(region, arn);
    if (found && !isOver(found.row)) closeRollout(region, found.service, found.row, 'STOPPED');
  },
};

/** Returns the unfinished service deployment of a service, if any. */
export const unfinishedRollout = ({ rollouts }: ServiceRow): RolloutRow | undefined =>
  rollouts.find((row) => !isOver(row) && !row.isSuperseded);
