/** The operations that change the settings of a target group: health checks and attributes. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import { rowOf } from '../finder.ts';
import { targetGroupAttributes } from './attribute-tables.ts';
import { changedAttributes, attributeList } from './attributes.ts';
import { invalidConfiguration, notImplemented } from './errors.ts';
import { HEALTH_CHECK_MEMBERS, healthCheckSettings } from './health-check-settings.ts';
import type { TargetGroupRow } from './store.ts';
import { viewOf } from './target-groups.ts';

/**
 * Checks attributes that depend on each other.
 * @throws InvalidConfigurationRequest, NotImplemented
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
 */
function checkTogether({ Protocol }: TargetGroupRow, attributes: Readonly<Record<string, string>>): void {
  const algorithm = attributes['load_balancing.algorithm.type'] ?? '';
  const type = attributes['stickiness.type'] ?? '';
  const isSticky = attributes['stickiness.enabled'] === 'true';
  if (attributes['slow_start.duration_seconds'] !== '0' && algorithm !== 'round_robin')
    throw invalidConfiguration(
      `Target group attribute 'slow_start.duration_seconds' cannot be enabled when 'load_balancing.algorithm.type' is '${algorithm}'`,
    );
  if (attributes['load_balancing.algorithm.anomaly_mitigation'] === 'on') {
    if (algorithm === 'weighted_random')
      throw notImplemented('load_balancing.algorithm.anomaly_mitigation = on');
    throw invalidConfiguration(
      `Target group attribute 'load_balancing.algorithm.anomaly_mitigation' cannot be enabled when 'load_balancing.algorithm.type' is '${algorithm}'`,
    );
  }
  if (type === 'source_ip')
    throw invalidConfiguration(
      `Stickiness type '${type}' is not supported for target groups with the ${Protocol} protocol`,
    );
  if (isSticky && type === 'app_cookie' && !attributes['stickiness.app_cookie.cookie_name'])
    throw invalidConfiguration(
      "You must set an application cookie name to enable stickiness of type 'app_cookie'",
    );
}

export const targetGroupSettingsOperations = {
  /** Changes the health checks. The other settings of a group cannot be changed. */
  ModifyTargetGroup: {
    inputMembers: ['TargetGroupArn', ...HEALTH_CHECK_MEMBERS],
    run(input, region) {
      const group = rowOf(region.elbv2.targetGroups, input.TargetGroupArn);
      Object.assign(group, healthCheckSettings(input, group.ProtocolVersion, group));
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
      const attributes = changedAttributes(
        group.attributes,
        Attributes,
        targetGroupAttributes,
        'Target group',
      );
      checkTogether(group, attributes);
      group.attributes = attributes;
      return { Attributes: attributeList(group.attributes) };
    },
  },
} satisfies Operations<typeof ELBv2>;
