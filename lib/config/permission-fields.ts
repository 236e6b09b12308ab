/** The fields for what the tasks of a service may do, who may enter them, and for the roles of a stack. */
import * as z from 'zod';
import { string } from './field-rules.ts';
import { boundaryArn, existingRole, iamAction, iamResource, managedPolicy } from './permission-rules.ts';

const Permission = z.strictObject({
  actions: z
    .array(string(iamAction).describe('an action, e.g. s3:GetObject'))
    .min(1)
    .describe('the actions of AWS that are allowed, e.g. s3:GetObject; * stands for any characters'),
  resources: z
    .array(string(iamResource).describe('an ARN'))
    .min(1)
    .describe('the ARNs of what the actions are allowed on; * stands for any characters'),
});

/** The fields of a service. */
export const servicePermissions = {
  // A shell in a container is a way into it, so no one has one by default.
  exec: z
    .boolean()
    .default(false)
    .describe(
      'whether npm run exec may start commands in its containers with ECS Exec; a container needs readOnlyRoot: false for it',
    ),
  permissions: z
    .array(Permission.describe('one permission'))
    .default([])
    .describe('what its programs may do in AWS, besides what managedPolicies allow; by default nothing'),
  managedPolicies: z
    .array(string(managedPolicy).describe('a managed policy'))
    .default([])
    .describe('the policies that its task role has: ARNs, or names of policies that AWS manages'),
  taskRole: string(existingRole)
    .optional()
    .describe('the ARN of an existing role for its programs, which Slipway does not change'),
  executionRole: string(existingRole)
    .optional()
    .describe(
      'the ARN of an existing role with which ECS starts its tasks, and which Slipway does not change',
    ),
};

/** The field of a stack. */
export const stackPermissions = {
  permissionsBoundary: string(boundaryArn)
    .optional()
    .describe('the ARN of the policy that limits what the roles of the stack may be allowed'),
};
