/** Tags and resource policies of secrets. No secret of the sandbox has a resource policy. */
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import { CAPITALISED, tagging } from '../tagging.ts';
import { invalidSecretParameter } from './errors.ts';
import { activeSecretOf } from './values.ts';

const { merged, without } = tagging({
  notation: CAPITALISED,
  check(key) {
    if (/^aws:/i.test(key)) throw invalidSecretParameter(`The tag key ${key} is reserved for AWS.`);
  },
  tooMany: (max) => refusal('LimitExceededException', `A secret can have at most ${max} tags.`),
});

/** Returns the tags of a secret after an upsert. @throws InvalidParameterException, LimitExceededException */
export const mergedSecretTags = merged;

export const secretTagOperations = {
  TagResource: {
    inputMembers: ['SecretId', 'Tags'],
    run(input, region) {
      const secret = activeSecretOf(region, input.SecretId);
      secret.tags = merged(secret.tags, input.Tags);
      return {};
    },
  },
  UntagResource: {
    inputMembers: ['SecretId', 'TagKeys'],
    run(input, region) {
      const secret = activeSecretOf(region, input.SecretId);
      secret.tags = without(secret.tags, input.TagKeys);
      return {};
    },
  },
  GetResourcePolicy: {
    inputMembers: ['SecretId'],
    run(input, region) {
      const { arn, name } = activeSecretOf(region, input.SecretId);
      return { ARN: arn, Name: name };
    },
  },
  DeleteResourcePolicy: {
    inputMembers: ['SecretId'],
    run(input, region) {
      const { arn, name } = activeSecretOf(region, input.SecretId);
      return { ARN: arn, Name: name };
    },
  },
} satisfies Operations<typeof SecretsManager>;
