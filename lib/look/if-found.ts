/** Looks: «not found» is an answer, at any moment; what a list showed may be gone by the next call. */
import { isNotFound, isMalformedId } from '../aws/errors.ts';

/** What a look sees, or undefined when AWS says that it is not there. Any other error is one. */
export async function ifFound<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The same for an id out of the state, which may be no id at all: what AWS will not even look for is not there either. */
export async function ifValidId<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isNotFound(error) || isMalformedId(error)) return undefined;
    throw error;
  }
}
