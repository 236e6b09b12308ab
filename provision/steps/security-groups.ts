/** The security groups: the clients may reach the load balancer, and only the load balancer may reach the tasks. */
import { CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { isCode } from '../../lib/aws/errors.ts';
import { retag } from '../../lib/aws/retag.ts';
import {
  authoriseRules,
  EGRESS,
  INGRESS,
  revokeRules,
  type Direction,
} from '../../lib/aws/security-group-rule-calls.ts';
import { BALANCER, rulesText, ruleText, type GroupRule } from '../../lib/derive/security-group-rules.ts';
import { ALL_EGRESS, ALL_IPV6, balancerEgressTo, ingressOf } from '../../lib/derive/stack-group-rules.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adopt } from '../../lib/engine/adopt.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { hasOwnBalancer } from '../../lib/derive/shared-balancer.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { FoundSecurityGroup } from '../../lib/look/security-groups.ts';
import { inAnotherVpc } from '../../lib/look/vpc.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { only, type Items } from '../../lib/model/resources.ts';

/**
 * The load balancer may connect only to the ports of the services. These egress rules of its group belong to the services: each of
 * them has the field `balancer egress`, and the field `egress` of the load balancer's group has only what else it contains. So a run
 * on one service changes nothing for the others.
 */
type Field = 'vpc' | 'ingress' | 'egress' | 'balancer egress' | TagField;
type Context = ApplyContext<'securityGroups', Field>;

function desiredFields(desired: Desired, found: Survey): Map<string, DesiredFields<Field>> {
  const { config } = desired;
  const isBalanced = hasOwnBalancer(config);
  const balancerGroupId = foundBalancerGroup(desired, found);
  const ingressField = (key: string) => {
    const rules = ingressOf(config, key, balancerGroupId ?? '');
    return key === BALANCER || balancerGroupId !== undefined || rules.length === 0
      ? rulesText(rules)
      : knownAfter(`securityGroups.${BALANCER}`);
  };
  const balancerEgressField = (key: string) => {
    const groupId = found.securityGroups.get(key)?.groupId;
    const isEmpty = balancerEgressTo(config, key, '').length === 0;
    return groupId === undefined && !isEmpty
      ? knownAfter(`securityGroups.${key}`)
      : rulesText(balancerEgressTo(config, key, groupId ?? ''));
  };
  const vpc = only(found.vpc)?.vpcId ?? knownAfter('vpc');
  return new Map(
    [...(isBalanced ? [BALANCER] : []), ...config.services.map(({ name }) => name)].map((key) => [
      key,
      {
        vpc,
        ingress: ingressField(key),
        egress: key === BALANCER ? '' : rulesText(ALL_EGRESS),
        ...(key === BALANCER || !isBalanced ? {} : { 'balancer egress': balancerEgressField(key) }),
        ...desiredTags(desired, 'securityGroups', key),
      },
    ]),
  );
}

export const securityGroups: Step<'securityGroups', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'securityGroups',
      desired: desiredFields(desired, found),
      found: found.securityGroups,
      fieldsOf: ({ vpcId, groupId, ingress, egress, tags }, key) => ({
        vpc: vpcId,
        ingress: rulesText(ingress),
        egress: rulesText(key === BALANCER ? withoutServices(found.securityGroups, egress) : egress),
        ...(key === BALANCER ? {} : { 'balancer egress': rulesText(egressTo(found, groupId)) }),
        ...tagFields(tags),
      }),
      whyUnchangeable: inAnotherVpc(found),
    }),

  /** The name is the natural key within a VPC: if the create is refused, the existing group is either ours or foreign. */
  async create(context) {
    const { key } = context.change;
    const VpcId = only(context.ids.vpc)?.vpcId;
    const GroupName = context.names.securityGroup(key);
    try {
      const { GroupId = '' } = await context.aws.ec2(
        new CreateSecurityGroupCommand({
          VpcId,
          GroupName,
          Description:
            key === BALANCER
              ? 'Load balancer: HTTP from its clients'
              : `Tasks of ${key}: from the load balancer alone`,
          TagSpecifications: [{ ResourceType: 'security-group', Tags: toPascalCaseTags(context.tags) }],
        }),
      );
      return { groupId: GroupId };
    } catch (error) {
      if (!isCode(error, 'InvalidGroup.Duplicate')) throw error;
      return adopt(context, `the name ${GroupName} in ${VpcId}`, error);
    }
  },

  async configure(context, { groupId, ingress = [], egress = ALL_EGRESS }) {
    const { change, config, existing } = context;
    if (touches(change, 'ingress')) {
      const balancerGroupId = change.key === BALANCER ? groupId : await balancerGroupOf(context);
      const rules = ingressOf(config, change.key, balancerGroupId);
      // Running tasks answer the load balancer on their old ports until they are replaced. Clients with IPv6 may connect until the
      // name no longer has an IPv6 address.
      const oldRules = existing ? ingress.filter(isNeededMeanwhile(context, balancerGroupId)) : [];
      await setRules(context, groupId, INGRESS, ingress, [...rules, ...oldRules]);
    }
    if (change.key === BALANCER) {
      // An existing load balancer keeps its way to running tasks until the rules of the services exist.
      if (!existing)
        await revokeRules(context.aws, EGRESS, groupId, withoutServices(context.ids.securityGroups, egress));
    } else {
      if (touches(change, 'egress')) await setRules(context, groupId, EGRESS, egress, ALL_EGRESS);
      if (touches(change, 'balancer egress')) await letBalancerReach(context, groupId);
    }
    await retag(context, groupId);
  },

  async cleanUp(context) {
    const { change, config, existing } = context;
    if (!existing) return;
    const balancerGroupId = await balancerGroupOf(context);
    if (touches(change, 'ingress')) {
      const rules = ingressOf(config, change.key, balancerGroupId);
      const oldRules = existing.ingress.filter(isNeededMeanwhile(context, balancerGroupId));
      await setRules(context, existing.groupId, INGRESS, [...oldRules, ...rules], rules);
    }
    if (touches(change, 'balancer egress') && hasOwnBalancer(config)) {
      const rules = balancerEgressTo(config, change.key, existing.groupId);
      const oldRules = egressTo(context.found, existing.groupId);
      await revokeRules(context.aws, EGRESS, balancerGroupId, without(oldRules, rules));
    }
    if (change.key === BALANCER && touches(change, 'egress')) await closeOtherEgress(context, existing);
  },
};

