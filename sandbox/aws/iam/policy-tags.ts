/** The operations on tags of customer managed policies. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import { page } from './checks.ts';
import { policyOf } from './policy-lookup.ts';
import { iamTagging } from './tags.ts';

export const policyTagOperations = {
  TagPolicy: {
    inputMembers: ['PolicyArn', 'Tags'],
    run(input, region) {
      const policy = policyOf(region, input.PolicyArn);
      policy.Tags = iamTagging.merged(policy.Tags, input.Tags);
      return {};
    },
  },
  UntagPolicy: {
    inputMembers: ['PolicyArn', 'TagKeys'],
    run(input, region) {
      const policy = policyOf(region, input.PolicyArn);
      policy.Tags = iamTagging.without(policy.Tags, input.TagKeys);
      return {};
    },
  },
  ListPolicyTags: {
    inputMembers: ['PolicyArn', 'MaxItems', 'Marker'],
    run(input, region) {
      const { rows, ...rest } = page(policyOf(region, input.PolicyArn).Tags, input);
      return { Tags: rows, ...rest };
    },
  },
} satisfies Operations<typeof IAM>;
