/** The security groups: the world may reach the load balancer, and only the load balancer may reach the tasks. */
import { CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { adopt } from '../../lib/engine/adopt.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { compare, later, touches, type WantedFields } from '../../lib/model/change.ts';
import { isRouted, type Config } from '../../lib/config/config.ts';
import type { Survey } from '../../lib/look/found.ts';
import { EVERYWHERE } from '../../lib/look/route-tables.ts';
import type { FoundSecurityGroup } from '../../lib/look/security-groups.ts';
import { astray } from '../../lib/look/vpc.ts';
import { addRules, IN, OUT, takeRules, type Direction } from '../../lib/aws/security-group-rule-calls.ts';
import { BALANCER, rulesText, ruleText, type GroupRule } from '../../lib/derive/security-group-rules.ts';
import type { Want } from '../../lib/look/context.ts';
import { only } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';

const HTTP = 80;

const tcp = (port: number, peer: string): GroupRule => ({
  protocol: 'tcp',
  fromPort: port,
  toPort: port,
  peer,
});

/** AWS gives it to every new group: the tasks fetch their images, and call whom they like. */
const EGRESS: readonly GroupRule[] = [{ protocol: '-1', fromPort: -1, toPort: -1, peer: EVERYWHERE }];

/** Who may send to a group: anyone to the load balancer, and it alone to each container port of a service. */
export function ingressOf({ services }: Config, key: string, balancerGroupId: string): GroupRule[] {
  if (key === BALANCER) return [tcp(HTTP, EVERYWHERE)];
  const containers = services.find(({ name }) => name === key)?.containers ?? [];
  return containers.filter(isRouted).map(({ port }) => tcp(port, balancerGroupId));
}

function wanted(want: Want, found: Survey): Map<string, WantedFields> {
  const { config } = want;
  const balancer = found.securityGroups.get(BALANCER)?.groupId;
  const ingress = (key: string) =>
    key === BALANCER || balancer !== undefined
      ? rulesText(ingressOf(config, key, balancer ?? ''))
      : later(`securityGroups.${BALANCER}`);
  const vpc = only(found.vpc)?.vpcId ?? later('vpc');
  return new Map(
    [BALANCER, ...config.services.map(({ name }) => name)].map((key) => [
      key,
      {
        vpc,
        ingress: ingress(key),
        egress: rulesText(EGRESS),
        ...wantedTags(want, 'securityGroups', key),
      },
    ]),
  );
}

export const securityGroups: Step<'securityGroups'> = {
  diff: (want, found) =>
    compare({
      step: 'securityGroups',
      wanted: wanted(want, found),
      found: found.securityGroups,
      fieldsOf: ({ vpcId, ingress, egress, tags }) => ({
        vpc: vpcId,
        ingress: rulesText(ingress),
        egress: rulesText(egress),
        ...tagFields(tags),
      }),
      stuck: astray(found),
    }),

  async apply(act) {
    const { change, config, item } = act;
    const group = item ?? (await create(act));
    const { groupId } = group;
    await act.record({ groupId });
    if (touches(change, 'ingress')) {
      const balancer = change.key === BALANCER ? groupId : (await act.sibling(BALANCER)).groupId;
      const rules = ingressOf(config, change.key, balancer);
      // Until they are replaced, tasks answer the load balancer on the ports that they had.
      const serving = group.ingress.filter(({ peer }) => peer === balancer && item !== undefined);
      await setRules(act, groupId, IN, group.ingress, [...rules, ...serving]);
    }
    if (touches(change, 'egress')) await setRules(act, groupId, OUT, group.egress, EGRESS);
    await retag(act, groupId);
    return { groupId };
  },

  async tidy(act) {
    const { change, config, item } = act;
    if (!item || !touches(change, 'ingress')) return;
    const { groupId: balancer } = await act.sibling(BALANCER);
    const rules = ingressOf(config, change.key, balancer);
    const served = item.ingress.filter(({ peer }) => peer === balancer);
    await setRules(act, item.groupId, IN, [...served, ...rules], rules);
  },
};

/** A group as far as its rules are concerned. */
type Group = Pick<FoundSecurityGroup, 'groupId' | 'ingress' | 'egress'>;

/** The name is the natural key in a VPC: a second create is refused, and then the group is ours already, or somebody else's. */
async function create(act: Act<'securityGroups'>): Promise<Group> {
  const { key } = act.change;
  const VpcId = only(act.made.vpc)?.vpcId;
  const GroupName = act.names.securityGroup(key);
  try {
    const { GroupId = '' } = await act.aws.ec2(
      new CreateSecurityGroupCommand({
        VpcId,
        GroupName,
        Description:
          key === BALANCER
            ? 'Load balancer: HTTP from anywhere'
            : `Tasks of ${key}: from the load balancer alone`,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: upper(act.tags) }],
      }),
    );
    return { groupId: GroupId, ingress: [], egress: EGRESS };
  } catch (error) {
    if (!isCode(error, 'InvalidGroup.Duplicate')) throw error;
    return adopt(act, `the name ${GroupName} in ${VpcId}`, error);
  }
}

/**
 * What is missing is added before what is too much is taken away: nobody who may send is shut out in between.
 */
async function setRules(
  { aws }: Act<'securityGroups'>,
  GroupId: string,
  direction: Direction,
  has: readonly GroupRule[],
  rules: readonly GroupRule[],
): Promise<void> {
  await addRules(aws, direction, GroupId, without(rules, has));
  await takeRules(aws, direction, GroupId, without(has, rules));
}

const without = (rules: readonly GroupRule[], others: readonly GroupRule[]): GroupRule[] => {
  const texts = new Set(others.map(ruleText));
  return rules.filter((rule) => !texts.has(ruleText(rule)));
};
