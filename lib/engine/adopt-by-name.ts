/** Adopts a resource by its name. A look by name also finds resources that belong to someone else, so ownership is checked. */
import { adopt } from './adopt.ts';
import { isCode } from '../aws/errors.ts';
import type { DuplicateGuard } from './create-once.ts';
import { foreignOwner } from '../derive/ownership.ts';
import type { Names } from '../derive/names.ts';
import type { Tags } from '../derive/tags.ts';

/** The members of an `ApplyContext` that an adoption by name uses. */
interface AdoptionContext<T> {
  readonly duplicateGuard: DuplicateGuard;
  readonly names: Names;
  lookAgain(): Promise<T | undefined>;
}

/**
 * Looks again for a resource whose create was refused because its name is in use, and adopts it if it is ours.
 * @param context the context of the create
 * @param error the refusal
 * @param code the code of the error that reports a name in use; any other error is rethrown
 * @param whatIsTaken the name or the place in conflict, e.g. `the name shop-dev`
 * @returns our resource
 * @throws FOREIGN when the existing resource does not belong to this stack
 */
export async function adoptByName<T extends { readonly tags: Tags }>(
  context: AdoptionContext<T>,
  error: unknown,
  code: string,
  whatIsTaken: string,
): Promise<T> {
  if (!isCode(error, code)) throw error;
  return adopt(
    { duplicateGuard: context.duplicateGuard, lookAgain: () => lookAgainForOurs(context) },
    whatIsTaken,
    error,
  );
}

/** Looks again by name. Returns the resource if it belongs to this stack, and undefined otherwise. */
export async function lookAgainForOurs<T extends { readonly tags: Tags }>({
  lookAgain,
  names,
}: Pick<AdoptionContext<T>, 'lookAgain' | 'names'>): Promise<T | undefined> {
  const found = await lookAgain();
  return found && foreignOwner(found.tags, names.stack) === undefined ? found : undefined;
}
