/** Everything that is in a VPC, whoever made it: what still holds it, and who holds that. */
import {
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type NetworkInterface,
  type RouteTable,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../lib/aws/clients.ts';
import { ifFound } from '../lib/look/if-found.ts';

export interface VpcResource {
  readonly id: string;
  /** What it is, and what is known of who has it. */
  readonly text: string;
}

/** The group and the route table that come and go with their VPC. */
export const isDefaultGroup = ({ GroupName }: SecurityGroup): boolean => GroupName === 'default';
export const isMainTable = ({ Associations = [] }: RouteTable): boolean =>
  Associations.some(({ Main }) => Main);

/** The kinds that are looked at. */
export const KINDS_OF_A_VPC = [
  'network interfaces',
  'subnets',
  'security groups',
  'route tables',
  'internet gateways',
  'NAT gateways',
] as const;

/**
 * Asks for each kind by its VPC, without a tag. What comes and goes with the VPC itself, and what AWS shows for an hour
 * after it is deleted, is left out.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
 */
export async function contentsOf({ ec2 }: Pick<Aws, 'ec2'>, vpcId: string): Promise<VpcResource[]> {
  const of = (Name: string) => [{ Name, Values: [vpcId] }];
  const Filters = of('vpc-id');
  const [vpc, interfaces, subnets, groups, tables, gateways, nats] = await Promise.all([
    ifFound(() => ec2(new DescribeVpcsCommand({ VpcIds: [vpcId] }))),
    ec2(new DescribeNetworkInterfacesCommand({ Filters })),
    ec2(new DescribeSubnetsCommand({ Filters })),
    ec2(new DescribeSecurityGroupsCommand({ Filters })),
    ec2(new DescribeRouteTablesCommand({ Filters })),
    ec2(new DescribeInternetGatewaysCommand({ Filters: of('attachment.vpc-id') })),
    ec2(new DescribeNatGatewaysCommand({ Filter: Filters })),
  ]);
  // AWS deletes no VPC that anything is in; an imitation may still show what was in one.
  if (!vpc?.Vpcs?.length) return [];
  const named = (kind: string, id = '', name = ''): VpcResource => ({
    id,
    text: `${kind} ${id}${name && ` (${name})`}`,
  });
  return [
    ...(interfaces.NetworkInterfaces ?? []).map((one) => ({
      id: one.NetworkInterfaceId ?? '',
      text: interfaceText(one),
    })),
    ...(subnets.Subnets ?? []).map(({ SubnetId, CidrBlock }) => named('subnet', SubnetId, CidrBlock)),
    ...(groups.SecurityGroups ?? [])
      .filter((group) => !isDefaultGroup(group))
      .map(({ GroupId, GroupName }) => named('security group', GroupId, GroupName)),
    ...(tables.RouteTables ?? [])
      .filter((table) => !isMainTable(table))
      .map(({ RouteTableId }) => named('route table', RouteTableId)),
    ...(gateways.InternetGateways ?? []).map(({ InternetGatewayId }) =>
      named('internet gateway', InternetGatewayId),
    ),
    ...(nats.NatGateways ?? [])
      .filter(({ State }) => State !== 'deleted' && State !== 'failed')
      .map(({ NatGatewayId, State }) => named('NAT gateway', NatGatewayId, State)),
  ];
}

/** An interface says who has it, and holds a subnet and groups. */
function interfaceText(one: NetworkInterface): string {
  const { NetworkInterfaceId, Description = '', RequesterId, SubnetId, Groups = [] } = one;
  const holds = [SubnetId, ...Groups.map(({ GroupId }) => GroupId)].filter(Boolean).join(', ');
  const whose = [Description, RequesterId && `of ${RequesterId}`].filter(Boolean).join(', ');
  return `network interface ${NetworkInterfaceId}${whose && ` (${whose})`} holds ${holds}`;
}
