/** Wakes the scheduler for a service. Several events at the same moment wake it only once. */
import { durations, type Duration } from '../../world/durations.ts';
import type { Region } from '../../world/region.ts';
import type { ServiceRow } from './store.ts';

/** The minimum real time between two ticks, in milliseconds. Every tick changes the world, which is then saved. */
const MIN_TICK_MS = 200;

/** Makes the scheduler check a service after a duration, unless an earlier check is already scheduled. */
export function wake(region: Region, service: ServiceRow, duration: Duration): void {
  wakeAfter(region, service, durations[duration]);
}

/** Makes the scheduler check a service at the next tick. The instant pace has no ticks, as no time would pass between them. */
export function tick(region: Region, service: ServiceRow): void {
  const scale = region.scaled(1);
  if (scale > 0) wakeAfter(region, service, Math.max(durations.schedulerTick, MIN_TICK_MS / scale));
}

/** Wakes the scheduler for the service of a task, if it has one. */
export function wakeServiceOf(region: Region, task: { serviceArn?: string }): void {
  const service = region.ecs.services.get(task.serviceArn);
  if (service) wake(region, service, 'taskCreate');
}

/** @param ms the delay in milliseconds of AWS time */
function wakeAfter(region: Region, service: ServiceRow, ms: number): void {
  const wakeAt = region.now().getTime() + region.scaled(ms);
  if (service.wakeAt !== undefined && service.wakeAt <= wakeAt) return;
  service.wakeAt = wakeAt;
  region.after(ms, 'ecs:service-due', service.serviceArn);
}
