/** Removes a role, after its policies. */
import { DeleteRoleCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const roles: Removal<'roles'> = {
  /** ECS needs the execution role until the last task has stopped. */
  after: ['services'],
  /** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html */
  async remove({ aws, existing: { roleName: RoleName, inlinePolicies, attachedPolicies } }) {
    await Promise.all([
      ...Object.keys(inlinePolicies).map((PolicyName) =>
        ignoringNotFound(() => aws.iam(new DeleteRolePolicyCommand({ RoleName, PolicyName }))),
      ),
      ...attachedPolicies.map((PolicyArn) =>
        ignoringNotFound(() => aws.iam(new DetachRolePolicyCommand({ RoleName, PolicyArn }))),
      ),
    ]);
    await ignoringNotFound(() => aws.iam(new DeleteRoleCommand({ RoleName })));
  },
};
