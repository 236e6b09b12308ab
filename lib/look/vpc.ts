/** Finds our VPC by its tags, with what DescribeVpcs does not return: two DNS attributes, and the default security group. */
import {
  DescribeSecurityGroupsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type Vpc,
  type VpcAttributeName,
} from '@aws-sdk/client-ec2';
import { isNotFound } from '../aws/errors.ts';
import type { Ids } from '../model/architecture.ts';
import { only, type Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import type { GroupRule } from '../derive/security-group-rules.ts';
import type { Survey } from './found.ts';
import { vpcFilter } from './in-vpc.ts';
import { readGroupRules } from './security-groups.ts';
import { describeOurs } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';
import { ipv6AssociationIn, type Ipv6Association } from './ipv6-blocks.ts';
import { describeSubnets } from './subnets.ts';

/** The security group that AWS creates and deletes together with a VPC. It cannot be deleted on its own. */
export interface DefaultGroup {
  readonly groupId: string;
  readonly ingress: readonly GroupRule[];
  readonly egress: readonly GroupRule[];
}

export interface FoundVpc extends Readonly<Ids['vpc']> {
  readonly cidr: string;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  /** The default security group; undefined if AWS does not show it yet. */
  readonly defaultGroup: DefaultGroup | undefined;
  /** Its IPv6 block; undefined if it has none. */
  readonly ipv6?: Ipv6Association | undefined;
  readonly tags: Tags;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export async function lookVpc(context: LookContext): Promise<Items<FoundVpc>> {
  const vpcs = await describeOurs(context, ['vpc'], 'VpcId', async ({ Filters, ids: VpcIds, NextToken }) => {
    const { Vpcs = [], NextToken: next } = await context.aws.ec2(
      new DescribeVpcsCommand({ Filters, VpcIds, NextToken }),
    );
    return { items: Vpcs, next };
  });
  const found = await Promise.all((await sortUsedFirst(context, vpcs)).map((vpc) => read(context, vpc)));
  return indexByKey(found.filter((vpc) => vpc !== undefined));
}

/** Puts the VPC that contains our subnets first, so that it keeps the key and its duplicates are removed. */
async function sortUsedFirst(context: LookContext, vpcs: readonly Vpc[]): Promise<readonly Vpc[]> {
  if (vpcs.length < 2) return vpcs;
  const inUse = new Set((await describeSubnets(context)).map(({ VpcId }) => VpcId));
  const rank = ({ VpcId }: Vpc): number => (inUse.has(VpcId) ? 0 : 1);
  return [...vpcs].sort((a, b) => rank(a) - rank(b));
}

/** Fetches the default security group of a VPC; undefined if AWS does not show it yet. */
export async function fetchDefaultGroup(
  { aws }: Pick<LookContext, 'aws'>,
  vpcId: string,
): Promise<DefaultGroup | undefined> {
  const Filters = [...vpcFilter(vpcId), { Name: 'group-name', Values: ['default'] }];
  const { SecurityGroups = [] } = await aws.ec2(new DescribeSecurityGroupsCommand({ Filters }));
  const [group] = SecurityGroups;
  return (
    group && {
      groupId: group.GroupId ?? '',
      ingress: readGroupRules(group.IpPermissions),
      egress: readGroupRules(group.IpPermissionsEgress),
    }
  );
}

/** Reads the rest of a listed VPC; undefined when the VPC has been deleted since. */
async function read({ aws }: LookContext, { VpcId = '', ...vpc }: Vpc): Promise<FoundVpc | undefined> {
  const attribute = (Attribute: VpcAttributeName) =>
    aws.ec2(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
  try {
    const [support, hostnames, defaultGroup] = await Promise.all([
      attribute('enableDnsSupport'),
      attribute('enableDnsHostnames'),
      fetchDefaultGroup({ aws }, VpcId),
    ]);
    return {
      vpcId: VpcId,
      cidr: vpc.CidrBlock ?? '',
      dnsSupport: support.EnableDnsSupport?.Value ?? false,
      dnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
      defaultGroup,
      ipv6: ipv6AssociationIn(vpc.Ipv6CidrBlockAssociationSet),
      tags: readTags(vpc.Tags),
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Returns why a resource cannot be used: it is not in our VPC, and cannot move. Undefined if it is in our VPC. */
export const inAnotherVpc =
  ({ vpc }: Survey) =>
  ({ vpcId }: { readonly vpcId: string }): string | undefined =>
    vpcId === only(vpc)?.vpcId ? undefined : `it is in ${vpcId}, which is not the VPC of this stack`;
