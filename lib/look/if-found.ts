/** Requests resources that may not exist: a resource in a list may be deleted before the next call. */
import { isNotFound, isMalformedId } from '../aws/errors.ts';

/** Returns the result of a request, or undefined when AWS reports "not found". @throws any other error */
export async function ifFound<T>(request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Like `ifFound`, for an id from the state file: a malformed id also means that the resource does not exist. */
export async function ifValidId<T>(request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (isNotFound(error) || isMalformedId(error)) return undefined;
    throw error;
  }
}
