/** Looks: «not found» is an answer, at any moment; what a list showed may be gone by the next call. */
import { isNotFound } from '../aws-error.ts';

/** What a look sees, or undefined when AWS says that it is not there. Any other error is one. */
export async function ifThere<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
