/** Runs a delete; "not found" counts as success. */
import { isNotFound } from '../aws/errors.ts';

/**
 * Runs a delete, and ignores its error if the resource does not exist.
 * @param isGone whether an error means that the resource does not exist; by default, every "not found" does
 * @throws any other error of the delete
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

/** A refusal in a successful response: an entry of EC2's `Unsuccessful`, or of ECS's `failures`. */
export interface ReportedRefusal {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/**
 * Runs a delete of several resources. Its response lists refusals; those for resources that do not exist are ignored.
 * @param remove returns the refusals in the response
 * @param isGone whether a refusal, converted to an error, means that the resource does not exist
 * @param toError converts a refusal to the error to throw; by default to an error like the SDK's
 * @throws the error for the first refusal that is not ignored
 */
export async function throwingRefusals<R extends ReportedRefusal>(
  remove: () => Promise<readonly R[]>,
  isGone: (error: unknown) => boolean = isNotFound,
  toError: (refusal: R, cause: Error) => Error = (_, cause) => cause,
): Promise<void> {
  for (const refusal of await remove()) {
    const error = sdkError(refusal);
    if (!isGone(error)) throw toError(refusal, error);
  }
}

/** Converts a refusal to the error that the SDK would throw if AWS had refused the whole call. */
const sdkError = ({ code = 'Unknown', message = code }: ReportedRefusal): Error =>
  Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode: 400 } });
