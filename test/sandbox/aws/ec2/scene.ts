// Helpers for most tests of EC2: short names for the create calls, and a look-up of a NAT gateway.
import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeNatGatewaysCommand,
  type EC2Client,
  type NatGateway,
} from '@aws-sdk/client-ec2';

/** Returns the value, or fails the test when it is missing. */
export function required<T>(value: T | undefined, what = 'a value'): T {
  if (value === undefined) throw new Error(`Missing ${what}`);
  return value;
}

/** Short names for the create calls that tests need but do not test. Each returns the new id. */
export const makerOf = (ec2: EC2Client) => ({
  vpc: async (CidrBlock = '10.0.0.0/16') =>
    required((await ec2.send(new CreateVpcCommand({ CidrBlock }))).Vpc?.VpcId),
  subnet: async (VpcId: string, CidrBlock = '10.0.1.0/24', AvailabilityZone = 'eu-west-1a') =>
    required(
      (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }))).Subnet?.SubnetId,
    ),
  /** Attaches the gateway to the VPC, if a VPC is given. */
  gateway: async (VpcId?: string) => {
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const InternetGatewayId = required(InternetGateway?.InternetGatewayId);
    if (VpcId) await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
    return InternetGatewayId;
  },
  table: async (VpcId: string) =>
    required((await ec2.send(new CreateRouteTableCommand({ VpcId }))).RouteTable?.RouteTableId),
  route: (RouteTableId: string, target: { GatewayId: string } | { NatGatewayId: string }) =>
    ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', ...target })),
  address: async () => required((await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }))).AllocationId),
  nat: async (SubnetId: string, AllocationId: string, ClientToken?: string) =>
    required(
      (await ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId, ClientToken }))).NatGateway
        ?.NatGatewayId,
    ),
  group: async (VpcId: string, GroupName = 'web') =>
    required(
      (await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName, Description: 'for tests' })))
        .GroupId,
    ),
});

/** Returns the NAT gateway as the API shows it. */
export const natGateway = async (ec2: EC2Client, id: string): Promise<NatGateway> =>
  required((await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }))).NatGateways?.[0]);
