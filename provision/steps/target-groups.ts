/** The target groups: one per routed container, or two if ECS shifts requests between them, each with its own health check. */
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { retagElb } from '../../lib/aws/retag.ts';
import { routesOf, shiftsTraffic, type RoutedContainer } from '../../lib/config/config.ts';
import {
  elbProtocol,
  healthCheckFields,
  healthCheckInput,
  type TargetHealthCheck,
} from '../../lib/derive/health-check.ts';
import {
  attributeFields,
  DEFAULT_ATTRIBUTES,
  attributesOfContainer,
} from '../../lib/derive/target-group-attributes.ts';
import { containerOfRule } from '../../lib/derive/desired-rules.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { desiredTargetGroups, type DesiredTargetGroup } from '../../lib/derive/target-group-pairs.ts';
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
import { liveGroupOf } from '../services/succession.ts';

type HealthField = `health.${string}`;
type Field = 'vpc' | 'port' | 'protocol' | HealthField | `attribute.${string}` | TagField;
type Context = ApplyContext<'targetGroups', Field>;

/** Tasks in awsvpc mode are registered by address. */
const TARGET_TYPE = 'ip';
/** Health checks use the target's own port. */
const HEALTH_PORT = 'traffic-port';

const healthCheckFor = ({ protocol, health }: RoutedContainer): TargetHealthCheck => ({
  protocol: elbProtocol(protocol).Protocol,
  port: HEALTH_PORT,
  ...health,
});

const healthInputFor = (container: RoutedContainer) =>
  healthCheckInput(healthCheckFor(container), container.protocol === 'GRPC');

function desiredFields(desired: Desired, found: Survey): Map<string, DesiredFields<Field>> {
  const { config, names } = desired;
  const vpc = only(found.vpc)?.vpcId ?? knownAfter('vpc');
  return new Map(
    desiredTargetGroups(config, names).map(({ key, service, container }) => [
      key,
      {
        vpc,
        // A service that shifts requests keeps its groups: ECS registers each task with the port of the task.
        ...(shiftsTraffic(service) ? {} : { port: container.port }),
        protocol: container.protocol,
        ...healthCheckFields(healthCheckFor(container)),
        ...attributeFields(attributesOfContainer(config, container)),
        ...desiredTags(desired, 'targetGroups', key),
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
  return key === undefined
    ? undefined
    : { key: containerOfRule(key), reason: 'the name of a target group cannot change' };
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
        ...attributeFields({ ...DEFAULT_ATTRIBUTES, ...attributes }),
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
    const { aws, existing, ids, tags } = context;
    if (existing) {
      const command = new DeleteTargetGroupCommand({ TargetGroupArn: existing.targetGroupArn });
      await ignoringNotFound(() => aws.elbv2(command));
    }
    const { container, name: Name } = groupOf(context);
    try {
      const { TargetGroups } = await aws.elbv2(
        new CreateTargetGroupCommand({
          Name,
          VpcId: only(ids.vpc)?.vpcId,
          ...elbProtocol(container.protocol),
          Port: container.port,
          TargetType: TARGET_TYPE,
          ...healthInputFor(container),
          Tags: toPascalCaseTags(tags),
        }),
      );
      return { targetGroupArn: TargetGroups?.[0]?.TargetGroupArn ?? '' };
    } catch (error) {
      return adoptByName(context, error, 'DuplicateTargetGroupName', `the name ${Name}`);
    }
  },

  /** Sends all attributes in one call, since AWS refuses some combinations of old and new values. */
  async configure(context, { targetGroupArn: TargetGroupArn }) {
    const { aws, change, config } = context;
    if (!touches(change, 'attribute.')) return;
    const Attributes = toPascalCaseTags(attributesOfContainer(config, groupOf(context).container));
    await aws.elbv2(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  },

  async update(context, { targetGroupArn: TargetGroupArn }) {
    if (!isUpdatedLater(context)) await updateHealthCheck(context, TargetGroupArn);
    await retagElb(context, TargetGroupArn);
  },

  async cleanUp(context) {
    if (isUpdatedLater(context)) await updateHealthCheck(context, context.existing?.targetGroupArn);
  },
};

/**
 * Whether the health check of a group changes only after the deployment: until then, tasks of the old version are in the group
 * that gets requests, and tasks of the new version join the other one.
 */
function isUpdatedLater(context: Context): boolean {
  const { existing, found } = context;
  const { service, container } = groupOf(context);
  return (
    existing !== undefined &&
    shiftsTraffic(service) &&
    liveGroupOf(found, container.key) === existing.targetGroupArn
  );
}

async function updateHealthCheck(context: Context, TargetGroupArn: string | undefined): Promise<void> {
  if (!touches(context.change, 'health.')) return;
  const health = healthInputFor(groupOf(context).container);
  await context.aws.elbv2(new ModifyTargetGroupCommand({ TargetGroupArn, ...health }));
}

/**
 * Makes a function that explains why a group with another protocol cannot be updated. Slipway gives groups with different
 * protocols different names, so someone else must have created such a group.
 */
const protocolMismatch = ({ config, names }: Desired) => {
  const protocols = new Map(
    desiredTargetGroups(config, names).map(({ key, container: { protocol } }) => [key, protocol]),
  );
  return ({ name, protocol }: FoundTargetGroup, key: string): string | undefined =>
    protocol === protocols.get(key)
      ? undefined
      : `${name} uses ${protocol}, and the protocol of a target group cannot change`;
};

function groupOf({ config, names, change }: Context): DesiredTargetGroup {
  const group = desiredTargetGroups(config, names).find(({ key }) => key === change.key);
  if (!group) throw new Error(`No target group ${change.key} is desired`);
  return group;
}
