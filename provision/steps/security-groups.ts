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
import { isRouted, type Config } from '../../lib/config/config.ts';
import { BALANCER, rulesText, ruleText, type GroupRule } from '../../lib/derive/security-group-rules.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adopt } from '../../lib/engine/adopt.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { EVERYWHERE } from '../../lib/look/route-tables.ts';
import { inAnotherVpc } from '../../lib/look/vpc.ts';
import { HTTP_PORT, HTTPS_PORT } from '../../lib/derive/listeners.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { only } from '../../lib/model/resources.ts';

type Field = 'vpc' | 'ingress' | 'egress' | TagField;
type Context = ApplyContext<'securityGroups', Field>;

const tcp = (port: number, peer: string): GroupRule => ({
  protocol: 'tcp',
  fromPort: port,
  toPort: port,
  peer,
});

/** The egress rule that AWS gives every new group. With it, tasks may pull their images and call any service. */
const ALL_EGRESS: readonly GroupRule[] = [{ protocol: '-1', fromPort: -1, toPort: -1, peer: EVERYWHERE }];

/**
 * Returns the ingress rules of a group. The clients may reach the load balancer, and only the load balancer may reach containers.
 */
export function ingressOf(
  { services, domain, clients = [EVERYWHERE] }: Config,
  key: string,
  balancerGroupId: string,
): GroupRule[] {
  if (key === BALANCER)
    return [HTTP_PORT, ...(domain?.https ? [HTTPS_PORT] : [])].flatMap((port) =>
      clients.map((block) => tcp(port, block)),
    );
  const containers = services.find(({ name }) => name === key)?.containers ?? [];
  return containers.filter(isRouted).map(({ port }) => tcp(port, balancerGroupId));
}

function desiredFields(desired: Desired, found: Survey): Map<string, DesiredFields<Field>> {
  const { config } = desired;
  const balancerGroupId = found.securityGroups.get(BALANCER)?.groupId;
  const ingressField = (key: string) =>
    key === BALANCER || balancerGroupId !== undefined
      ? rulesText(ingressOf(config, key, balancerGroupId ?? ''))
      : knownAfter(`securityGroups.${BALANCER}`);
  const vpc = only(found.vpc)?.vpcId ?? knownAfter('vpc');
  return new Map(
    [BALANCER, ...config.services.map(({ name }) => name)].map((key) => [
      key,
      {
        vpc,
        ingress: ingressField(key),
        egress: rulesText(ALL_EGRESS),
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
      fieldsOf: ({ vpcId, ingress, egress, tags }) => ({
        vpc: vpcId,
        ingress: rulesText(ingress),
        egress: rulesText(egress),
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
      const balancerGroupId =
        change.key === BALANCER ? groupId : (await context.siblingIds(BALANCER)).groupId;
      const rules = ingressOf(config, change.key, balancerGroupId);
      // Running tasks answer the load balancer on their old ports until they are replaced.
      const oldRules = existing ? ingress.filter(({ peer }) => peer === balancerGroupId) : [];
      await setRules(context, groupId, INGRESS, ingress, [...rules, ...oldRules]);
    }
    if (touches(change, 'egress')) await setRules(context, groupId, EGRESS, egress, ALL_EGRESS);
    await retag(context, groupId);
  },

  async cleanUp(context) {
    const { change, config, existing } = context;
    if (!existing || !touches(change, 'ingress')) return;
    const { groupId: balancerGroupId } = await context.siblingIds(BALANCER);
    const rules = ingressOf(config, change.key, balancerGroupId);
    const oldRules = existing.ingress.filter(({ peer }) => peer === balancerGroupId);
    await setRules(context, existing.groupId, INGRESS, [...oldRules, ...rules], rules);
  },
};

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
