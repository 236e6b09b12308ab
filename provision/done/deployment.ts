/** Interprets ECS's description of a service's deployment. Pure. */
import type { Deployment, Service as EcsService } from '@aws-sdk/client-ecs';
import { failed, pending, ready, type ProbeResult } from '../../lib/engine/until.ts';
import { shortened } from '../../lib/diagnosis/messages.ts';

export const isPrimary = ({ status }: Deployment): boolean => status === 'PRIMARY';

/**
 * Returns the state of a service's deployment.
 * @param startedAt when the awaited deployment began, according to AWS's clock; ECS may still show the previous deployment
 * @param wasSeen whether ECS has already shown the awaited deployment; a shown deployment that disappears was rolled back
 */
export function deploymentState(
  service: EcsService | undefined,
  taskDefinitionArn: string,
  startedAt?: Date,
  wasSeen = false,
): ProbeResult<undefined> {
  if (!service) return pending('the service is not visible yet');
  if (service.status !== 'ACTIVE')
    return failed(`the service is ${service.status}: someone else is deleting it`);
  const deployments = service.deployments ?? [];
  const primary = deployments.find(isPrimary);
  const isPrevious = startedAt !== undefined && primary !== undefined && !startedSince(startedAt)(primary);
  if (!primary || (isPrevious && !wasSeen)) return pending('the deployment is not visible yet');
  if (isPrevious || primary.taskDefinition !== taskDefinitionArn) {
    const awaited = deployments.find(
      (deployment) =>
        deployment !== primary &&
        (startedAt ? startedSince(startedAt)(deployment) : deployment.taskDefinition === taskDefinitionArn),
    );
    const rollback = `ECS rolled back to ${primary.taskDefinition?.split('/').at(-1)}`;
    const reasons = [awaited?.rolloutStateReason, rollback, primary.rolloutStateReason];
    return failed(reasons.filter(Boolean).join('\n'));
  }
  if (primary.rolloutState === 'FAILED') return failed(primary.rolloutStateReason ?? 'the deployment failed');
  if (primary.rolloutState === 'COMPLETED') return ready(undefined);
  return pending(taskCounts(primary));
}

/** Whether a deployment began at a given time or later. A deployment without a time counts as later. */
export const startedSince =
  (time: Date) =>
  ({ createdAt }: Deployment): boolean =>
    createdAt === undefined || createdAt >= time;

/** Formats the task counts of a deployment. */
export const taskCounts = ({
  runningCount = 0,
  desiredCount = 0,
  pendingCount = 0,
  failedTasks = 0,
}: Deployment): string =>
  [
    `${runningCount}/${desiredCount} running`,
    ...(pendingCount > 0 ? [`${pendingCount} starting`] : []),
    ...(failedTasks > 0 ? [`${failedTasks} failed`] : []),
  ].join(', ');

/**
 * Makes a function that returns the messages of the events that have been added since its last call, oldest first.
 * @param baseline the events that do not count as new; by default, those of the first call
 */
export function newMessagesSince(baseline: EcsService['events']): (events: EcsService['events']) => string[] {
  let seenIds = baseline && new Set(baseline.map(({ id }) => id));
  return (events = []) => {
    const known = seenIds ?? new Set(events.map(({ id }) => id));
    const fresh = events.filter(({ id }) => !known.has(id));
    seenIds = new Set([...known, ...fresh.map(({ id }) => id)]);
    return fresh.reverse().map(({ message = '' }) => shortened(message));
  };
}
