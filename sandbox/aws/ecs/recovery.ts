/** After a restart of the sandbox: the processes of its tasks have gone with it, and the tasks must say so. */
import type { Region } from '../../world/region.ts';
import { finish } from './task-life.ts';
import { deregister } from './task-targets.ts';
import { wake } from './wake.ts';

/**
 * Marks every task whose containers had been started as STOPPED, gives back its network interface, takes it out of its
 * target groups, and lets the scheduler start replacements. Tasks that had not got so far go on, as the agenda has it.
 * To be called once, after the world was read back and before the first call.
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
    deregister(region, task);
    finish(region, task);
  }
  for (const service of region.ecs.services.filter(({ status }) => status !== 'INACTIVE')) {
    service.wakeAt = undefined;
    wake(region, service, 'taskCreate');
  }
  return lost.map(({ taskArn }) => taskArn);
}
