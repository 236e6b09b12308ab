/** Creates what takes a client token: a repeated call gives the same thing, and never one of an earlier life. */
import { findWithin, LIST_LAG_MS, type DuplicateGuard } from './create-once.ts';
import { isCode } from '../aws/errors.ts';
import type { Intent } from '../state/format.ts';

/** The act of a create, as far as its token is concerned. */
export interface TokenContext {
  readonly intent: Intent;
  readonly duplicateGuard: DuplicateGuard;
  readonly renewIntent: () => Promise<Intent>;
  /** Looks for the thing by its tags; its id, if it lives. */
  readonly lookAgain: () => Promise<string | undefined>;
}

/**
 * Creates a thing with the token of its intent. EC2 remembers a token for about a day: it answers with the same thing
 * even when that one is long deleted or has failed, and refuses other parameters (the configuration may have changed
 * since a run that died). Either way the token belongs to an earlier life, and another one is taken.
 * @param create sends the call; the id of what it made, undefined when that does not live
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export async function createWithToken(
  { intent, duplicateGuard: guard, renewIntent: renew, lookAgain: again }: TokenContext,
  create: (token: string) => Promise<string | undefined>,
): Promise<string> {
  try {
    const made = await create(intent.token);
    if (made !== undefined) return made;
  } catch (error) {
    if (!isCode(error, 'IdempotentParameterMismatch')) throw error;
    const found = await findWithin(guard, LIST_LAG_MS, again);
    if (found !== undefined) return found;
  }
  const { token } = await renew();
  const made = await create(token);
  if (made === undefined) throw new Error('AWS answered a new token with something that does not live');
  return made;
}
