/** What the sandbox holds of IAM: one for the whole account. */
import type { Role, Tag } from '@aws-sdk/client-iam';
import { Table } from '../../world/table.ts';

export interface RoleRow extends Role {
  Path: string;
  RoleName: string;
  RoleId: string;
  Arn: string;
  CreateDate: Date;
  /** JSON as it was given; IAM's answers have it URL-encoded. */
  AssumeRolePolicyDocument: string;
  MaxSessionDuration: number;
  Tags: Tag[];
  /** Inline policies: name to document, as it was put. */
  inlinePolicies: Record<string, string>;
  /** ARNs of attached managed policies. */
  attachedPolicies: string[];
}

export const iamStore = () => ({
  /** By lower-case name: role names are unique whatever their case. */
  roles: new Table<RoleRow>(),
});
export type IamStore = ReturnType<typeof iamStore>;
