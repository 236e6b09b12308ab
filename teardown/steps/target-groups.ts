/** Removes a target group, once no rule names it any more, or the listener has taken its rules along. */
import { DeleteTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const targetGroups: Removal<'targetGroups'> = {
  after: ['listener'],
  /** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html */
  remove: ({ aws, existing: item }) =>
    ignoringNotFound(() => aws.elbv2(new DeleteTargetGroupCommand({ TargetGroupArn: item.targetGroupArn }))),
};
