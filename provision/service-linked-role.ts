/** ECS's service-linked role: made once an account, shared by all, never removed. */
import { CreateServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import { isCode } from '../lib/aws-error.ts';
import { compare } from '../lib/change.ts';
import { ECS_ROLE } from '../lib/look/service-linked-role.ts';
import { ONLY } from '../lib/resources.ts';
import type { Step } from '../lib/step.ts';

export const serviceLinkedRole: Step<'serviceLinkedRole'> = {
  diff: (_want, found) =>
    compare({
      step: 'serviceLinkedRole',
      wanted: new Map([[ONLY, { name: ECS_ROLE }]]),
      found: found.serviceLinkedRole,
      fieldsOf: ({ roleName }) => ({ name: roleName }),
    }),

  /**
   * «Has been taken» says that somebody was quicker, which is as good.
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
   */
  async apply({ aws }) {
    try {
      await aws.iam(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
    } catch (error) {
      if (!isCode(error, 'InvalidInput', 'EntityAlreadyExists')) throw error;
    }
    return { roleName: ECS_ROLE };
  },
};
