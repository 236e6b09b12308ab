/** Sorts the resources in our VPC into our own, the network interfaces that AWS manages for us, and the resources of strangers. */
import {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type NetworkInterface,
  type SecurityGroup,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../lib/aws/clients.ts';
import type { Names } from '../lib/derive/names.ts';
import { readTags, STACK_TAG, type Tags } from '../lib/derive/tags.ts';
import { itemsOf, type Survey } from '../lib/look/found.ts';
import { architecture, nouns } from '../lib/model/architecture.ts';
import { idsOf } from '../lib/model/resources.ts';
import { contentsOf, type VpcContent } from './vpc-contents.ts';

/** The context of the search for strangers: the clients, the names of the stack, and the survey. */
export interface StrangerContext {
  readonly aws: Aws;
  readonly names: Names;
  readonly found: Survey;
}

/** Something that belongs to someone else and keeps one of our resources from being deleted. */
export interface Stranger {
  readonly id: string;
  /** A description of the stranger and, where known, of the resources that it uses. */
  readonly text: string;
  /** The command of the AWS CLI that removes it, or that shows its owner. */
  readonly command: string;
  /**
   * Whether the stranger certainly belongs to someone else. AWS may list one of our resources without its tags for a minute
   * after the resource was created or deleted.
   */
  readonly isCertainlyForeign: boolean;
  /** If the stranger is a network interface: the gateway or endpoint that it belongs to. */
  readonly gateway?: string | undefined;
}

/** The ids of the stack's resources in EC2, according to the survey, and of the network interfaces of its NAT gateway. */
const ownIds = (found: Survey): ReadonlySet<string> =>
  new Set([
    ...nouns
      .filter((noun) => architecture[noun].service === 'ec2')
      .flatMap((noun) =>
        [...itemsOf(found, noun).values()].flatMap((item) => Object.values(idsOf(noun, item))),
      ),
    ...[...found.natGateway.values()].flatMap(({ networkInterfaceIds }) => networkInterfaceIds),
  ]);

/** Whether a resource may be our own, with tags that are not visible yet: it has no tags, and one of our names or no name. */
const mayBeOurs = ({ stack }: Names, tags: Tags, name: string | undefined): boolean =>
  Object.keys(tags).length === 0 && (name === undefined || name.startsWith(`${stack}-`));

/** Lists the resources in a VPC that belong to someone else. */
export const strangersIn = async (context: StrangerContext, vpcId: string): Promise<Stranger[]> =>
  strangersAmong(context, await contentsOf(context.aws, vpcId));

/**
 * Selects, from the contents of our VPC, the resources that belong to someone else. Leaves out the network interfaces that AWS
 * manages for our load balancer, tasks and gateways: they disappear on their own. Pure.
 */
export function strangersAmong(
  { names, found }: Pick<StrangerContext, 'names' | 'found'>,
  contents: readonly VpcContent[],
): Stranger[] {
  const ours = ownIds(found);
  const foreign = contents.filter(({ id, tags }) => tags[STACK_TAG] !== names.stack && !ours.has(id));
  const foreignIds = foreign.filter(({ networkInterface }) => !networkInterface).map(({ id }) => id);
  return foreign
    .filter(
      ({ networkInterface }) =>
        !networkInterface || !isManagedForUs(networkInterface, names, ours, foreignIds),
    )
    .map(({ id, text, command, tags, name, isNeverOurs = false, networkInterface }) => ({
      id,
      text,
      command,
      isCertainlyForeign: isNeverOurs || !mayBeOurs(names, tags, name),
      gateway: gatewayOf(networkInterface),
    }));
}

/**
 * Whether AWS manages an interface for one of our resources. The description of an interface shows which AWS service created it.
 * Slipway itself creates no interfaces.
 * @param foreignIds the ids of the foreign resources in the VPC, except network interfaces
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
 */
function isManagedForUs(
  { Description = '', Groups = [] }: NetworkInterface,
  { loadBalancer, stack }: Names,
  ours: ReadonlySet<string>,
  foreignIds: readonly string[],
): boolean {
  if (Description.startsWith('ELB ')) return Description.startsWith(`ELB app/${loadBalancer}/`);
  // The interface of a task has the groups of its service.
  if (isTaskInterface(Description)) {
    return Groups.some(
      ({ GroupId = '', GroupName = '' }) => ours.has(GroupId) || GroupName.startsWith(`${stack}-`),
    );
  }
  const gateway = gatewayOf({ Description });
  return gateway !== undefined && !foreignIds.includes(gateway);
}

/** The NAT gateway or the VPC endpoint that an interface belongs to, according to its description. */
const gatewayOf = (networkInterface: NetworkInterface | undefined): string | undefined =>
  /^(?:Interface for NAT Gateway|VPC Endpoint Interface) (\S+)$/.exec(
    networkInterface?.Description ?? '',
  )?.[1];

/** Whether the description of an interface says that it belongs to an ECS task. */
export const isTaskInterface = (description: string): boolean =>
  /^arn:[\w-]+:ecs:[^/]*:attachment\//.test(description);

/**
 * Lists the rules of strangers' security groups, in any VPC, that refer to our groups. Such a rule keeps our group from being
 * deleted, and never disappears on its own.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
 */
export async function foreignRules(
  { aws, names, found }: StrangerContext,
  groupIds: readonly string[],
): Promise<Stranger[]> {
  if (groupIds.length === 0) return [];
  const ours = ownIds(found);
  const referring = await Promise.all(
    ['ip-permission.group-id', 'egress.ip-permission.group-id'].map((Name) =>
      aws.ec2(new DescribeSecurityGroupsCommand({ Filters: [{ Name, Values: [...groupIds] }] })),
    ),
  );
  const groups = new Map(
    referring
      .flatMap(({ SecurityGroups = [] }) => SecurityGroups)
      .filter(({ GroupId = '', Tags }) => !ours.has(GroupId) && readTags(Tags)[STACK_TAG] !== names.stack)
      .map((group) => [group.GroupId ?? '', group]),
  );
  if (groups.size === 0) return [];
  const { SecurityGroupRules = [] } = await aws.ec2(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [...groups.keys()] }] }),
  );
  return SecurityGroupRules.filter(({ ReferencedGroupInfo }) =>
    groupIds.includes(ReferencedGroupInfo?.GroupId ?? ''),
  ).map((rule) => ruleAsStranger(names, rule, groups.get(rule.GroupId ?? '') ?? {}));
}

function ruleAsStranger(names: Names, rule: SecurityGroupRule, group: SecurityGroup): Stranger {
  const { SecurityGroupRuleId = '', GroupId, IsEgress, IpProtocol = '', FromPort, ToPort } = rule;
  const ports = FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`;
  const traffic = IpProtocol === '-1' ? 'all traffic' : `${IpProtocol} ${ports}`;
  const [direction, directionText] = IsEgress ? ['egress', 'out to'] : ['ingress', 'in from'];
  return {
    id: SecurityGroupRuleId,
    text: `rule ${SecurityGroupRuleId} of ${GroupId} (${group.GroupName}) allows ${traffic} ${directionText} ${rule.ReferencedGroupInfo?.GroupId}`,
    command: `aws ec2 revoke-security-group-${direction} --group-id ${GroupId} --security-group-rule-ids ${SecurityGroupRuleId}`,
    isCertainlyForeign: !mayBeOurs(names, readTags(group.Tags), group.GroupName),
  };
}
