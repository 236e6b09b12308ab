// The sandbox's subnets, through the SDK's client.
import {
  AssociateRouteTableCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSubnetCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  ModifySubnetAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

async function scene() {
  const started = await sandbox();
  const make = makerOf(started.ec2);
  const vpc = await make.vpc();
  const describeSubnet = async (id: string) =>
    (await started.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))).Subnets?.[0];
  return { ...started, make, vpc, describeSubnet };
}

test('a subnet is created as pending and described as available, with five addresses fewer than its block', async () => {
  const { ec2, vpc, describeSubnet } = await scene();
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'eu-west-1b' }),
  );
  expect(Subnet?.State).toBe('pending');
  expect(await describeSubnet(required(Subnet?.SubnetId))).toMatchObject({
    State: 'available',
    AvailabilityZone: 'eu-west-1b',
    AvailabilityZoneId: 'euw1-az2',
    AvailableIpAddressCount: 251,
    MapPublicIpOnLaunch: false,
    DefaultForAz: false,
  });
});

test('the zone of a subnet can be given by its id', async () => {
  const { ec2, vpc } = await scene();
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.0.1.0/24', AvailabilityZoneId: 'euw1-az3' }),
  );
  expect(Subnet?.AvailabilityZone).toBe('eu-west-1c');
});

test.each([
  ['10.1.0.0/24', 'InvalidSubnet.Range', "The CIDR '10.1.0.0/24' is invalid."],
  ['10.0.0.0/15', 'InvalidSubnet.Range', "The CIDR '10.0.0.0/15' is invalid."],
  ['10.0.0.0/29', 'InvalidSubnet.Range', "The CIDR '10.0.0.0/29' is invalid."],
  ['10.0.1.128/25', 'InvalidSubnet.Conflict', "The CIDR '10.0.1.128/25' conflicts with another subnet"],
  ['10.0.1', 'InvalidParameterValue', expect.stringContaining('This is not a valid CIDR block.')],
])('a subnet with the block %s is refused with %s', async (block, code, message) => {
  const { make, vpc } = await scene();
  await make.subnet(vpc, '10.0.1.0/24');
  expect(await refusalOf(make.subnet(vpc, block))).toEqual({ code, message });
});

test('two subnets can have the same block if they are in different VPCs', async () => {
  const { make, vpc } = await scene();
  await make.subnet(vpc, '10.0.1.0/24');
  await expect(make.subnet(await make.vpc(), '10.0.1.0/24')).resolves.toMatch(/^subnet-/);
});

test('a zone of another region is refused with a message that lists the valid zones', async () => {
  const { make, vpc } = await scene();
  expect(await refusalOf(make.subnet(vpc, '10.0.1.0/24', 'eu-west-2a'))).toEqual({
    code: 'InvalidParameterValue',
    message:
      'Value (eu-west-2a) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: eu-west-1a, eu-west-1b, eu-west-1c.',
  });
});

test('a network interface uses an address of its subnet and blocks the deletion of the subnet', async () => {
  const { ec2, make, vpc, describeSubnet } = await scene();
  const SubnetId = await make.subnet(vpc);
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
  expect((await describeSubnet(SubnetId))?.AvailableIpAddressCount).toBe(250);
  expect(await refusalOf(ec2.send(new DeleteSubnetCommand({ SubnetId })))).toEqual({
    code: 'DependencyViolation',
    message: `The subnet '${SubnetId}' has dependencies and cannot be deleted.`,
  });
  await ec2.send(
    new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: NetworkInterface?.NetworkInterfaceId }),
  );
  await ec2.send(new DeleteSubnetCommand({ SubnetId }));
  expect(await refusalOf(describeSubnet(SubnetId))).toEqual({
    code: 'InvalidSubnetID.NotFound',
    message: `The subnet ID '${SubnetId}' does not exist`,
  });
});

test("deleting a subnet also deletes the subnet's association with a route table", async () => {
  const { ec2, make, vpc } = await scene();
  const SubnetId = await make.subnet(vpc);
  const RouteTableId = await make.table(vpc);
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  await ec2.send(new DeleteSubnetCommand({ SubnetId }));
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }));
  expect(RouteTables?.[0]?.Associations).toEqual([]);
});

test('automatic public addresses can be switched on, and subnets can be found by this and other attributes', async () => {
  const { ec2, make, vpc } = await scene();
  const SubnetId = await make.subnet(vpc);
  await make.subnet(vpc, '10.0.2.0/24');
  await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  const findBlocks = async (Name: string, ...Values: string[]) =>
    required((await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name, Values }] }))).Subnets).map(
      (subnet) => subnet.CidrBlock,
    );
  expect(await findBlocks('map-public-ip-on-launch', 'true')).toEqual(['10.0.1.0/24']);
  expect(await findBlocks('cidr-block', '10.0.2.*')).toEqual(['10.0.2.0/24']);
  expect(await findBlocks('vpc-id', vpc)).toEqual(['10.0.1.0/24', '10.0.2.0/24']);
  expect(await findBlocks('default-for-az', 'true')).toEqual([]);
  expect(await findBlocks('available-ip-address-count', '251')).toHaveLength(2);
});

test('a modify call that names no attribute is refused', async () => {
  const { ec2, make, vpc } = await scene();
  const command = new ModifySubnetAttributeCommand({ SubnetId: await make.subnet(vpc) });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code: 'MissingParameter' });
});
