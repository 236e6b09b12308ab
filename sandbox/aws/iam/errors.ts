/** The refusals of IAM, in IAM's wording. Section 6 of docs/aws-semantics.md lists their codes and sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const noSuchEntity = (message: string): Refusal => refusal('NoSuchEntity', message, 404);

export const roleNotFound = (name: string): Refusal =>
  noSuchEntity(`The role with name ${name} cannot be found.`);

export const userNotFound = (name: string): Refusal =>
  noSuchEntity(`The user with name ${name} cannot be found.`);

export const rolePolicyNotFound = (name: string): Refusal =>
  noSuchEntity(`The role policy with name ${name} cannot be found.`);

export const policyNotAttachable = (arn: string): Refusal =>
  noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);

export const boundaryNotFound = (arn: string): Refusal =>
  noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);

export const policyNotFound = (arn: string): Refusal => noSuchEntity(`Policy ${arn} was not found.`);

export const versionNotFound = (arn: string, version: string): Refusal =>
  noSuchEntity(`Policy ${arn} version ${version} does not exist or is not attachable.`);

const entityAlreadyExists = (message: string): Refusal => refusal('EntityAlreadyExists', message, 409);

export const roleExists = (name: string): Refusal =>
  entityAlreadyExists(`Role with name ${name} already exists.`);

export const policyExists = (name: string): Refusal =>
  entityAlreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);

export const deleteConflict = (message: string): Refusal => refusal('DeleteConflict', message, 409);

export const limitExceeded = (message: string): Refusal => refusal('LimitExceeded', message, 409);

export const malformedPolicy = (message: string): Refusal => refusal('MalformedPolicyDocument', message);

export const validationError = (message: string): Refusal => refusal('ValidationError', message);

export const invalidArn = (): Refusal => validationError('Invalid ARN:  Could not be parsed!');

export const invalidInput = (message: string): Refusal => refusal('InvalidInput', message);

/** The refusal of a policy that only the service-linked role of a service can have. */
export const notAttachable = (): Refusal =>
  refusal('PolicyNotAttachable', 'Cannot attach a Service Role Policy to a Customer Role.');

/** The refusal of a change to a policy that AWS manages. */
export const cannotChangeAwsPolicy = (caller: string, arn: string): Refusal =>
  refusal('AccessDenied', `User: ${caller} is not authorized to change the resource: policy ${arn}`, 403);

/** The refusal of a request for facts that the sandbox does not know, about a policy that AWS manages. */
export const unknownFact = (message: string): Refusal => refusal('NotImplemented', message, 501);

/** The refusal of a change to a service-linked role. */
export const unmodifiable = (name: string): Refusal =>
  refusal(
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
