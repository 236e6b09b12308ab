/** Customer managed policies, and read access to the policies that AWS manages. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Policy } from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import { awsManagedPolicy } from '../../models/managed-policies.ts';
import type { Region } from '../../world/region.ts';
import { managedPolicyArn, parsePolicyArn } from './arns.ts';
import { checkName, checkPath } from './checks.ts';
import { deleteConflict, limitExceeded, policyExists, policyNotFound } from './errors.ts';
import { checkManagedPolicy } from './policy-documents.ts';
import { policyOf, refuseOtherPartitions } from './policy-lookup.ts';
import type { PolicyRow } from './store.ts';
import { iamTagging } from './tags.ts';
import { uniqueId } from './unique-ids.ts';

/** The default quota. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_POLICIES = 1500;

/** Returns how many roles use a policy as a permission policy and as a permissions boundary. */
const usageOf = ({ iam }: Region, arn: string) => ({
  AttachmentCount: iam.roles.filter(({ attachedPolicies }) => attachedPolicies.includes(arn)).length,
  PermissionsBoundaryUsageCount: iam.roles.filter(({ boundary }) => boundary === arn).length,
});

/** Returns a policy as lists show it, without its description and tags. */
export const viewOfPolicy = (region: Region, policy: PolicyRow): Policy => ({
  PolicyName: policy.PolicyName,
  PolicyId: policy.PolicyId,
  Arn: policy.Arn,
  Path: policy.Path,
  DefaultVersionId: policy.defaultVersion,
  ...usageOf(region, policy.Arn),
  IsAttachable: true,
  CreateDate: policy.CreateDate,
  UpdateDate: policy.versions.at(-1)?.CreateDate,
});

/**
 * Returns a policy of AWS. Its id and description are missing, because no source publishes them.
 * @param path the path and the name of the policy
 * @throws NotImplemented in partitions whose policies are not published
 */
export function viewOfAwsPolicy(region: Region, path: string): Policy | undefined {
  const policy = awsManagedPolicy(path);
  if (!policy) return undefined;
  refuseOtherPartitions(region);
  const Arn = managedPolicyArn(region, path);
  const nameStart = path.lastIndexOf('/') + 1;
  return {
    PolicyName: path.slice(nameStart),
    Arn,
    Path: path.slice(0, nameStart),
    DefaultVersionId: policy.version,
    ...usageOf(region, Arn),
    IsAttachable: true,
    CreateDate: new Date(policy.created),
    UpdateDate: new Date(policy.updated),
  };
}

export const policyOperations = {
  /** The first version of a policy is `v1`, and it is the default version. */
  CreatePolicy: {
    inputMembers: ['PolicyName', 'Path', 'PolicyDocument', 'Description', 'Tags'],
    run(input, region) {
      const PolicyName = checkName(input.PolicyName, 'policyName');
      const Path = checkPath(input.Path);
      const Tags = iamTagging.merged([], input.Tags);
      const { policies } = region.iam;
      if (policies.has(PolicyName.toLowerCase())) throw policyExists(PolicyName);
      const CreateDate = region.now();
      const Document = checkManagedPolicy(input.PolicyDocument, region);
      if (policies.size >= MAX_POLICIES) {
        throw limitExceeded(`Cannot exceed quota for PoliciesPerAccount: ${MAX_POLICIES}`);
      }
      const policy = policies.set(PolicyName.toLowerCase(), {
        Path,
        PolicyName,
        PolicyId: uniqueId(region, 'ANPA'),
        Arn: region.iamArn(`policy${Path}${PolicyName}`),
        Description: input.Description,
        CreateDate,
        Tags,
        versions: [{ VersionId: 'v1', Document, CreateDate }],
        defaultVersion: 'v1',
        versionCount: 1,
      });
      return { Policy: { ...viewOfPolicy(region, policy), ...tagsIn(policy) } };
    },
  },

  GetPolicy: {
    inputMembers: ['PolicyArn'],
    run(input, region) {
      const { arn, isAwsManaged, path } = parsePolicyArn(region, input.PolicyArn);
      if (isAwsManaged) {
        const view = viewOfAwsPolicy(region, path);
        if (!view) throw policyNotFound(arn);
        return { Policy: { ...view, Tags: [] } };
      }
      const policy = policyOf(region, arn);
      const { Description, Tags } = policy;
      return { Policy: { ...viewOfPolicy(region, policy), Description, Tags } };
    },
  },

  /** The default version is deleted with the policy. The other versions must be deleted first. */
  DeletePolicy: {
    inputMembers: ['PolicyArn'],
    run(input, region) {
      const policy = policyOf(region, input.PolicyArn);
      const { AttachmentCount, PermissionsBoundaryUsageCount } = usageOf(region, policy.Arn);
      if (AttachmentCount + PermissionsBoundaryUsageCount > 0) {
        throw deleteConflict('Cannot delete a policy attached to entities.');
      }
      if (policy.versions.length > 1) {
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      }
      region.iam.policies.delete(policy.PolicyName.toLowerCase());
      return {};
    },
  },
} satisfies Operations<typeof IAM>;

/** Returns the member `Tags` of a response; CreatePolicy omits it if there are no tags. */
const tagsIn = ({ Tags }: PolicyRow): Pick<Policy, 'Tags'> => (Tags.length > 0 ? { Tags } : {});
