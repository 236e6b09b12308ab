/** ECS's service-linked role: created once per account, shared by all stacks, never removed. */
import { CreateServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import { messageOf } from '../../lib/aws/errors.ts';
import { ECS_PRINCIPAL } from '../../lib/derive/partitions.ts';
import type { Step } from '../../lib/engine/step.ts';
import { compare } from '../../lib/model/change.ts';
import { ONLY } from '../../lib/model/resources.ts';

const ECS_ROLE = 'AWSServiceRoleForECS';

export const serviceLinkedRole: Step<'serviceLinkedRole', never> = {
  diff: (_desired, found) =>
    compare({
      noun: 'serviceLinkedRole',
      desired: new Map([[ONLY, {}]]),
      found: found.serviceLinkedRole,
      fieldsOf: () => ({}),
    }),

  /**
   * "Has been taken" means that the role was created in the meantime, which counts as success.
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
   */
  async create({ aws }) {
    try {
      const { Role } = await aws.iam(new CreateServiceLinkedRoleCommand({ AWSServiceName: ECS_PRINCIPAL }));
      return { roleName: Role?.RoleName ?? ECS_ROLE };
    } catch (error) {
      if (!/has been taken|already exists/.test(messageOf(error))) throw error;
      return { roleName: ECS_ROLE };
    }
  },
};
