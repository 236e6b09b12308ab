/** The durations of a deployment's bake times and hooks, on the sandbox's clock. */
import type { Region } from '../../../world/region.ts';

const MS_PER_MINUTE = 60_000;
/** The shortest bake time: real clients need real time to use both revisions, even when AWS time runs faster. */
const MIN_BAKE_MS = 3_000;

/**
 * Returns how long a hook may wait, in milliseconds of the sandbox's clock. At the pace `instant` it is real time, because the
 * hook waits for a call, which takes time.
 */
export const timeoutOf = (region: Region, minutes: number): number =>
  scaledMinutes(region, minutes) || minutes * MS_PER_MINUTE;

/**
 * Returns the duration of a bake time in milliseconds of the sandbox's clock: AWS time divided by the pace, and at least three
 * seconds. A bake time of 0 takes no time, and at the pace `instant` none does.
 */
export function scaledMinutes(region: Region, minutes: number): number {
  const ms = minutes * MS_PER_MINUTE;
  const scaled = region.scaled(ms);
  return scaled === 0 ? 0 : Math.max(scaled, Math.min(ms, MIN_BAKE_MS));
}
