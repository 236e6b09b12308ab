/** The refusals of Parameter Store, in AWS's wording where it is known. Section 10b of docs/aws-semantics.md lists the sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const invalidRequest = (message: string): Refusal => refusal('ValidationException', message);

/** AWS sends no message. */
export const parameterNotFound = (message = ''): Refusal => refusal('ParameterNotFound', message);

export const parameterExists = (): Refusal =>
  refusal(
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  );

export const versionNotFound = (version: number | string, name: string): Refusal =>
  refusal(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );

export const labelNotFound = (label: string, name: string): Refusal =>
  refusal(
    'ParameterVersionNotFound',
    `Systems Manager could not find label ${label} for parameter ${name}. Verify the label and try again.`,
  );

export const typeCannotChange = (): Refusal =>
  refusal(
    'HierarchyTypeMismatchException',
    "Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.",
  );

export const tooManyLevels = (max: number): Refusal =>
  refusal(
    'HierarchyLevelLimitExceededException',
    `A hierarchy can have a maximum of ${max} levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.`,
  );

export const invalidKeyId = (keyId: string): Refusal => refusal('InvalidKeyId', `Invalid keyId ${keyId}`);

export const invalidPattern = (pattern: string): Refusal =>
  refusal(
    'InvalidAllowedPatternException',
    `The allowed pattern ${pattern} is not a valid regular expression.`,
  );

export const patternMismatch = (pattern: string): Refusal =>
  refusal(
    'ParameterPatternMismatchException',
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );

export const oldestVersionHasLabel = (name: string, version: number): Refusal =>
  refusal(
    'ParameterMaxVersionLimitExceeded',
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  );

export const labelLimitExceeded = (): Refusal =>
  refusal(
    'ParameterVersionLabelLimitExceeded',
    'An error occurred (ParameterVersionLabelLimitExceeded) when calling the LabelParameterVersion operation: A parameter version can have maximum 10 labels.Move one or more labels to another version and try again.',
  );

export const invalidResourceId = (): Refusal =>
  refusal(
    'InvalidResourceId',
    'The resource ID is not valid. Verify that you entered the correct ID and try again.',
  );

export const tooManyTags = (max: number): Refusal =>
  refusal('TooManyTagsError', `The maximum number of tags for a resource is ${max}.`);

export const invalidFilterKey = (message: string): Refusal => refusal('InvalidFilterKey', message);
export const invalidFilterOption = (message: string): Refusal => refusal('InvalidFilterOption', message);
export const invalidFilterValue = (message: string): Refusal => refusal('InvalidFilterValue', message);

export const invalidPageToken = (): Refusal =>
  refusal('InvalidNextToken', 'The specified token is not valid.');
