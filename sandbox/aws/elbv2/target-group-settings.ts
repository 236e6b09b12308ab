/** The operations that change the settings of a target group: health checks and attributes. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import { rowOf } from '../finder.ts';
import { targetGroupAttributes } from './attribute-tables.ts';
import { changedAttributes, attributeList } from './attributes.ts';
import { HEALTH_CHECK_MEMBERS, healthCheckSettings } from './health-check-settings.ts';
import { viewOf } from './target-groups.ts';

export const targetGroupSettingsOperations = {
  /** Changes the health checks. The other settings of a group cannot be changed. */
  ModifyTargetGroup: {
    inputMembers: ['TargetGroupArn', ...HEALTH_CHECK_MEMBERS],
    run(input, region) {
      const group = rowOf(region.elbv2.targetGroups, input.TargetGroupArn);
      Object.assign(group, healthCheckSettings(input, group));
      return { TargetGroups: [viewOf(region, group)] };
    },
  },

  DescribeTargetGroupAttributes: {
    inputMembers: ['TargetGroupArn'],
    run({ TargetGroupArn }, region) {
      return { Attributes: attributeList(rowOf(region.elbv2.targetGroups, TargetGroupArn).attributes) };
    },
  },

  /** The response contains all attributes, not only the changed ones. */
  ModifyTargetGroupAttributes: {
    inputMembers: ['TargetGroupArn', 'Attributes'],
    run({ TargetGroupArn, Attributes }, region) {
      const group = rowOf(region.elbv2.targetGroups, TargetGroupArn);
      group.attributes = changedAttributes(
        group.attributes,
        Attributes,
        targetGroupAttributes,
        'Target group',
      );
      return { Attributes: attributeList(group.attributes) };
    },
  },
} satisfies Operations<typeof ELBv2>;
