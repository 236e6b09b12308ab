/** Deletes: only «not found» is success by another name. */
import { isNotFound } from './aws-error.ts';

/** Runs a delete; that the thing is not there is what was wanted. Any other error is one. */
export async function gone(remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
