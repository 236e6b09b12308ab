/** The delays between the attempts of a call. Pure. */
import type { TransientError } from './transient-errors.ts';

/** The longest delay, in milliseconds. */
const MAX_DELAY_MS = 20_000;

/**
 * Returns how long to wait before a call is sent again, in milliseconds.
 * @param attempts how many times the call was sent, at least 1
 * @param constantDelayMs the delay in milliseconds, for errors whose delays do not grow
 * @param random a random number from 0 to 1, so that calls that failed together are not retried together
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const retryDelayMs = (
  { backoffFromMs }: TransientError,
  attempts: number,
  constantDelayMs: number,
  random: number,
): number =>
  backoffFromMs === undefined
    ? constantDelayMs
    : random * Math.min(backoffFromMs * 2 ** (attempts - 1), MAX_DELAY_MS);
