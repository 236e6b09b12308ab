/** The operations on tags of roles. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import { rowOf } from '../finder.ts';
import { page } from './checks.ts';
import { iamTagging } from './tags.ts';

export const roleTagOperations = {
  TagRole: {
    inputMembers: ['RoleName', 'Tags'],
    run(input, region) {
      const role = rowOf(region.iam.roles, input.RoleName);
      role.Tags = iamTagging.merged(role.Tags, input.Tags);
      return {};
    },
  },
  UntagRole: {
    inputMembers: ['RoleName', 'TagKeys'],
    run(input, region) {
      const role = rowOf(region.iam.roles, input.RoleName);
      role.Tags = iamTagging.without(role.Tags, input.TagKeys);
      return {};
    },
  },
  ListRoleTags: {
    inputMembers: ['RoleName', 'MaxItems', 'Marker'],
    run(input, region) {
      const { rows, ...rest } = page(rowOf(region.iam.roles, input.RoleName).Tags, input);
      return { Tags: rows, ...rest };
    },
  },
} satisfies Operations<typeof IAM>;
