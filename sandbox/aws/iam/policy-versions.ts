/** The versions of managed policies. A version cannot be changed. One version is the default, and only that version applies. */
import type * as IAM from '@aws-sdk/client-iam';
import type { PolicyVersion } from '@aws-sdk/client-iam';
import { awsManagedPolicy, type AwsManagedPolicy } from '../../models/managed-policies.ts';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { parsePolicyArn, type PolicyArn } from './arns.ts';
import { page, urlEncode } from './checks.ts';
import { deleteConflict, limitExceeded, policyNotFound, unknownFact, versionNotFound } from './errors.ts';
import { checkManagedPolicy } from './policy-documents.ts';
import { policyOf, refuseOtherPartitions } from './policy-lookup.ts';
import type { PolicyRow, PolicyVersionRow } from './store.ts';

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_VERSIONS = 5;

/** Returns a version as lists show it, without its document. */
const viewOf = (policy: PolicyRow, { VersionId, CreateDate }: PolicyVersionRow): PolicyVersion => ({
  VersionId,
  IsDefaultVersion: VersionId === policy.defaultVersion,
  CreateDate,
});

function versionOf(policy: PolicyRow, id = ''): PolicyVersionRow {
  const version = policy.versions.find(({ VersionId }) => VersionId === id);
  if (!version) throw versionNotFound(policy.Arn, id);
  return version;
}

/** The number in the id of a version, e.g. 3 for `v3`. */
const numberOf = (versionId: string): number => Number(versionId.slice(1));

/** @throws NoSuchEntity, and NotImplemented in partitions other than `aws` */
function awsPolicyOf(region: Region, { arn, path }: PolicyArn): AwsManagedPolicy {
  const policy = awsManagedPolicy(path);
  if (!policy) throw policyNotFound(arn);
  refuseOtherPartitions(region);
  return policy;
}

/** Returns a version of a policy of AWS. @throws NotImplemented for a version whose document the sandbox does not have */
function awsVersionOf(region: Region, parsed: PolicyArn, id = ''): PolicyVersion {
  const { version, updated, document } = awsPolicyOf(region, parsed);
  if (!(numberOf(id) >= 1 && numberOf(id) <= numberOf(version))) throw versionNotFound(parsed.arn, id);
  if (id !== version || document === undefined) {
    throw unknownFact(`The sandbox does not have the document of ${parsed.arn}, version ${id}`);
  }
  return {
    Document: urlEncode(JSON.stringify(document, null, 4)),
    VersionId: version,
    IsDefaultVersion: true,
    CreateDate: new Date(updated),
  };
}

/** Returns the versions of a policy of AWS. @throws NotImplemented if the policy has earlier versions */
function awsVersionsOf(region: Region, parsed: PolicyArn): PolicyVersion[] {
  const { version, updated } = awsPolicyOf(region, parsed);
  if (version !== 'v1') throw unknownFact(`The sandbox does not know the earlier versions of ${parsed.arn}`);
  return [{ VersionId: version, IsDefaultVersion: true, CreateDate: new Date(updated) }];
}

export const policyVersionOperations = {
  /** Versions are numbered in order of creation. The number of a deleted version is not used again. */
  CreatePolicyVersion: {
    inputMembers: ['PolicyArn', 'PolicyDocument', 'SetAsDefault'],
    run(input, region) {
      const policy = policyOf(region, input.PolicyArn);
      const Document = checkManagedPolicy(input.PolicyDocument, region);
      if (policy.versions.length >= MAX_VERSIONS) {
        throw limitExceeded(
          `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
        );
      }
      policy.versionCount += 1;
      const version = { VersionId: `v${policy.versionCount}`, Document, CreateDate: region.now() };
      policy.versions = [...policy.versions, version];
      if (input.SetAsDefault) policy.defaultVersion = version.VersionId;
      return { PolicyVersion: viewOf(policy, version) };
    },
  },

  GetPolicyVersion: {
    inputMembers: ['PolicyArn', 'VersionId'],
    run(input, region) {
      const parsed = parsePolicyArn(region, input.PolicyArn);
      if (parsed.isAwsManaged) return { PolicyVersion: awsVersionOf(region, parsed, input.VersionId) };
      const policy = policyOf(region, parsed.arn);
      const version = versionOf(policy, input.VersionId);
      return { PolicyVersion: { Document: urlEncode(version.Document), ...viewOf(policy, version) } };
    },
  },

  /** Lists the newest version first. */
  ListPolicyVersions: {
    inputMembers: ['PolicyArn', 'MaxItems', 'Marker'],
    run(input, region) {
      const parsed = parsePolicyArn(region, input.PolicyArn);
      const versionsOf = (policy: PolicyRow) =>
        policy.versions.toReversed().map((version) => viewOf(policy, version));
      const versions = parsed.isAwsManaged
        ? awsVersionsOf(region, parsed)
        : versionsOf(policyOf(region, parsed.arn));
      const { rows, ...rest } = page(versions, input);
      return { Versions: rows, ...rest };
    },
  },

  SetDefaultPolicyVersion: {
    inputMembers: ['PolicyArn', 'VersionId'],
    run(input, region) {
      const policy = policyOf(region, input.PolicyArn);
      policy.defaultVersion = versionOf(policy, input.VersionId).VersionId;
      return {};
    },
  },

  /** The default version can be deleted only together with the policy. */
  DeletePolicyVersion: {
    inputMembers: ['PolicyArn', 'VersionId'],
    run(input, region) {
      const policy = policyOf(region, input.PolicyArn);
      const deleted = versionOf(policy, input.VersionId);
      if (deleted.VersionId === policy.defaultVersion) {
        throw deleteConflict('Cannot delete the default version of a policy.');
      }
      policy.versions = policy.versions.filter((version) => version !== deleted);
      return {};
    },
  },
} satisfies Operations<typeof IAM>;
