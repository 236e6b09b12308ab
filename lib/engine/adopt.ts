/** Handles a create that AWS refuses because the resource exists: adopts our own resource, or reports a foreign one. */
import { messageOf } from '../aws/errors.ts';
import { findWithin, LIST_LAG_MS, type DuplicateGuard } from './create-once.ts';
import { problem } from '../model/problem.ts';

/**
 * Looks for our resource after AWS refused a create because the resource exists. The existing resource may come from an earlier
 * create whose response was lost, or it may belong to someone else.
 * @param whatIsTaken the name or the place in conflict, e.g. `the block 10.0.0.0/20 of vpc-1`
 * @param cause AWS's refusal
 * @returns what `lookAgain` found
 * @throws FOREIGN when no resource of this stack becomes visible within the lag of AWS's lists
 */
export async function adopt<T>(
  {
    duplicateGuard,
    lookAgain,
  }: {
    readonly duplicateGuard: DuplicateGuard;
    readonly lookAgain: () => Promise<T | undefined>;
  },
  whatIsTaken: string,
  cause: unknown,
): Promise<T> {
  const ours = await findWithin(duplicateGuard, LIST_LAG_MS, lookAgain);
  if (ours !== undefined) return ours;
  throw takenByOthers(whatIsTaken, messageOf(cause), cause);
}

/**
 * Makes the problem for a create that conflicts with a resource of another owner.
 * @param whatIsTaken the name or the place in conflict, as for `adopt`
 * @param why the evidence: AWS's refusal, or who owns the resource
 */
export const takenByOthers = (whatIsTaken: string, why: string, cause?: unknown) =>
  problem('FOREIGN', {
    what: `A resource that does not belong to this stack already uses ${whatIsTaken}.`,
    why,
    now: 'That resource was not changed. Everything created so far is kept and recorded.',
    fix: [
      'Remove it if no one needs it, and run the same command again.',
      'Or choose another name or network in slipway.config.ts.',
    ],
    cause,
  });
