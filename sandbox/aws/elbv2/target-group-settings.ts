/** What can be changed about a target group: its health checks and its attributes. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import { rowOf } from '../finder.ts';
import { targetGroupAttributes } from './attribute-tables.ts';
import { changedAttributes, listed } from './attributes.ts';
import { HEALTH_CHECK_MEMBERS, healthCheckSettings } from './health-check-settings.ts';
import { shown } from './target-groups.ts';

export const targetGroupSettingsOperations = {
  /** Health checks only: everything else about a group is for good. */
  ModifyTargetGroup: {
    takes: ['TargetGroupArn', ...HEALTH_CHECK_MEMBERS],
    run(input, region) {
      const group = rowOf(region.elbv2.targetGroups, input.TargetGroupArn);
      Object.assign(group, healthCheckSettings(input, group));
      return { TargetGroups: [shown(region, group)] };
    },
  },

  DescribeTargetGroupAttributes: {
    takes: ['TargetGroupArn'],
    run({ TargetGroupArn }, region) {
      return { Attributes: listed(rowOf(region.elbv2.targetGroups, TargetGroupArn).attributes) };
    },
  },

  /** Answers with all attributes, not only with those that were given. */
  ModifyTargetGroupAttributes: {
    takes: ['TargetGroupArn', 'Attributes'],
    run({ TargetGroupArn, Attributes }, region) {
      const group = rowOf(region.elbv2.targetGroups, TargetGroupArn);
      group.attributes = changedAttributes(
        group.attributes,
        Attributes,
        targetGroupAttributes,
        'Target group',
      );
      return { Attributes: listed(group.attributes) };
    },
  },
} satisfies Operations<typeof ELBv2>;
