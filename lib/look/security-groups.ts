/** Finds our security groups by their tags. */
import { DescribeSecurityGroupsCommand, type IpPermission, type SecurityGroup } from '@aws-sdk/client-ec2';
import type { GroupRule } from '../derive/security-group-rules.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import { describeOurs } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';
import { vpcFilter, vpcResource, type VpcListing } from './in-vpc.ts';

export interface FoundSecurityGroup extends Readonly<Ids['securityGroups']> {
  readonly vpcId: string;
  readonly ingress: readonly GroupRule[];
  readonly egress: readonly GroupRule[];
  readonly tags: Tags;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export async function lookSecurityGroups(context: LookContext): Promise<Items<FoundSecurityGroup>> {
  const groups = await describeOurs(
    context,
    ['securityGroups'],
    'GroupId',
    async ({ Filters, ids: GroupIds, NextToken }) => {
      const { SecurityGroups = [], NextToken: next } = await context.aws.ec2(
        new DescribeSecurityGroupsCommand({ Filters, GroupIds, NextToken }),
      );
      return { items: SecurityGroups, next };
    },
  );
  return indexByKey(
    groups.map(({ GroupId = '', VpcId = '', Tags, ...permissions }) => ({
      groupId: GroupId,
      vpcId: VpcId,
      ingress: readGroupRules(permissions.IpPermissions),
      egress: readGroupRules(permissions.IpPermissionsEgress),
      tags: readTags(Tags),
    })),
  );
}

/** Reads the rules of a group in one direction, one per peer. */
export function readGroupRules(permissions: readonly IpPermission[] | undefined): GroupRule[] {
  return (permissions ?? []).flatMap(({ IpProtocol: protocol = '', FromPort = -1, ToPort = -1, ...peers }) =>
    [
      ...(peers.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
      ...(peers.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
      ...(peers.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
      ...(peers.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
    ].map((peer = '') => ({ protocol, fromPort: FromPort, toPort: ToPort, peer })),
  );
}

/** Whether a group is the default group of its VPC: AWS creates and deletes the default group together with the VPC. */
export const isDefaultGroup = ({ GroupName }: SecurityGroup): boolean => GroupName === 'default';

/** The security groups in a VPC, apart from its default group. */
export const securityGroupsInVpc: VpcListing = {
  kind: 'security groups',
  async list({ ec2 }, vpcId) {
    const { SecurityGroups = [] } = await ec2(
      new DescribeSecurityGroupsCommand({ Filters: vpcFilter(vpcId) }),
    );
    return SecurityGroups.filter((group) => !isDefaultGroup(group)).map(
      ({ GroupId: id, GroupName: name, Tags: tags }) => ({
        ...vpcResource('security group', 'ec2 delete-security-group --group-id', { id, about: name, tags }),
        name,
      }),
    );
  },
};
