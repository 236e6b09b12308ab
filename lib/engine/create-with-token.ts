/** Creates a resource with a client token, so that a repeated call does not create a second resource. */
import { findWithin, LIST_LAG_MS, type DuplicateGuard } from './create-once.ts';
import { isCode } from '../aws/errors.ts';
import type { Intent } from '../state/format.ts';

/** The members of an `ApplyContext` that a create with a client token uses. */
export interface TokenContext<T> {
  readonly intent: Intent;
  readonly duplicateGuard: DuplicateGuard;
  readonly renewIntent: () => Promise<Intent>;
  /** Looks for the resource by its tags; returns undefined if it is not alive. */
  readonly lookAgain: () => Promise<T | undefined>;
}

/**
 * Creates a resource with the token of its intent. EC2 remembers a token for about a day:
 * - A create with the same token returns the same resource, even if that resource has failed or been deleted. In that case, the
 *   create is sent again with a new token.
 * - A create with the same token and other parameters is refused. This happens if the configuration has changed since a run
 *   that was killed. If no resource is found by its tags, the create is sent again with a new token.
 * @param create sends the call with a token; returns undefined if the resource is not alive
 * @returns the resource that was created or found
 * @throws any other error of `create`, and an error if AWS returns a dead resource even for a new token
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export async function createWithToken<T>(
  { intent, duplicateGuard, renewIntent, lookAgain }: TokenContext<T>,
  create: (token: string) => Promise<T | undefined>,
): Promise<T> {
  try {
    const created = await create(intent.token);
    if (created !== undefined) return created;
  } catch (error) {
    if (!isCode(error, 'IdempotentParameterMismatch')) throw error;
    const found = await findWithin(duplicateGuard, LIST_LAG_MS, lookAgain);
    if (found !== undefined) return found;
  }
  const { token } = await renewIntent();
  const created = await create(token);
  if (created === undefined)
    throw new Error('AWS responded to a new client token with a resource that no longer exists');
  return created;
}
