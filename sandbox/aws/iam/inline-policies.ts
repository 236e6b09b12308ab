/** Inline policies of roles: replaced as a whole, and returned URL-encoded. Their total size per role is limited. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import { ownProperty } from '../../own-property.ts';
import { rowOf } from '../finder.ts';
import { checkName, urlEncode, page } from './checks.ts';
import { limitExceeded, rolePolicyNotFound } from './errors.ts';
import { checkPermissions, sizeOf } from './policy-documents.ts';
import { modifiableRoleOf } from './roles.ts';
import type { RoleRow } from './store.ts';

/** The maximum total size of a role's inline policies, not counting white space. */
const MAX_TOTAL_SIZE = 10_240;

const checkPolicyName = (name: string | undefined): string => checkName(name, 'policyName');

function policyOf({ inlinePolicies }: RoleRow, name: string): string {
  const document = ownProperty(inlinePolicies, name);
  if (document === undefined) throw rolePolicyNotFound(name);
  return document;
}

export const inlinePolicyOperations = {
  PutRolePolicy: {
    inputMembers: ['RoleName', 'PolicyName', 'PolicyDocument'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      const name = checkPolicyName(input.PolicyName);
      const policies = { ...role.inlinePolicies, [name]: checkPermissions(input.PolicyDocument, region) };
      const size = Object.values(policies).reduce((sum, document) => sum + sizeOf(document), 0);
      if (size > MAX_TOTAL_SIZE) {
        throw limitExceeded(
          `Maximum policy size of ${MAX_TOTAL_SIZE} bytes exceeded for role ${role.RoleName}`,
        );
      }
      role.inlinePolicies = policies;
      return {};
    },
  },

  GetRolePolicy: {
    inputMembers: ['RoleName', 'PolicyName'],
    run(input, region) {
      const role = rowOf(region.iam.roles, input.RoleName);
      const PolicyName = checkPolicyName(input.PolicyName);
      return { RoleName: role.RoleName, PolicyName, PolicyDocument: urlEncode(policyOf(role, PolicyName)) };
    },
  },

  ListRolePolicies: {
    inputMembers: ['RoleName', 'MaxItems', 'Marker'],
    run(input, region) {
      const { rows, ...rest } = page(
        Object.keys(rowOf(region.iam.roles, input.RoleName).inlinePolicies).sort(),
        input,
      );
      return { PolicyNames: rows, ...rest };
    },
  },

  DeleteRolePolicy: {
    inputMembers: ['RoleName', 'PolicyName'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      const name = checkPolicyName(input.PolicyName);
      policyOf(role, name);
      const { [name]: _removed, ...rest } = role.inlinePolicies;
      role.inlinePolicies = rest;
      return {};
    },
  },
} satisfies Operations<typeof IAM>;
