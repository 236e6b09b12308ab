/** Removes a target group, once no rule refers to it. */
import { DeleteTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const targetGroups: Removal<'targetGroups'> = {
  after: ['listener'],
  /** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html */
  remove: ({ aws, existing }) =>
    ignoringNotFound(() =>
      aws.elbv2(new DeleteTargetGroupCommand({ TargetGroupArn: existing.targetGroupArn })),
    ),
};
