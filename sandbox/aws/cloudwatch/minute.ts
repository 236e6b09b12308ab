/** Schedules the minutes of CloudWatch: at the end of each, services are measured and alarms are evaluated. */
import type { Region } from '../../world/region.ts';
import { bucketOf, startOf } from './periods.ts';

export const MINUTE_EVENT = 'cloudwatch:minute';
export const MINUTE_MS = 60_000;
/** The minimum real time between two evaluations, in milliseconds. Every evaluation changes the world, which is then saved. */
const MIN_INTERVAL_MS = 200;

/**
 * Schedules the end of the current minute while the region has alarms. At the pace `instant` no time passes, so nothing is
 * scheduled: reads evaluate the alarms.
 */
export function scheduleMinute(region: Region): void {
  const scale = region.scaled(1);
  if (scale === 0) return;
  region.forget(MINUTE_EVENT, region.name);
  if (region.cloudwatch.alarms.size === 0) return;
  const now = region.now().getTime();
  const earliest = now + MIN_INTERVAL_MS;
  const minute = region.scaled(MINUTE_MS);
  const end = Math.max(startOf(bucketOf(now, minute) + 1, minute), minute < MIN_INTERVAL_MS ? earliest : 0);
  region.after((end - now) / scale, MINUTE_EVENT, region.name);
}
