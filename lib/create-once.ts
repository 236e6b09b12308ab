/** Creates what has no client token at most once: never sent again blindly, looked for before any other try. */
import { isAmbiguous } from './aws-error.ts';
import type { Clock } from './clock.ts';

/** What is needed to be careful. */
export interface Careful {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether an earlier run may have sent this create without seeing the answer, and when it wrote that down. */
  readonly reopened: boolean;
  readonly intent: { readonly at: number };
  /** How often to look, milliseconds. */
  readonly every: number;
}

/** An answer may be lost for as long as a request can be under way, and tags are filtered by some seconds later. */
const UNSEEN_FOR = 60_000;
const TRIES = 3;

/**
 * Runs `create`, whose effect cannot be repeated. When an answer was lost (now, or by a run that died), looks for
 * the thing by its tags for longer than the lag of such a look, and adopts it; only then creates again.
 * @param find looks for the thing by its tags
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export async function createOnce<T>(
  careful: Careful,
  find: () => Promise<T | undefined>,
  create: () => Promise<T>,
): Promise<T> {
  if (careful.reopened) {
    const found = await findFor(careful, find, careful.intent.at + UNSEEN_FOR);
    if (found !== undefined) return found;
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await create();
    } catch (error) {
      if (!isAmbiguous(error) || careful.signal.aborted) throw error;
      const found = await findFor(careful, find, careful.clock.now() + UNSEEN_FOR);
      if (found !== undefined) return found;
      if (attempt === TRIES) throw error;
    }
  }
}

/** Looks at least once, and until it is found or `end` has passed. */
async function findFor<T>(
  { clock, signal, every }: Careful,
  find: () => Promise<T | undefined>,
  end: number,
): Promise<T | undefined> {
  for (;;) {
    const found = await find();
    if (found !== undefined || clock.now() >= end) return found;
    await clock.sleep(every, signal);
  }
}
