/** Lists everything in a VPC, whoever created it, and the resources that hold it. */
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
  /** Its kind and id, and what is known about its owner. */
  readonly text: string;
}

/** The default group and the main route table are created and deleted with their VPC. */
export const isDefaultGroup = ({ GroupName }: SecurityGroup): boolean => GroupName === 'default';
export const isMainTable = ({ Associations = [] }: RouteTable): boolean =>
  Associations.some(({ Main }) => Main);

/** The kinds of resources that are listed. */
export const KINDS_OF_A_VPC = [
  'network interfaces',
  'subnets',
  'security groups',
  'route tables',
  'internet gateways',
  'NAT gateways',
] as const;

/**
 * Lists each kind by its VPC, whatever its tags. Leaves out resources that are deleted with the VPC itself, and those that
 * AWS lists for another hour after they are deleted.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
 */
export async function contentsOf({ ec2 }: Pick<Aws, 'ec2'>, vpcId: string): Promise<VpcResource[]> {
  const inVpc = (Name: string) => [{ Name, Values: [vpcId] }];
  const Filters = inVpc('vpc-id');
  const [vpc, interfaces, subnets, groups, tables, gateways, nats] = await Promise.all([
    ifFound(() => ec2(new DescribeVpcsCommand({ VpcIds: [vpcId] }))),
    ec2(new DescribeNetworkInterfacesCommand({ Filters })),
    ec2(new DescribeSubnetsCommand({ Filters })),
    ec2(new DescribeSecurityGroupsCommand({ Filters })),
    ec2(new DescribeRouteTablesCommand({ Filters })),
    ec2(new DescribeInternetGatewaysCommand({ Filters: inVpc('attachment.vpc-id') })),
    ec2(new DescribeNatGatewaysCommand({ Filter: Filters })),
  ]);
  // AWS only deletes an empty VPC; an emulator may still list what was in a deleted one.
  if (!vpc?.Vpcs?.length) return [];
  const named = (kind: string, id = '', name = ''): VpcResource => ({
    id,
    text: `${kind} ${id}${name && ` (${name})`}`,
  });
  return [
    ...(interfaces.NetworkInterfaces ?? []).map((networkInterface) => ({
      id: networkInterface.NetworkInterfaceId ?? '',
      text: interfaceText(networkInterface),
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

/** Describes a network interface: who requested it, and the subnet and groups that it holds. */
function interfaceText(networkInterface: NetworkInterface): string {
  const { NetworkInterfaceId, Description = '', RequesterId, SubnetId, Groups = [] } = networkInterface;
  const holds = [SubnetId, ...Groups.map(({ GroupId }) => GroupId)].filter(Boolean).join(', ');
  const owner = [Description, RequesterId && `of ${RequesterId}`].filter(Boolean).join(', ');
  return `network interface ${NetworkInterfaceId}${owner && ` (${owner})`} holds ${holds}`;
}
