/** Removes a target group, once no rule refers to it. */
import { DeleteTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Removal } from '../../lib/engine/step.ts';
import { balancersUsing } from '../../lib/look/target-groups.ts';
import { removeWhenUnused } from '../in-use.ts';
import { strangersUsing } from '../target-group-users.ts';

export const targetGroups: Removal<'targetGroups'> = {
  after: ['listener'],
  /** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html */
  remove: (context) => {
    const { targetGroupArn } = context.existing;
    return removeWhenUnused(
      context,
      `The target group ${context.existing.name}`,
      async () => {
        const loadBalancerArns = await balancersUsing(context, targetGroupArn);
        const balancersToRemove = context.alsoRemoved.willRemoveAll('loadBalancer')
          ? [...context.found.loadBalancer.values()].map(({ loadBalancerArn }) => loadBalancerArn)
          : [];
        return strangersUsing(context, [{ targetGroupArn, loadBalancerArns }], balancersToRemove);
      },
      (options) =>
        context.aws.elbv2(new DeleteTargetGroupCommand({ TargetGroupArn: targetGroupArn }), options),
    );
  },
};
