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
 * Runs a delete of several resources whose response lists refusals, and ignores the refusals for resources that do not exist.
 * @param remove returns the refusals in the response
 * @param isGone the same for a refusal, converted to an error
 * @param toError the error to throw for a refusal; by default the one that the SDK would throw for it
 * @throws an error for the first other refusal
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

/** An error as the SDK throws it for a response of AWS. */
const sdkError = ({ code = 'Unknown', message = code }: ReportedRefusal): Error =>
  Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode: 400 } });
