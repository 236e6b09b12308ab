/** Deletes: only «not found» is success by another name. */
import { isNotFound } from '../aws/errors.ts';

/**
 * Runs a delete; that the thing is not there is what was wanted. Any other error is one.
 * @param isGone what says so, when it is not any «not found»
 */
export async function ignoringNotFound(
  remove: () => Promise<unknown>,
  isGone: (error: unknown) => boolean | Promise<boolean> = isNotFound,
): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!(await isGone(error))) throw error;
  }
}
