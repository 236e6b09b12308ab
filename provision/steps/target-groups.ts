/** The target groups: one per routed container, each with its own health check. */
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from '../../lib/aws/retag.ts';
import { routesOf, type Config, type RoutedContainer } from '../../lib/config/config.ts';
import {
  healthCheckFields,
  healthCheckInput,
  type TargetHealthCheck,
} from '../../lib/derive/health-check.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { desiredTags, KEY_TAG, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { FoundTargetGroup } from '../../lib/look/target-groups.ts';
import {
  compare,
  knownAfter,
  touches,
  type DesiredFields,
  type Replacement,
} from '../../lib/model/change.ts';
import { only } from '../../lib/model/resources.ts';

type HealthField = `health.${string}`;
type Field = 'vpc' | 'port' | 'protocol' | HealthField | `attribute.${string}` | TagField;
type Context = ApplyContext<'targetGroups', Field>;

/** Tasks in awsvpc mode are registered by address. */
const TARGET_TYPE = 'ip';
/** Health checks use the target's own port. */
const HEALTH_PORT = 'traffic-port';
const DELAY_ATTRIBUTE = 'deregistration_delay.timeout_seconds';

const healthCheckFor = ({ protocol, health }: RoutedContainer): TargetHealthCheck => ({
  protocol,
  port: HEALTH_PORT,
  ...health,
});

const attributesFor = ({ deregistrationDelaySeconds }: Config) => ({
  [DELAY_ATTRIBUTE]: String(deregistrationDelaySeconds),
});

function desiredFields(desired: Desired, found: Survey): Map<string, DesiredFields<Field>> {
  const { config } = desired;
  const vpc = only(found.vpc)?.vpcId ?? knownAfter('vpc');
  return new Map(
    routesOf(config).map(({ container }) => [
      container.key,
      {
        vpc,
        port: container.port,
        protocol: container.protocol,
        ...healthCheckFields(healthCheckFor(container)),
        [`attribute.${DELAY_ATTRIBUTE}`]: String(config.deregistrationDelaySeconds),
        ...desiredTags(desired, 'targetGroups', container.key),
      },
    ]),
  );
}

/**
 * Returns the replacement of a group that is no longer desired. If the container still exists, the replacement is the new group
 * of the container. Otherwise the replacement is the group of the container that now serves the path.
 */
function replacementFor(
  { config }: Desired,
  found: Survey,
  group: FoundTargetGroup,
): Replacement | undefined {
  const { tags, targetGroupArn } = group;
  const sameContainer = routesOf(config).find(({ container }) => container.key === tags[KEY_TAG])?.container;
  if (sameContainer) {
    return { key: sameContainer.key, reason: replacementReason(sameContainer, group) };
  }
  const [key] = [...found.rules].find(([, rule]) => rule.targetGroupArn === targetGroupArn) ?? [];
  return key === undefined ? undefined : { key, reason: 'the name of a target group cannot change' };
}

/** Returns why a container needs another target group. */
function replacementReason({ port, protocol }: RoutedContainer, old: FoundTargetGroup): string {
  if (protocol !== old.protocol) return 'the protocol of a target group cannot change';
  if (port !== old.port) return 'the port of a target group cannot change';
  return 'the running tasks may not pass the new health check';
}

export const targetGroups: Step<'targetGroups', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'targetGroups',
      desired: desiredFields(desired, found),
      found: found.targetGroups,
      fieldsOf: ({ vpcId, port, protocol, health, attributes, tags }) => ({
        vpc: vpcId,
        port,
        protocol,
        ...healthCheckFields(health),
        [`attribute.${DELAY_ATTRIBUTE}`]: attributes[DELAY_ATTRIBUTE] ?? '',
        ...tagFields(tags),
      }),
      immutable: { vpc: 'a target group cannot move to another VPC' },
      replacedBy: (group) => replacementFor(desired, found, group),
      whyUnchangeable: protocolMismatch(desired),
      whyForeign: ({ tags }) => foreignOwner(tags, desired.names.stack),
    }),

  /**
   * Creates the group. A group with this name in another VPC is deleted first. That VPC no longer exists, so nothing uses the
   * group.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
   */
  async create(context) {
    const { aws, existing, ids, names, tags } = context;
    if (existing) {
      const command = new DeleteTargetGroupCommand({ TargetGroupArn: existing.targetGroupArn });
      await ignoringNotFound(() => aws.elbv2(command));
    }
    const container = containerOf(context);
    const Name = names.targetGroup(container);
    try {
      const { TargetGroups } = await aws.elbv2(
        new CreateTargetGroupCommand({
          Name,
          VpcId: only(ids.vpc)?.vpcId,
          Protocol: container.protocol,
          Port: container.port,
          TargetType: TARGET_TYPE,
          ...healthCheckInput(healthCheckFor(container)),
          Tags: toPascalCaseTags(tags),
        }),
      );
      return { targetGroupArn: TargetGroups?.[0]?.TargetGroupArn ?? '' };
    } catch (error) {
      return adoptByName(context, error, 'DuplicateTargetGroupName', `the name ${Name}`);
    }
  },

  async configure({ aws, change, config }, { targetGroupArn: TargetGroupArn }) {
    if (!touches(change, 'attribute.')) return;
    const Attributes = toPascalCaseTags(attributesFor(config));
    await aws.elbv2(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  },

  async update(context, { targetGroupArn: TargetGroupArn }) {
    if (touches(context.change, 'health.')) {
      const health = healthCheckInput(healthCheckFor(containerOf(context)));
      await context.aws.elbv2(new ModifyTargetGroupCommand({ TargetGroupArn, ...health }));
    }
    await retagElb(context, TargetGroupArn);
  },
};

/**
 * Makes a function that explains why a group with another protocol cannot be updated. Slipway gives groups with different
 * protocols different names, so someone else must have created such a group.
 */
const protocolMismatch = ({ config }: Desired) => {
  const protocols = new Map(routesOf(config).map(({ container: { key, protocol } }) => [key, protocol]));
  return ({ name, protocol }: FoundTargetGroup, key: string): string | undefined =>
    protocol === protocols.get(key)
      ? undefined
      : `${name} uses ${protocol}, and the protocol of a target group cannot change`;
};

function containerOf({ config, change }: Context): RoutedContainer {
  const route = routesOf(config).find(({ container }) => container.key === change.key);
  if (!route) throw new Error(`No container ${change.key} is routed`);
  return route.container;
}
