/** Keeps a run within AWS's rate limits: a call waits for its turn instead of being refused. */
import type { Clock } from '../model/clock.ts';
import { bucketsOf, type Bucket } from './rate-limits.ts';

/** Waits until a call may be sent; rejects when the signal says to stop. */
export type Limiter = (service: string, operation: string) => Promise<void>;

export const unlimited: Limiter = async () => undefined;

/**
 * What is left of the buckets for us: others in the account draw from them, too, and calls that leave one by one may
 * arrive together.
 */
const OURS = 0.9;

/**
 * Makes the limiter of a run; every bucket is full at the start.
 * @param speed how many times faster than on AWS the buckets fill: 1 on AWS itself
 */
export function makeLimiter(
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  speed = 1,
): Limiter {
  const levels = new Map<string, { left: number; at: number }>();
  /** Takes one call from a bucket, from its future if need be, and returns how long to wait for it. Milliseconds. */
  const draw = ([name, { burst, perSecond }]: readonly [string, Bucket]): number => {
    const now = clock.now();
    const most = Math.max(1, Math.floor(burst * OURS));
    const { left, at } = levels.get(name) ?? { left: most, at: now };
    const perMs = (perSecond * OURS * speed) / 1000;
    const level = Math.min(most, left + Math.max(0, now - at) * perMs) - 1;
    levels.set(name, { left: level, at: now });
    return level >= 0 ? 0 : -level / perMs;
  };
  return async (service, operation) => {
    const wait = Math.max(0, ...bucketsOf(service, operation).map(draw));
    if (wait > 0) await clock.sleep(wait, signal);
  };
}
