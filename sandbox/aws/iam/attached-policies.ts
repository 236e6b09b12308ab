/** The managed policies that are attached to roles: those of AWS and those of the customer. */
import type * as IAM from '@aws-sdk/client-iam';
import type { AttachedPolicy } from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import { rowOf } from '../finder.ts';
import { parsePolicyArn } from './arns.ts';
import { page } from './checks.ts';
import { limitExceeded, notAttachable, policyNotAttachable, policyNotFound } from './errors.ts';
import { hasPolicy } from './policy-lookup.ts';
import { modifiableRoleOf } from './roles.ts';
import { SERVICE_PATH } from './store.ts';

const MAX_PER_ROLE = 10;

const viewOf = (PolicyArn: string): AttachedPolicy => ({
  PolicyName: PolicyArn.split('/').at(-1),
  PolicyArn,
});

export const attachedPolicyOperations = {
  /** Attaching a policy again has no effect. */
  AttachRolePolicy: {
    inputMembers: ['RoleName', 'PolicyArn'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      const parsed = parsePolicyArn(region, input.PolicyArn);
      const { arn } = parsed;
      if (!hasPolicy(region, parsed)) throw policyNotAttachable(arn);
      if (parsed.isAwsManaged && parsed.path.startsWith(SERVICE_PATH)) throw notAttachable();
      if (role.attachedPolicies.includes(arn)) return {};
      if (role.attachedPolicies.length >= MAX_PER_ROLE) {
        throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MAX_PER_ROLE}`);
      }
      role.attachedPolicies.push(arn);
      return {};
    },
  },

  DetachRolePolicy: {
    inputMembers: ['RoleName', 'PolicyArn'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      const { arn } = parsePolicyArn(region, input.PolicyArn);
      if (!role.attachedPolicies.includes(arn)) throw policyNotFound(arn);
      role.attachedPolicies = role.attachedPolicies.filter((other) => other !== arn);
      return {};
    },
  },

  ListAttachedRolePolicies: {
    inputMembers: ['RoleName', 'PathPrefix', 'MaxItems', 'Marker'],
    run(input, region) {
      const { PathPrefix = '/' } = input;
      const attached = rowOf(region.iam.roles, input.RoleName).attachedPolicies.filter((arn) =>
        arn.slice(arn.indexOf('/')).startsWith(PathPrefix),
      );
      const { rows, ...rest } = page(attached, input);
      return { AttachedPolicies: rows.map(viewOf), ...rest };
    },
  },
} satisfies Operations<typeof IAM>;
