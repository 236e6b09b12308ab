/** Stops tasks as the service scheduler does: the stop is announced before the tasks leave their targets. */
import type { Region } from '../../world/region.ts';
import { addEvent, pendingTasksStopped, tasksStopped } from './service-events.ts';
import type { ServiceRow, TaskRow } from './store.ts';
import { stop } from './task-life.ts';

/**
 * Stops tasks of a service. An unhealthy task counts as a failure of its deployment now, because ECS counts a task that fails
 * a health check and is stopped. The event about its health also belongs to the stop, not to the failed check.
 * @param deploymentId the deployment that causes the stop
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
 */
export function stopTasks(
  region: Region,
  service: ServiceRow,
  tasks: readonly TaskRow[],
  deploymentId: string | undefined,
): void {
  for (const task of tasks) {
    if (task.replaceReason === undefined) continue;
    if (task.replaceEvent !== undefined) addEvent(region, service, task.replaceEvent);
    const deployment = service.deployments.find(({ id }) => id === task.deploymentId);
    if (deployment && deployment.rolloutState !== 'FAILED') deployment.failedTasks += 1;
  }
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  const pendingCount = tasks.length - running.length;
  if (pendingCount > 0) addEvent(region, service, pendingTasksStopped(pendingCount));
  if (running.length > 0) addEvent(region, service, tasksStopped(running));
  for (const task of tasks) {
    const reason = task.replaceReason ?? `Scaling activity initiated by (deployment ${deploymentId})`;
    stop(region, task, 'ServiceSchedulerInitiated', reason);
  }
}
