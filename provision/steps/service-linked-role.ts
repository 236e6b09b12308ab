/** ECS's service-linked role: made once an account, shared by all, never removed. */
import { CreateServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import { messageOf } from '../../lib/aws/errors.ts';
import { compare } from '../../lib/model/change.ts';
import { ONLY } from '../../lib/model/resources.ts';
import type { Step } from '../../lib/engine/step.ts';

const ECS_ROLE = 'AWSServiceRoleForECS';

export const serviceLinkedRole: Step<'serviceLinkedRole'> = {
  diff: (_want, found) =>
    compare({
      noun: 'serviceLinkedRole',
      desired: new Map([[ONLY, {}]]),
      found: found.serviceLinkedRole,
      fieldsOf: () => ({}),
    }),

  /**
   * «Has been taken» says that somebody was quicker, which is as good.
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
   */
  async apply({ aws }) {
    try {
      const { Role } = await aws.iam(
        new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }),
      );
      return { roleName: Role?.RoleName ?? ECS_ROLE };
    } catch (error) {
      if (!/has been taken|already exists/.test(messageOf(error))) throw error;
      return { roleName: ECS_ROLE };
    }
  },
};
