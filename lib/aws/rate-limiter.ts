/** Keeps a run within the rate limits of AWS: calls are delayed rather than throttled. */
import type { Clock } from '../model/clock.ts';
import { bucketsOf, type Bucket } from './rate-limits.ts';

/** Waits until a call may be sent; rejects when the run is aborted. */
export type Limiter = (service: string, operation: string) => Promise<void>;

export const unlimited: Limiter = async () => undefined;

/**
 * The share of each token bucket that a run uses. Other programs in the account draw from the same buckets, and calls that a run
 * sends in sequence may arrive together.
 */
const SHARE = 0.9;

/**
 * Makes the limiter of a run. Every bucket is full at the start.
 * @param rateLimitFactor how many times faster than on AWS the buckets refill; 1 on AWS itself
 */
export function makeLimiter(
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  rateLimitFactor = 1,
): Limiter {
  const levels = new Map<string, { tokens: number; updatedAt: number }>();
  /** Takes one token from a bucket, on credit if the bucket is empty. Returns the milliseconds to wait for the token. */
  const takeToken = ([name, { burst, perSecond }]: readonly [string, Bucket]): number => {
    const now = clock.now();
    const capacity = Math.max(1, Math.floor(burst * SHARE));
    const { tokens, updatedAt } = levels.get(name) ?? { tokens: capacity, updatedAt: now };
    const perMs = (perSecond * SHARE * rateLimitFactor) / 1000;
    const level = Math.min(capacity, tokens + Math.max(0, now - updatedAt) * perMs) - 1;
    levels.set(name, { tokens: level, updatedAt: now });
    return level >= 0 ? 0 : -level / perMs;
  };
  return async (service, operation) => {
    const wait = Math.max(0, ...bucketsOf(service, operation).map(takeToken));
    if (wait > 0) await clock.sleep(wait, signal);
  };
}
