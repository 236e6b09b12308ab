/** The target groups: one a routed container, with its own health check. */
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import {
  compare,
  knownAfter,
  touches,
  type Replacement,
  type DesiredFields,
} from '../../lib/model/change.ts';
import { routesOf, type Config, type RoutedContainer } from '../../lib/config/config.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { FoundTargetGroup } from '../../lib/look/target-groups.ts';
import { foreignOwner, type Desired } from '../../lib/look/context.ts';
import { only } from '../../lib/model/resources.ts';
import { retagElb } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import {
  healthCheckFields,
  healthCheckInput,
  type TargetHealthCheck,
} from '../../lib/derive/health-check.ts';
import { KEY_TAG, tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

/** Tasks in awsvpc mode are registered by address. */
const TARGET_TYPE = 'ip';
/** Health is asked for at the port of the target itself. */
const HEALTH_PORT = 'traffic-port';
const DELAY = 'deregistration_delay.timeout_seconds';

const healthCheckFor = ({ protocol, health }: RoutedContainer): TargetHealthCheck => ({
  protocol,
  port: HEALTH_PORT,
  ...health,
});

const attributesFor = ({ deregistrationDelaySeconds }: Config) => ({
  [DELAY]: String(deregistrationDelaySeconds),
});

function desiredFields(desired: Desired, found: Survey): Map<string, DesiredFields> {
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
        [`attribute.${DELAY}`]: String(config.deregistrationDelaySeconds),
        ...desiredTags(desired, 'targetGroups', container.key),
      },
    ]),
  );
}

/**
 * What takes the place of a group that nothing wants as it is: that of the same container, or that of the container
 * which the path leads to now.
 */
function replacementFor(
  { config }: Desired,
  found: Survey,
  { tags, targetGroupArn, protocol }: FoundTargetGroup,
): Replacement | undefined {
  const own = routesOf(config).find(({ container }) => container.key === tags[KEY_TAG])?.container;
  if (own) {
    const what = own.protocol === protocol ? 'port' : 'protocol';
    return { key: own.key, reason: `the ${what} of a target group cannot change` };
  }
  const [key] = [...found.rules].find(([, rule]) => rule.targetGroupArn === targetGroupArn) ?? [];
  return key === undefined ? undefined : { key, reason: 'the name of a target group cannot change' };
}

export const targetGroups: Step<'targetGroups'> = {
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
        [`attribute.${DELAY}`]: attributes[DELAY] ?? '',
        ...tagFields(tags),
      }),
      immutable: { vpc: 'a target group cannot move to another VPC' },
      replacedBy: (group) => replacementFor(desired, found, group),
      cannotUpdate: protocolMismatch(desired),
      foreign: ({ tags }) => foreignOwner(tags, desired.names.stack),
    }),

  async apply(context) {
    const { aws, change, config, existing: item } = context;
    const container = containerOf(context);
    const isNew = item === undefined || change.verb === 'replace';
    // The VPC that it was made for is gone, and with it whatever used the group.
    if (item && isNew) {
      await ignoringNotFound(() =>
        aws.elbv2(new DeleteTargetGroupCommand({ TargetGroupArn: item.targetGroupArn })),
      );
    }
    const targetGroupArn = isNew ? await create(context, container) : item.targetGroupArn;
    await context.record({ targetGroupArn });
    if (touches(change, 'attribute.')) {
      const Attributes = toPascalCaseTags(attributesFor(config));
      await aws.elbv2(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn, Attributes }));
    }
    if (!isNew && touches(change, 'health.')) {
      await aws.elbv2(
        new ModifyTargetGroupCommand({
          TargetGroupArn: targetGroupArn,
          ...healthCheckInput(healthCheckFor(container)),
        }),
      );
    }
    await retagElb(context, targetGroupArn);
    return { targetGroupArn };
  },
};

/** Its name says the protocol, so one that speaks another was made so by somebody else. */
const protocolMismatch = ({ config }: Desired) => {
  const spoken = new Map(routesOf(config).map(({ container: { key, protocol } }) => [key, protocol]));
  return ({ name, protocol }: FoundTargetGroup, key: string): string | undefined =>
    protocol === spoken.get(key) ? undefined : `${name} is for ${protocol}, and no target group changes that`;
};

function containerOf({ config, change }: ApplyContext<'targetGroups'>): RoutedContainer {
  const route = routesOf(config).find(({ container }) => container.key === change.key);
  if (!route) throw new Error(`No container ${change.key} is routed`);
  return route.container;
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
async function create(context: ApplyContext<'targetGroups'>, container: RoutedContainer): Promise<string> {
  const Name = context.names.targetGroup(container);
  try {
    const { TargetGroups } = await context.aws.elbv2(
      new CreateTargetGroupCommand({
        Name,
        VpcId: only(context.ids.vpc)?.vpcId,
        Protocol: container.protocol,
        Port: container.port,
        TargetType: TARGET_TYPE,
        ...healthCheckInput(healthCheckFor(container)),
        Tags: toPascalCaseTags(context.tags),
      }),
    );
    return TargetGroups?.[0]?.TargetGroupArn ?? '';
  } catch (error) {
    const ours = await adoptByName(context, error, 'DuplicateTargetGroupName', `the name ${Name}`);
    return ours.targetGroupArn;
  }
}
