/** The security groups: the world may reach the load balancer, and only the load balancer may reach the tasks. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { isCode, isNotFound } from '../lib/aws-error.ts';
import { compare, later, touches, type Fields } from '../lib/change.ts';
import { isRouted, type Config } from '../lib/config/config.ts';
import type { Survey } from '../lib/look/found.ts';
import { EVERYWHERE } from '../lib/look/route-tables.ts';
import { permission, rulesText, ruleText, type GroupRule } from '../lib/group-rules.ts';
import type { Want } from '../lib/look/see.ts';
import { only } from '../lib/resources.ts';
import { retag } from '../lib/retag.ts';
import type { Act, Step } from '../lib/step.ts';
import { tagFields, tagsOf, upper } from '../lib/tags.ts';

/** The key of the load balancer's own group; the others have the names of their services. */
export const BALANCER = 'balancer';
const HTTP = 80;

const tcp = (port: number, peer: string): GroupRule => ({
  protocol: 'tcp',
  fromPort: port,
  toPort: port,
  peer,
});

/** Who may send to a group: anyone to the load balancer, and it alone to each container port of a service. */
export function ingressOf({ services }: Config, key: string, balancerGroupId: string): GroupRule[] {
  if (key === BALANCER) return [tcp(HTTP, EVERYWHERE)];
  const containers = services.find(({ name }) => name === key)?.containers ?? [];
  return containers.filter(isRouted).map(({ port }) => tcp(port, balancerGroupId));
}

function wanted({ config, names }: Want, found: Survey): Map<string, Fields> {
  const balancer = found.securityGroups.get(BALANCER)?.groupId;
  const ingress = (key: string) =>
    key === BALANCER || balancer !== undefined
      ? rulesText(ingressOf(config, key, balancer ?? ''))
      : later(`securityGroups.${BALANCER}`);
  const vpc = only(found.vpc)?.vpcId ?? later('vpc');
  return new Map(
    [BALANCER, ...config.services.map(({ name }) => name)].map((key) => [
      key,
      { vpc, ingress: ingress(key), ...tagFields(tagsOf(config, names.stack, 'securityGroups', key)) },
    ]),
  );
}

export const securityGroups: Step<'securityGroups'> = {
  diff: (want, found) =>
    compare({
      step: 'securityGroups',
      wanted: wanted(want, found),
      found: found.securityGroups,
      fieldsOf: ({ vpcId, ingress, tags }) => ({
        vpc: vpcId,
        ingress: rulesText(ingress),
        ...tagFields(tags),
      }),
      immutable: { vpc: 'a security group cannot move to another VPC' },
    }),

  async apply(act) {
    const groupId = act.item?.groupId ?? (await create(act));
    await act.record({ groupId });
    if (touches(act.change, 'ingress')) {
      const balancer = act.change.key === BALANCER ? groupId : (await act.sibling(BALANCER)).groupId;
      await setIngress(act, groupId, ingressOf(act.config, act.change.key, balancer));
    }
    await retag(act, groupId);
    return { groupId };
  },
};

/** The name is the natural key in a VPC: a second create is refused, and then the group is ours already, or somebody else's. */
async function create(act: Act<'securityGroups'>): Promise<string> {
  const { key } = act.change;
  try {
    const { GroupId } = await act.aws.ec2(
      new CreateSecurityGroupCommand({
        VpcId: only(act.made.vpc)?.vpcId,
        GroupName: act.names.securityGroup(key),
        Description:
          key === BALANCER
            ? 'Load balancer: HTTP from anywhere'
            : `Tasks of ${key}: from the load balancer alone`,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: upper(act.tags) }],
      }),
    );
    return GroupId ?? '';
  } catch (error) {
    const ours = isCode(error, 'InvalidGroup.Duplicate') ? await act.again() : undefined;
    if (!ours) throw error;
    return ours.groupId;
  }
}

/** What is missing is added before what is too much is taken away: nobody who may send is shut out in between. */
async function setIngress(
  act: Act<'securityGroups'>,
  GroupId: string,
  rules: readonly GroupRule[],
): Promise<void> {
  const has = act.item?.ingress ?? [];
  const missing = without(rules, has);
  const surplus = without(has, rules);
  if (missing.length > 0) {
    const IpPermissions = missing.map((rule) => permission(rule));
    await act.aws
      .ec2(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }))
      .catch(unless((error) => isCode(error, 'InvalidPermission.Duplicate')));
  }
  if (surplus.length > 0) {
    const IpPermissions = surplus.map((rule) => permission(rule));
    await act.aws
      .ec2(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }))
      .catch(unless(isNotFound));
  }
}

const unless = (harmless: (error: unknown) => boolean) => (error: unknown) => {
  if (!harmless(error)) throw error;
};

const without = (rules: readonly GroupRule[], others: readonly GroupRule[]): GroupRule[] => {
  const texts = new Set(others.map(ruleText));
  return rules.filter((rule) => !texts.has(ruleText(rule)));
};
