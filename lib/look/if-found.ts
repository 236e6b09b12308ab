/** Looks for resources that may not exist: whatever a list returned may be deleted before the next call. */
import { isNotFound, isMalformedId } from '../aws/errors.ts';

/** Returns what a look finds, or undefined when AWS reports "not found". @throws any other error */
export async function ifFound<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The same for an id from the state file, which may be malformed: then it does not exist either. */
export async function ifValidId<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isNotFound(error) || isMalformedId(error)) return undefined;
    throw error;
  }
}
