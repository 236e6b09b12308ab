/** Periods: intervals of equal length that begin at multiples of the length, counted since 1970. */
import type { Region } from '../../world/region.ts';

/** Half a millisecond: rounding must not move the start of a period into the period before. */
const TOLERANCE_MS = 0.5;

/** Returns the number of the period that contains a time. Both parameters are in milliseconds. */
export const bucketOf = (time: number, length: number): number => Math.floor((time + TOLERANCE_MS) / length);

/** Returns the time at which a period begins, in whole milliseconds. */
export const startOf = (bucket: number, length: number): number => Math.ceil(bucket * length - TOLERANCE_MS);

/**
 * Returns the length of an alarm's period in milliseconds of the sandbox's clock. At the pace `instant` it is as long as on
 * AWS, since clients set the times of their data.
 * @param seconds the period in the alarm
 */
export const periodMs = (region: Region, seconds: number): number =>
  region.scaled(seconds * 1000) || seconds * 1000;
