/** What the sandbox holds of EC2 in one region. */
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
import { Table } from '../../world/table.ts';

/** A VPC with the attributes that `DescribeVpcAttribute` shows. */
export interface VpcRow extends Vpc {
  VpcId: string;
  CidrBlock: string;
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
}
export interface SubnetRow extends Subnet {
  SubnetId: string;
  VpcId: string;
  CidrBlock: string;
  AvailabilityZone: string;
}
export interface InternetGatewayRow extends InternetGateway {
  InternetGatewayId: string;
  /** None, or one: to a VPC. */
  Attachments: InternetGatewayAttachment[];
}
/** A route table; the state of its routes is not kept here but derived from their targets. */
export interface RouteTableRow extends RouteTable {
  RouteTableId: string;
  VpcId: string;
  Routes: Route[];
  Associations: RouteTableAssociation[];
}
export interface AddressRow extends Address {
  AllocationId: string;
  PublicIp: string;
  /** The NAT gateway that has it, or had it until a moment ago. */
  heldBy?: string;
}
export interface NatGatewayRow extends NatGateway {
  NatGatewayId: string;
  SubnetId: string;
  VpcId: string;
  /** It is going to fail for this reason, whatever it finds. */
  doom?: { readonly code: string; readonly message: string };
}
/** A security group; its permissions are not kept here but derived from the rules. */
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
/** A network interface: who lives in which subnet, with which address and groups. All «still in use» derives from these. */
export interface NetworkInterfaceRow extends NetworkInterface {
  NetworkInterfaceId: string;
  SubnetId: string;
  VpcId: string;
  PrivateIpAddress: string;
}
/** What a client token was used for: EC2 remembers it for about a day, even after the object is gone. */
export interface TokenRow {
  operation: string;
  parameters: string;
  id: string;
  /** What was made, as it was: shown again when the object itself is gone. */
  made: object;
}

export const ec2Store = () => ({
  vpcs: new Table<VpcRow>(),
  subnets: new Table<SubnetRow>(),
  internetGateways: new Table<InternetGatewayRow>(),
  routeTables: new Table<RouteTableRow>(),
  addresses: new Table<AddressRow>(),
  natGateways: new Table<NatGatewayRow>(),
  securityGroups: new Table<SecurityGroupRow>(),
  securityGroupRules: new Table<SecurityGroupRuleRow>(),
  networkInterfaces: new Table<NetworkInterfaceRow>(),
  /** By `operation token`. */
  tokens: new Table<TokenRow>(),
});
export type Ec2Store = ReturnType<typeof ec2Store>;
