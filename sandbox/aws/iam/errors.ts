/** The refusals of IAM, in IAM's wording. The catalogue of AWS semantics (§6) lists their codes and sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

const noSuchEntity = (message: string): Refusal => refusal('NoSuchEntity', message, 404);

export const roleNotFound = (name: string): Refusal =>
  noSuchEntity(`The role with name ${name} cannot be found.`);

export const rolePolicyNotFound = (name: string): Refusal =>
  noSuchEntity(`The role policy with name ${name} cannot be found.`);

export const policyNotAttachable = (arn: string): Refusal =>
  noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);

export const policyNotAttached = (arn: string): Refusal => noSuchEntity(`Policy ${arn} was not found.`);

export const roleExists = (name: string): Refusal =>
  refusal('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);

export const deleteConflict = (action: string): Refusal =>
  refusal('DeleteConflict', `Cannot delete entity, must ${action} first.`, 409);

export const limitExceeded = (message: string): Refusal => refusal('LimitExceeded', message, 409);

export const malformedPolicy = (message: string): Refusal => refusal('MalformedPolicyDocument', message);

export const validationError = (message: string): Refusal => refusal('ValidationError', message);

export const invalidInput = (message: string): Refusal => refusal('InvalidInput', message);

/** The refusal of a change to a service-linked role. */
export const unmodifiable = (name: string): Refusal =>
  refusal(
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
