/** The refusals of Secrets Manager, in AWS's wording. Section 10b of docs/aws-semantics.md lists the sources. */
import { refusal, type Refusal } from '../../protocol/refusal.ts';

export const secretNotFound = (): Refusal =>
  refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");

export const stageNotFound = (stage: string): Refusal =>
  refusal(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
  );

export const secretVersionNotFound = (versionId: string): Refusal =>
  refusal(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`,
  );

export const stageOfOtherVersion = (): Refusal =>
  refusal(
    'InvalidRequestException',
    'You provided a VersionStage that is not associated to the provided VersionId.',
  );

export const markedForDeletion = (): Refusal =>
  refusal(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );

export const nameScheduledForDeletion = (): Refusal =>
  refusal(
    'InvalidRequestException',
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );

export const secretExists = (name: string): Refusal =>
  refusal('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);

export const tokenInUse = (token: string, arn: string): Refusal =>
  refusal(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  );

export const invalidSecretName = (): Refusal =>
  refusal(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );

export const invalidSecretParameter = (message: string): Refusal =>
  refusal('InvalidParameterException', message);

export const invalidSecretRequest = (message: string): Refusal => refusal('InvalidRequestException', message);
