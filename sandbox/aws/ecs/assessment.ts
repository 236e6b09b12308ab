/** The scheduler's assessment of a service's tasks: which tasks have failed, are healthy, or must be replaced. */
import type { Region } from '../../world/region.ts';
import { resetFailures, throttle } from './breaker.ts';
import { healthOf } from './health.ts';
import type { AssessedTask } from './rolling.ts';
import { taskNotPlaced, addEvent, THROTTLED } from './service-events.ts';
import type { ServiceRow, TaskRow } from './store.ts';
import { isProtected } from './task-protection.ts';

/** Counts each task that ended on its own as one failure of its deployment. */
export function countFailures(region: Region, service: ServiceRow, tasks: readonly TaskRow[]): void {
  for (const task of tasks) {
    if (!task.failureKind || task.isFailureCounted) continue;
    task.isFailureCounted = true;
    const deployment = service.deployments.find(({ id }) => id === task.deploymentId);
    if (!deployment) continue;
    deployment.failedTasks += 1;
    service.steady = false;
    if (task.failureKind !== 'start') continue;
    if (task.stopCode === 'TaskFailedToStart')
      addEvent(region, service, taskNotPlaced(task.stoppedReason ?? ''));
    if (throttle(region, deployment)) addEvent(region, service, THROTTLED);
  }
}

/**
 * Assesses a task. An unhealthy task is marked for replacement.
 */
export function assessTask(
  region: Region,
  service: ServiceRow,
  task: TaskRow,
): Omit<AssessedTask, 'isPrimary'> {
  const deployment = service.deployments.find(({ id }) => id === task.deploymentId);
  const health = task.replaceReason === undefined ? healthOf(region, service, task) : undefined;
  if (health?.state === 'unhealthy') {
    task.replaceReason = health.reason;
    task.replaceEvent = health.event;
    service.steady = false;
  }
  if (health?.state === 'healthy' && !task.wasHealthy) {
    task.wasHealthy = true;
    if (deployment) resetFailures(service, deployment);
  }
  return {
    task,
    isHealthy: health?.state === 'healthy',
    mustBeReplaced: task.replaceReason !== undefined,
    isProtected: isProtected(region, task),
  };
}
