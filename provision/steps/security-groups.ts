/** The security groups: the world may reach the load balancer, and only the load balancer may reach the tasks. */
import { CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { adopt } from '../../lib/engine/adopt.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { isRouted, type Config } from '../../lib/config/config.ts';
import type { Survey } from '../../lib/look/found.ts';
import { EVERYWHERE } from '../../lib/look/route-tables.ts';
import type { FoundSecurityGroup } from '../../lib/look/security-groups.ts';
import { inAnotherVpc } from '../../lib/look/vpc.ts';
import {
  authoriseRules,
  INGRESS,
  EGRESS,
  revokeRules,
  type Direction,
} from '../../lib/aws/security-group-rule-calls.ts';
import { BALANCER, rulesText, ruleText, type GroupRule } from '../../lib/derive/security-group-rules.ts';
import type { Desired } from '../../lib/look/context.ts';
import { only } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

const HTTP = 80;

const tcp = (port: number, peer: string): GroupRule => ({
  protocol: 'tcp',
  fromPort: port,
  toPort: port,
  peer,
});

/** AWS gives it to every new group: the tasks fetch their images, and call whom they like. */
const ALL_EGRESS: readonly GroupRule[] = [{ protocol: '-1', fromPort: -1, toPort: -1, peer: EVERYWHERE }];

/** Who may send to a group: anyone to the load balancer, and it alone to each container port of a service. */
export function ingressOf({ services }: Config, key: string, balancerGroupId: string): GroupRule[] {
  if (key === BALANCER) return [tcp(HTTP, EVERYWHERE)];
  const containers = services.find(({ name }) => name === key)?.containers ?? [];
  return containers.filter(isRouted).map(({ port }) => tcp(port, balancerGroupId));
}

function desiredFields(desired: Desired, found: Survey): Map<string, DesiredFields> {
  const { config } = desired;
  const balancer = found.securityGroups.get(BALANCER)?.groupId;
  const ingress = (key: string) =>
    key === BALANCER || balancer !== undefined
      ? rulesText(ingressOf(config, key, balancer ?? ''))
      : knownAfter(`securityGroups.${BALANCER}`);
  const vpc = only(found.vpc)?.vpcId ?? knownAfter('vpc');
  return new Map(
    [BALANCER, ...config.services.map(({ name }) => name)].map((key) => [
      key,
      {
        vpc,
        ingress: ingress(key),
        egress: rulesText(ALL_EGRESS),
        ...desiredTags(desired, 'securityGroups', key),
      },
    ]),
  );
}

export const securityGroups: Step<'securityGroups'> = {
  diff: (desired, found) =>
    compare({
      noun: 'securityGroups',
      desired: desiredFields(desired, found),
      found: found.securityGroups,
      fieldsOf: ({ vpcId, ingress, egress, tags }) => ({
        vpc: vpcId,
        ingress: rulesText(ingress),
        egress: rulesText(egress),
        ...tagFields(tags),
      }),
      cannotUpdate: inAnotherVpc(found),
    }),

  async apply(context) {
    const { change, config, existing: item } = context;
    const group = item ?? (await create(context));
    const { groupId } = group;
    await context.record({ groupId });
    if (touches(change, 'ingress')) {
      const balancer = change.key === BALANCER ? groupId : (await context.siblingIds(BALANCER)).groupId;
      const rules = ingressOf(config, change.key, balancer);
      // Until they are replaced, tasks answer the load balancer on the ports that they had.
      const serving = group.ingress.filter(({ peer }) => peer === balancer && item !== undefined);
      await setRules(context, groupId, INGRESS, group.ingress, [...rules, ...serving]);
    }
    if (touches(change, 'egress')) await setRules(context, groupId, EGRESS, group.egress, ALL_EGRESS);
    await retag(context, groupId);
    return { groupId };
  },

  async cleanUp(context) {
    const { change, config, existing: item } = context;
    if (!item || !touches(change, 'ingress')) return;
    const { groupId: balancer } = await context.siblingIds(BALANCER);
    const rules = ingressOf(config, change.key, balancer);
    const served = item.ingress.filter(({ peer }) => peer === balancer);
    await setRules(context, item.groupId, INGRESS, [...served, ...rules], rules);
  },
};

/** A group as far as its rules are concerned. */
type Group = Pick<FoundSecurityGroup, 'groupId' | 'ingress' | 'egress'>;

/** The name is the natural key in a VPC: a second create is refused, and then the group is ours already, or somebody else's. */
async function create(context: ApplyContext<'securityGroups'>): Promise<Group> {
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
            ? 'Load balancer: HTTP from anywhere'
            : `Tasks of ${key}: from the load balancer alone`,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: toPascalCaseTags(context.tags) }],
      }),
    );
    return { groupId: GroupId, ingress: [], egress: ALL_EGRESS };
  } catch (error) {
    if (!isCode(error, 'InvalidGroup.Duplicate')) throw error;
    return adopt(context, `the name ${GroupName} in ${VpcId}`, error);
  }
}

/**
 * What is missing is added before what is too much is taken away: nobody who may send is shut out in between.
 */
async function setRules(
  { aws }: ApplyContext<'securityGroups'>,
  GroupId: string,
  direction: Direction,
  has: readonly GroupRule[],
  rules: readonly GroupRule[],
): Promise<void> {
  await authoriseRules(aws, direction, GroupId, without(rules, has));
  await revokeRules(aws, direction, GroupId, without(has, rules));
}

const without = (rules: readonly GroupRule[], others: readonly GroupRule[]): GroupRule[] => {
  const texts = new Set(others.map(ruleText));
  return rules.filter((rule) => !texts.has(ruleText(rule)));
};
