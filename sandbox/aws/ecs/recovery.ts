/** Stops all tasks after a restart of the sandbox, because their processes ended with the previous one. */
import type { Region } from '../../world/region.ts';
import { finishTask } from './task-life.ts';
import { deregisterTargets } from './task-targets.ts';
import { wake } from './wake.ts';

/**
 * Marks every task whose containers had been started as STOPPED, releases its network interface, deregisters it from its
 * target groups, and lets the scheduler start replacements. Tasks that had not started continue with their scheduled
 * events. Call this function once, after the world is restored and before the sandbox accepts calls.
 * @returns the ARNs of the tasks that were lost
 */
export function recoverTasks(region: Region): string[] {
  const lost = region.ecs.tasks.filter(({ handedOver }) => handedOver === true);
  for (const task of lost) {
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
  return lost.map(({ taskArn }) => taskArn);
}
