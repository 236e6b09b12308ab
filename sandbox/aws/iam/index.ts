/** The sandbox's IAM: all its operations. */
import { inlinePolicyOperations } from './inline-policies.ts';
import { managedPolicyOperations } from './managed-policies.ts';
import { roleTagOperations } from './role-tags.ts';
import { roleOperations } from './roles.ts';
import { serviceLinkedRoleOperations } from './service-linked-roles.ts';

export const iamOperations = {
  ...roleOperations,
  ...roleTagOperations,
  ...inlinePolicyOperations,
  ...managedPolicyOperations,
  ...serviceLinkedRoleOperations,
};
