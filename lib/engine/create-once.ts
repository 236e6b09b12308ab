/** Creates what has no client token at most once: never sent again blindly, looked for before any other try. */
import { isAmbiguous, hasResponse, isServerError } from '../aws/errors.ts';
import type { Clock } from '../model/clock.ts';

/** What is needed to be careful. */
export interface DuplicateGuard {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether an earlier run may have sent this create without seeing the answer, and when it wrote that down. */
  readonly isResumed: boolean;
  readonly intent: { readonly at: number };
  /** How often to look, milliseconds. */
  readonly every: number;
  /** Takes the intent back: AWS has refused the create, and nothing of it is anywhere. */
  withdraw(): Promise<void>;
}

/** An answer may be lost for as long as a request can be under way, and tags are filtered by some seconds later. */
const LOST_ANSWER_MS = 60_000;
const MAX_ATTEMPTS = 3;
/** How long lists and filters may lag behind a call that was answered. Milliseconds. */
export const LIST_LAG_MS = 60_000;

/**
 * Runs `create`, whose effect cannot be repeated. When an answer was lost (now, or by a run that died), looks for
 * the thing by its tags for longer than the lag of such a look, and adopts it; only then creates again.
 * @param find looks for the thing by its tags
 * @param create undefined when the answer says no id, which is as good as none
 * @throws what `create` throws for certain, and what its last try throws
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export async function createOnce<T>(
  guard: DuplicateGuard,
  find: () => Promise<T | undefined>,
  create: () => Promise<T | undefined>,
): Promise<T> {
  const { clock, intent, isResumed: reopened, signal } = guard;
  if (reopened) {
    // No longer than from now on: the clock may have been put back since.
    const left = Math.min(intent.at + LOST_ANSWER_MS - clock.now(), LOST_ANSWER_MS);
    const found = await findWithin(guard, left, find);
    if (found !== undefined) return found;
  }
  for (let attempt = 1; ; attempt += 1) {
    let lost: unknown = new Error('AWS answered without an id');
    try {
      const made = await create();
      if (made !== undefined) return made;
    } catch (error) {
      if (!isAmbiguous(error) || signal.aborted) {
        if (!reopened && attempt === 1 && hasResponse(error) && !isServerError(error)) await guard.withdraw();
        throw error;
      }
      lost = error;
    }
    const found = await findWithin(guard, LOST_ANSWER_MS, find);
    if (found !== undefined) return found;
    if (attempt === MAX_ATTEMPTS) throw lost;
  }
}

/**
 * Looks for a thing until it is found or time is up, once at least.
 * @param ms milliseconds
 */
export async function findWithin<T>(
  { clock, signal, every }: Pick<DuplicateGuard, 'clock' | 'signal' | 'every'>,
  ms: number,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = clock.now() + ms;
  for (;;) {
    const found = await find();
    if (found !== undefined || clock.now() >= end) return found;
    await clock.sleep(every, signal);
  }
}