/** Returns a filter for the rules that stay until the end of the run. */
const isNeededMeanwhile =
  ({ change, found }: Pick<Context, 'change' | 'found'>, balancerGroupId: string) =>
  ({ peer }: GroupRule): boolean =>
    change.key === BALANCER
      ? peer === ALL_IPV6 && only(found.loadBalancer)?.ipAddressType === 'dualstack'
      : peer === balancerGroupId;

/** A load balancer of someone else may have several groups. One is enough, since all of them apply to each of its interfaces. */
function foundBalancerGroup({ config }: Pick<Desired, 'config'>, found: Survey): string | undefined {
  if (!config.loadBalancer) return found.securityGroups.get(BALANCER)?.groupId;
  return [...(found.shared?.balancer?.SecurityGroups ?? [])].sort()[0];
}

/** Returns the id of the load balancer's group. A stack whose last route was removed has none, or one that is about to go. */
async function balancerGroupOf(context: Context): Promise<string> {
  if (hasOwnBalancer(context.config)) return (await context.siblingIds(BALANCER)).groupId;
  return foundBalancerGroup(context, context.found) ?? '';
}

/** Returns the egress rules of the load balancer's group, as the survey found them, that lead to a service's group. */
const egressTo = (found: Survey, groupId: string): GroupRule[] =>
  (found.securityGroups.get(BALANCER)?.egress ?? []).filter(({ peer }) => peer === groupId);

/** Returns the egress rules of the load balancer's group that lead to none of the services' groups. */
function withoutServices(
  groups: Items<{ readonly groupId: string }>,
  egress: readonly GroupRule[],
): GroupRule[] {
  const groupIds = [...groups].flatMap(([key, { groupId }]) => (key === BALANCER ? [] : groupId));
  return egress.filter(({ peer }) => !groupIds.includes(peer));
}

/** Lets the load balancer reach the ports of a service. */
async function letBalancerReach(context: Context, groupId: string): Promise<void> {
  const rules = balancerEgressTo(context.config, context.change.key, groupId);
  if (rules.length === 0 || !hasOwnBalancer(context.config)) return;
  const { groupId: balancerGroupId } = await context.siblingIds(BALANCER);
  await authoriseRules(
    context.aws,
    EGRESS,
    balancerGroupId,
    without(rules, egressTo(context.found, groupId)),
  );
}

/**
 * Revokes the egress rules of the load balancer that lead to no service. If a service still depends on them, because a run on
 * another service has left its own rules out, they stay until a provision.
 */
async function closeOtherEgress(context: Context, existing: FoundSecurityGroup): Promise<void> {
  const { config, found, ids } = context;
  const groups = new Map([...found.securityGroups, ...ids.securityGroups]);
  const needed = [...groups].flatMap(([key, { groupId }]) => balancerEgressTo(config, key, groupId));
  const lacks = (egress: readonly GroupRule[]) => without(needed, egress).length > 0;
  if (lacks(existing.egress) && lacks((await context.lookAgain())?.egress ?? [])) return;
  await revokeRules(context.aws, EGRESS, existing.groupId, withoutServices(groups, existing.egress));
}

/** Authorises missing rules before revoking surplus ones, so that allowed traffic is never interrupted. */
async function setRules(
  { aws }: Context,
  GroupId: string,
  direction: Direction,
  current: readonly GroupRule[],
  rules: readonly GroupRule[],
): Promise<void> {
  await authoriseRules(aws, direction, GroupId, without(rules, current));
  await revokeRules(aws, direction, GroupId, without(current, rules));
}

const without = (rules: readonly GroupRule[], others: readonly GroupRule[]): GroupRule[] => {
  const texts = new Set(others.map(ruleText));
  return rules.filter((rule) => !texts.has(ruleText(rule)));
};
