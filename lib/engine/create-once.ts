/** Creates a resource whose create takes no client token: before the create is sent again, looks for the resource. */
import { isAmbiguous, hasErrorResponse, isServerError } from '../aws/errors.ts';
import type { Clock } from '../model/clock.ts';

/** Everything needed to avoid a duplicate: the intent of the create, and how often to look for the resource. */
export interface DuplicateGuard {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether an earlier run may have sent this create without receiving the response. */
  readonly isResumed: boolean;
  /** The intent; `at` is when it was recorded, milliseconds since the epoch. */
  readonly intent: { readonly at: number };
  /** Milliseconds between looks. */
  readonly lookInterval: number;
  /** Withdraws the intent after AWS has refused the create: nothing was created. */
  withdraw(): Promise<void>;
}

/** Milliseconds to look for a resource after a lost response: the request may still be in flight, and tag filters lag. */
const LOST_RESPONSE_MS = 60_000;
const MAX_ATTEMPTS = 3;
/** Milliseconds by which lists and filters may lag behind a call that has returned. */
export const LIST_LAG_MS = 60_000;

/**
 * Runs a create that is not idempotent. After a lost response, looks for the resource by its tags for as long as lists and
 * filters can lag, and adopts a resource that it finds. Does the same if an earlier run was killed during the create. If there is
 * no such resource, sends the create again.
 * @param guard the intent of the create, and how often to look for the resource
 * @param find looks for the resource by its tags
 * @param create sends the create, and returns undefined when the response has no id; such a response counts as lost
 * @returns the resource that was created or found
 * @throws an error of `create` that proves that nothing was created, or the error of the last attempt
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export async function createOnce<T>(
  guard: DuplicateGuard,
  find: () => Promise<T | undefined>,
  create: () => Promise<T | undefined>,
): Promise<T> {
  const { clock, intent, isResumed, signal } = guard;
  if (isResumed) {
    // The remaining time is never longer than the full period, even if the clock was set back after the intent was recorded.
    const remaining = Math.min(intent.at + LOST_RESPONSE_MS - clock.now(), LOST_RESPONSE_MS);
    const found = await findWithin(guard, remaining, find);
    if (found !== undefined) return found;
  }
  for (let attempt = 1; ; attempt += 1) {
    let lastError: unknown = new Error('AWS responded without an id');
    try {
      const created = await create();
      if (created !== undefined) return created;
    } catch (error) {
      if (!isAmbiguous(error) || signal.aborted) {
        if (!isResumed && attempt === 1 && hasErrorResponse(error) && !isServerError(error))
          await guard.withdraw();
        throw error;
      }
      lastError = error;
    }
    const found = await findWithin(guard, LOST_RESPONSE_MS, find);
    if (found !== undefined) return found;
    if (attempt === MAX_ATTEMPTS) throw lastError;
  }
}

/**
 * Looks for a resource, at least once, until it is found or the time is up.
 * @param ms how long to look, milliseconds
 * @returns what `find` found; undefined when time is up
 */
export async function findWithin<T>(
  { clock, signal, lookInterval }: Pick<DuplicateGuard, 'clock' | 'signal' | 'lookInterval'>,
  ms: number,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = clock.now() + ms;
  for (;;) {
    const found = await find();
    if (found !== undefined || clock.now() >= end) return found;
    await clock.sleep(lookInterval, signal);
  }
}
