/** What ECS says of the deployment of a service, by looks at it. Pure. */
import type { Deployment, Service as EcsService } from '@aws-sdk/client-ecs';
import { failed, pending, ready, type ProbeResult } from '../../lib/engine/until.ts';
import { shortened } from './diagnose.ts';

export const isPrimary = ({ status }: Deployment): boolean => status === 'PRIMARY';

/**
 * How far a service is.
 * @param started when the deployment began that is waited for, by AWS's clock; a look may still see the one before
 * @param seen whether a look has seen it: then the one before is what ECS went back to
 */
export function deploymentState(
  service: EcsService | undefined,
  taskDefinitionArn: string,
  started?: Date,
  seen = false,
): ProbeResult<undefined> {
  if (!service) return pending('the service is not seen yet');
  if (service.status !== 'ACTIVE') return failed(`the service is ${service.status}: somebody removes it`);
  const deployments = service.deployments ?? [];
  const primary = deployments.find(isPrimary);
  const isBefore = started !== undefined && primary !== undefined && !startedSince(started)(primary);
  if (!primary || (isBefore && !seen)) return pending('the deployment is not seen yet');
  if (isBefore || primary.taskDefinition !== taskDefinitionArn) {
    const mine = deployments.find(
      (one) =>
        one !== primary && (started ? startedSince(started)(one) : one.taskDefinition === taskDefinitionArn),
    );
    const before = `ECS went back to ${primary.taskDefinition?.split('/').at(-1)}`;
    const reasons = [mine?.rolloutStateReason, before, primary.rolloutStateReason];
    return failed(reasons.filter(Boolean).join('\n'));
  }
  if (primary.rolloutState === 'FAILED') return failed(primary.rolloutStateReason ?? 'the deployment failed');
  if (primary.rolloutState === 'COMPLETED') return ready(undefined);
  return pending(taskCounts(primary));
}

/** Whether a deployment began then or later; one of which that is not told counts as such. */
export const startedSince =
  (started: Date) =>
  ({ createdAt }: Deployment): boolean =>
    createdAt === undefined || createdAt >= started;

/** How many tasks a deployment has. */
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

/** ECS's own words, each once, in the order in which they were said; without a beginning, from the first look on. */
export function newEventsSince(beginning: EcsService['events']): (events: EcsService['events']) => string[] {
  let seen = beginning && new Set(beginning.map(({ id }) => id));
  return (events = []) => {
    const known = seen ?? new Set(events.map(({ id }) => id));
    const fresh = events.filter(({ id }) => !known.has(id));
    seen = new Set([...known, ...fresh.map(({ id }) => id)]);
    return fresh.reverse().map(({ message = '' }) => shortened(message));
  };
}
