/** Adopts by name: a look by name sees what is somebody else's, too. */
import { adopt } from './adopt.ts';
import { isCode } from '../aws/errors.ts';
import type { DuplicateGuard } from './create-once.ts';
import { foreignOwner } from '../derive/ownership.ts';
import type { Names } from '../derive/names.ts';
import type { Tags } from '../derive/tags.ts';

/** As much of an act as is needed to look once more. */
interface LookAgain<T> {
  readonly duplicateGuard: DuplicateGuard;
  readonly names: Names;
  lookAgain(): Promise<T | undefined>;
}

/**
 * Looks once more for a thing whose create was refused.
 * @param code the error that says that the name is in use; any other is thrown again
 * @param place what is in use, e.g. `the name shop-dev`
 * @throws FOREIGN when what is there is not ours
 */
export async function adoptByName<T extends { readonly tags: Tags }>(
  looking: LookAgain<T>,
  error: unknown,
  code: string,
  place: string,
): Promise<T> {
  if (!isCode(error, code)) throw error;
  return adopt(
    { duplicateGuard: looking.duplicateGuard, lookAgain: () => lookAgainForOurs(looking) },
    place,
    error,
  );
}

/** What a look by name sees now, if it is ours. */
export async function lookAgainForOurs<T extends { readonly tags: Tags }>({
  lookAgain: again,
  names,
}: Pick<LookAgain<T>, 'lookAgain' | 'names'>): Promise<T | undefined> {
  const found = await again();
  return found && foreignOwner(found.tags, names.stack) === undefined ? found : undefined;
}
