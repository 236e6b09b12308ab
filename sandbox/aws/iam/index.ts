/** The sandbox's IAM: all its operations. */
import { attachedPolicyOperations } from './attached-policies.ts';
import { emptyAccountListOperations } from './empty-account-lists.ts';
import { inlinePolicyOperations } from './inline-policies.ts';
import { permissionsBoundaryOperations } from './permissions-boundaries.ts';
import { policyOperations } from './policies.ts';
import { policyListOperations } from './policy-lists.ts';
import { policyTagOperations } from './policy-tags.ts';
import { policyVersionOperations } from './policy-versions.ts';
import { roleTagOperations } from './role-tags.ts';
import { roleOperations } from './roles.ts';
import { serviceLinkedRoleOperations } from './service-linked-roles.ts';
import { simulationOperations } from './simulation.ts';
import { userOperations } from './users.ts';

export const iamOperations = {
  ...roleOperations,
  ...roleTagOperations,
  ...inlinePolicyOperations,
  ...attachedPolicyOperations,
  ...policyOperations,
  ...policyVersionOperations,
  ...policyListOperations,
  ...policyTagOperations,
  ...permissionsBoundaryOperations,
  ...serviceLinkedRoleOperations,
  ...userOperations,
  ...emptyAccountListOperations,
  ...simulationOperations,
};
