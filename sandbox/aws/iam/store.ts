/** The tables of IAM, which the whole account shares. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Role, Tag } from '@aws-sdk/client-iam';
import type { OperationName } from '../../operations.ts';
import { Table, type Kind } from '../../world/table.ts';
import type { Findable } from '../finder.ts';
import { checkRoleName } from './checks.ts';
import { roleNotFound } from './errors.ts';

/** Roles under this path belong to AWS's services. */
export const SERVICE_PATH = '/aws-service-role/';

export interface RoleRow extends Role {
  Path: string;
  RoleName: string;
  RoleId: string;
  Arn: string;
  CreateDate: Date;
  /** The JSON document as given. IAM's responses contain it URL-encoded. */
  AssumeRolePolicyDocument: string;
  /** The ids of the roles that the trust policy names, keyed by ARN. */
  principalIds?: Record<string, string>;
  MaxSessionDuration: number;
  Tags: Tag[];
  /** The documents of the inline policies as given, keyed by the name of the policy. */
  inlinePolicies: Record<string, string>;
  /** ARNs of attached managed policies. */
  attachedPolicies: string[];
  /** The last call that a session of the role made. */
  lastUsed?: { LastUsedDate: Date; Region: string };
  /** The ARN of the policy that is the permissions boundary. */
  boundary?: string | undefined;
}

/** A version of a policy. */
export interface PolicyVersionRow {
  readonly VersionId: string;
  /** The JSON document as given. IAM's responses contain it URL-encoded. */
  readonly Document: string;
  readonly CreateDate: Date;
}

/** A customer managed policy. */
export interface PolicyRow {
  readonly Path: string;
  readonly PolicyName: string;
  readonly PolicyId: string;
  readonly Arn: string;
  readonly Description: string | undefined;
  readonly CreateDate: Date;
  Tags: Tag[];
  /** The versions that exist, oldest first. */
  versions: PolicyVersionRow[];
  defaultVersion: string;
  /** The number of versions created so far, since the number of a deleted version is not used again. */
  versionCount: number;
}

export const iamStore = () => ({
  /** Keyed by lower-case name: role names are unique regardless of case. */
  roles: new Table<RoleRow, Kind<RoleRow> & Findable>({
    // The census does not count service-linked roles: they belong to the account and are never deleted.
    isInCensus: ({ Path }) => !Path.startsWith(SERVICE_PATH),
    lag: { listedBy: ['ListRoles'] satisfies OperationName<typeof IAM>[] },
    keyOf: (name) => checkRoleName(name).toLowerCase(),
    notFound: roleNotFound,
  }),
  /** Keyed by lower-case name: names of policies are unique regardless of case, even under different paths. */
  policies: new Table<PolicyRow>({
    isInCensus: () => true,
    lag: { listedBy: ['ListPolicies'] satisfies OperationName<typeof IAM>[] },
  }),
});
export type IamStore = ReturnType<typeof iamStore>;
