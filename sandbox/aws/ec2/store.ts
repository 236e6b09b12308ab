/** The tables of EC2 in one region. */
import type {
  Address,
  InternetGateway,
  InternetGatewayAttachment,
  NatGateway,
  NetworkInterface,
  Route,
  RouteTable,
  RouteTableAssociation,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from '@aws-sdk/client-ec2';
import { refusal } from '../../protocol/refusal.ts';
import { BOOKKEEPING, Table } from '../../world/table.ts';
import { idNotFound } from './errors.ts';
import { familyTables } from './families.ts';
import { always, makeEc2Table, blocksNoVpc, type Ec2Table } from './kinds.ts';
import type { Tagged } from './tags.ts';
import type { TokenRow } from './tokens.ts';

/** The association of an IPv6 block with a VPC or a subnet. */
export interface Ipv6Block {
  readonly id: string;
  /** In canonical form. */
  readonly block: string;
  readonly associatedAt: Date;
}

/** A VPC with the attributes that `DescribeVpcAttribute` shows. */
export interface VpcRow extends Vpc {
  VpcId: string;
  CidrBlock: string;
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  ipv6Blocks?: Ipv6Block[];
}
export interface SubnetRow extends Subnet {
  SubnetId: string;
  VpcId: string;
  CidrBlock: string;
  AvailabilityZone: string;
  ipv6Block?: Ipv6Block;
}
export interface InternetGatewayRow extends InternetGateway {
  InternetGatewayId: string;
  /** At most one, because an internet gateway can be attached to only one VPC. */
  Attachments: InternetGatewayAttachment[];
}
/** A route table. The states of its routes are not stored; they derive from the routes' targets. */
export interface RouteTableRow extends RouteTable {
  RouteTableId: string;
  VpcId: string;
  Routes: Route[];
  Associations: RouteTableAssociation[];
}
export interface AddressRow extends Address {
  AllocationId: string;
  PublicIp: string;
  /** The NAT gateway that uses the address, or used it until a moment ago. */
  heldBy?: string;
}
export interface NatGatewayRow extends NatGateway {
  NatGatewayId: string;
  SubnetId: string;
  VpcId: string;
  /** The injected failure that the NAT gateway will report. */
  pendingFailure?: { readonly code: string; readonly message: string };
}
/** A security group. Its permissions are not stored; they derive from its rules. */
export interface SecurityGroupRow extends SecurityGroup {
  GroupId: string;
  GroupName: string;
  VpcId: string;
}
export interface SecurityGroupRuleRow extends SecurityGroupRule {
  SecurityGroupRuleId: string;
  GroupId: string;
  IsEgress: boolean;
  IpProtocol: string;
}
/** A network interface: its subnet, address and groups. The "still in use" refusals derive from these rows. */
export interface NetworkInterfaceRow extends NetworkInterface {
  NetworkInterfaceId: string;
  SubnetId: string;
  VpcId: string;
  PrivateIpAddress: string;
}

/** The tables of EC2: the ones that are declared here, and the ones from `families.ts`. */
export const ec2Store = () => ({
  ...familyTables(),
  vpcs: makeEc2Table<VpcRow>({
    idPrefix: 'vpc',
    tagType: 'vpc',
    parameter: 'vpcId',
    listedBy: ['DescribeVpcs'],
    notFound: idNotFound('InvalidVpcID.NotFound', 'vpc'),
    malformedCode: 'InvalidVpcID.Malformed',
    blockedVpcId: blocksNoVpc,
    isInCensus: always,
  }),
  subnets: makeEc2Table<SubnetRow>({
    idPrefix: 'subnet',
    tagType: 'subnet',
    parameter: 'subnetId',
    listedBy: ['DescribeSubnets'],
    notFound: idNotFound('InvalidSubnetID.NotFound', 'subnet'),
    malformedCode: 'InvalidSubnetID.Malformed',
    blockedVpcId: ({ VpcId }) => VpcId,
    isInCensus: always,
  }),
  internetGateways: makeEc2Table<InternetGatewayRow>({
    idPrefix: 'igw',
    tagType: 'internet-gateway',
    parameter: 'internetGatewayId',
    listedBy: ['DescribeInternetGateways'],
    notFound: idNotFound('InvalidInternetGatewayID.NotFound', 'internetGateway'),
    malformedCode: 'InvalidInternetGatewayId.Malformed',
    blockedVpcId: ({ Attachments }) => Attachments[0]?.VpcId,
    isInCensus: always,
  }),
  routeTables: makeEc2Table<RouteTableRow>({
    idPrefix: 'rtb',
    tagType: 'route-table',
    parameter: 'routeTableId',
    listedBy: ['DescribeRouteTables'],
    notFound: idNotFound('InvalidRouteTableID.NotFound', 'routeTable'),
    malformedCode: 'InvalidRouteTableId.Malformed',
    // The main route table is deleted with its VPC.
    blockedVpcId: ({ VpcId, Associations }) => (Associations.some(({ Main }) => Main) ? undefined : VpcId),
    isInCensus: always,
  }),
  addresses: makeEc2Table<AddressRow>({
    idPrefix: 'eipalloc',
    tagType: 'elastic-ip',
    parameter: 'allocationId',
    listedBy: ['DescribeAddresses'],
    notFound: idNotFound('InvalidAllocationID.NotFound', 'allocation'),
    malformedCode: undefined,
    blockedVpcId: blocksNoVpc,
    isInCensus: always,
  }),
  natGateways: makeEc2Table<NatGatewayRow>({
    idPrefix: 'nat',
    tagType: 'natgateway',
    parameter: 'natGatewayId',
    listedBy: ['DescribeNatGateways'],
    notFound: (id) => refusal('NatGatewayNotFound', `NatGateway ${id} was not found`),
    malformedCode: 'NatGatewayMalformed',
    blockedVpcId: blocksNoVpc,
    isInCensus: ({ State }) => State !== 'deleted' && State !== 'failed',
  }),
  securityGroups: makeEc2Table<SecurityGroupRow>({
    idPrefix: 'sg',
    tagType: 'security-group',
    parameter: 'groupId',
    listedBy: ['DescribeSecurityGroups'],
    notFound: (id) => refusal('InvalidGroup.NotFound', `The security group '${id}' does not exist`),
    malformedCode: 'InvalidGroupId.Malformed',
    // The default group is deleted with its VPC.
    blockedVpcId: ({ VpcId, GroupName }) => (GroupName === 'default' ? undefined : VpcId),
    isInCensus: always,
  }),
  securityGroupRules: makeEc2Table<SecurityGroupRuleRow>({
    idPrefix: 'sgr',
    tagType: 'security-group-rule',
    parameter: 'securityGroupRuleId',
    listedBy: ['DescribeSecurityGroupRules'],
    notFound: idNotFound('InvalidSecurityGroupRuleId.NotFound', 'security group rule'),
    malformedCode: 'InvalidSecurityGroupRuleId.Malformed',
    blockedVpcId: blocksNoVpc,
    isInCensus: always,
  }),
  networkInterfaces: makeEc2Table<NetworkInterfaceRow>({
    idPrefix: 'eni',
    tagType: 'network-interface',
    parameter: 'networkInterfaceId',
    listedBy: ['DescribeNetworkInterfaces'],
    notFound: idNotFound('InvalidNetworkInterfaceID.NotFound', 'networkInterface'),
    malformedCode: 'InvalidNetworkInterfaceId.Malformed',
    blockedVpcId: blocksNoVpc,
    isInCensus: always,
  }),
  /** Client tokens, with `<operation> <token>` as the key. */
  tokens: new Table<TokenRow>(BOOKKEEPING),
});
export type Ec2Store = ReturnType<typeof ec2Store>;

/** Returns the tables of resources. Every other table, such as `tokens`, must be excluded here by name. */
export const resourceTables = ({ tokens: _, ...tables }: Ec2Store): Ec2Table<Tagged>[] =>
  Object.values(tables);
