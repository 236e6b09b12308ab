/** Lists of managed policies, and of the roles that use a policy. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Policy } from '@aws-sdk/client-iam';
import { awsManagedPolicyPaths } from '../../models/managed-policies.ts';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { parsePolicyArn } from './arns.ts';
import { page } from './checks.ts';
import { policyNotFound } from './errors.ts';
import { viewOfAwsPolicy, viewOfPolicy } from './policies.ts';
import { hasPolicy, refuseOtherPartitions } from './policy-lookup.ts';

const byName = (a: { PolicyName?: string }, b: { PolicyName?: string }): number =>
  (a.PolicyName ?? '') < (b.PolicyName ?? '') ? -1 : 1;

const customerPolicies = (region: Region): Policy[] =>
  region.iam.policies
    .all()
    .map((policy) => viewOfPolicy(region, policy))
    .sort(byName);

/** @throws NotImplemented in partitions other than `aws` */
function awsPolicies(region: Region, prefix: string): Policy[] {
  refuseOtherPartitions(region);
  return awsManagedPolicyPaths
    .filter((path) => path.startsWith(prefix))
    .flatMap((path) => viewOfAwsPolicy(region, path) ?? [])
    .sort(byName);
}

export const policyListOperations = {
  /** Lists customer managed policies first. */
  ListPolicies: {
    inputMembers: ['Scope', 'OnlyAttached', 'PathPrefix', 'PolicyUsageFilter', 'MaxItems', 'Marker'],
    run(input, region) {
      const { Scope = 'All', PathPrefix = '/', OnlyAttached = false, PolicyUsageFilter: usage } = input;
      const all = [
        ...(Scope === 'AWS' ? [] : customerPolicies(region)),
        ...(Scope === 'Local' ? [] : awsPolicies(region, PathPrefix)),
      ];
      const isListed = ({ Path = '/', AttachmentCount = 0, PermissionsBoundaryUsageCount = 0 }: Policy) =>
        Path.startsWith(PathPrefix) &&
        (!OnlyAttached || AttachmentCount > 0) &&
        (usage !== 'PermissionsPolicy' || AttachmentCount > 0) &&
        (usage !== 'PermissionsBoundary' || PermissionsBoundaryUsageCount > 0);
      const { rows, ...rest } = page(all.filter(isListed), input);
      return { Policies: rows, ...rest };
    },
  },

  /** Lists only roles, since the sandbox's user cannot have policies. */
  ListEntitiesForPolicy: {
    inputMembers: ['PolicyArn', 'EntityFilter', 'PathPrefix', 'PolicyUsageFilter', 'MaxItems', 'Marker'],
    run(input, region) {
      const parsed = parsePolicyArn(region, input.PolicyArn);
      const { arn } = parsed;
      if (!hasPolicy(region, parsed)) throw policyNotFound(arn);
      const { EntityFilter: kind = 'Role', PathPrefix = '/', PolicyUsageFilter: usage } = input;
      const roles = region.iam.roles
        .filter(
          ({ Path, attachedPolicies, boundary }) =>
            kind === 'Role' &&
            Path.startsWith(PathPrefix) &&
            ((usage !== 'PermissionsBoundary' && attachedPolicies.includes(arn)) ||
              (usage !== 'PermissionsPolicy' && boundary === arn)),
        )
        .map(({ RoleName, RoleId }) => ({ RoleName, RoleId }));
      const { rows, ...rest } = page(roles, input);
      return { PolicyGroups: [], PolicyUsers: [], PolicyRoles: rows, ...rest };
    },
  },
} satisfies Operations<typeof IAM>;
