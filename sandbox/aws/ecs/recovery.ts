/** Stops tasks after a restart of the sandbox, if their processes ended together with the previous sandbox process. */
import type { Region } from '../../world/region.ts';
import { finishTask } from './task-life.ts';
import { deregisterTargets } from './task-targets.ts';
import { wake } from './wake.ts';

/**
 * Stops every task whose containers had been started: marks the task as STOPPED, releases its network interface, and
 * deregisters it from its target groups. The scheduler then starts replacements. Tasks that had not started yet continue
 * with their scheduled events. Call this function once, after the world is restored and before the sandbox accepts calls.
 * @returns the ARNs of the stopped tasks
 */
export function recoverTasks(region: Region): string[] {
  const lostTasks = region.ecs.tasks.filter(({ handedOver }) => handedOver === true);
  for (const task of lostTasks) {
    if (task.desiredStatus !== 'STOPPED') {
      task.desiredStatus = 'STOPPED';
      task.stopCode = 'InfrastructureHealth';
      task.stoppedReason = 'The sandbox was restarted, and the processes of this task ended with it.';
      task.stoppingAt = region.now();
    }
    deregisterTargets(region, task);
    finishTask(region, task);
  }
  for (const service of region.ecs.services.filter(({ status }) => status !== 'INACTIVE')) {
    service.wakeAt = undefined;
    wake(region, service, 'taskCreate');
  }
  return lostTasks.map(({ taskArn }) => taskArn);
}
