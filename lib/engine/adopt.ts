/** Adopts what a create finds in its place: ours by a call whose answer was lost, or somebody else's. */
import { messageOf } from '../aws/errors.ts';
import { findWithin, LIST_LAG_MS, type DuplicateGuard } from './create-once.ts';
import { problem } from '../model/problem.ts';

/**
 * Looks for our thing after AWS said that its place is taken: «it exists» does not mean that it is ours.
 * @param place what is taken, e.g. `the block 10.0.0.0/20 of vpc-1`
 * @param cause AWS's refusal
 * @throws FOREIGN when nothing of ours is seen for some seconds
 */
export async function adopt<T>(
  {
    duplicateGuard,
    lookAgain,
  }: {
    readonly duplicateGuard: DuplicateGuard;
    readonly lookAgain: () => Promise<T | undefined>;
  },
  place: string,
  cause: unknown,
): Promise<T> {
  const ours = await findWithin(duplicateGuard, LIST_LAG_MS, lookAgain);
  if (ours !== undefined) return ours;
  throw takenByOthers(place, messageOf(cause), cause);
}

/**
 * The problem of a create that met somebody else's thing.
 * @param place what it has, as for `adopt`
 * @param why how that is known
 */
export const takenByOthers = (place: string, why: string, cause?: unknown) =>
  problem('FOREIGN', {
    what: `Something that is not ours has ${place}.`,
    why,
    now: 'It was not touched. What was made so far is kept and recorded.',
    fix: [
      'Remove it, if you know that nobody needs it, and run the same command again.',
      'Or choose another name or network in slipway.config.ts.',
    ],
    cause,
  });
