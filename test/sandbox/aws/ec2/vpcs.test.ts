// The sandbox's VPCs, through the SDK's client.
import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

const createCommand = (CidrBlock: string, name = 'one') =>
  new CreateVpcCommand({
    CidrBlock,
    TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: name }] }],
  });

test('a VPC is created as pending and described as available, with the tags of its create call', async () => {
  const { ec2 } = await sandbox();
  const { Vpc } = await ec2.send(createCommand('10.0.0.0/16'));
  expect(Vpc?.State).toBe('pending');
  const { Vpcs } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'tag:Name', Values: ['one'] }] }),
  );
  expect(Vpcs).toMatchObject([
    {
      VpcId: Vpc?.VpcId,
      State: 'available',
      CidrBlock: '10.0.0.0/16',
      Tags: [{ Key: 'Name', Value: 'one' }],
    },
  ]);
});

test('every create call makes another VPC, because CreateVpc has no client token', async () => {
  const { ec2 } = await sandbox();
  await ec2.send(createCommand('10.0.0.0/16'));
  await ec2.send(createCommand('10.0.0.0/16'));
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(2);
});

test('the DNS hostnames of a new VPC are off, and can be turned on', async () => {
  const { ec2 } = await sandbox();
  const { Vpc } = await ec2.send(createCommand('10.0.0.0/16'));
  const VpcId = Vpc?.VpcId;
  const hostnames = async () =>
    (await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' })))
      .EnableDnsHostnames?.Value;
  expect(await hostnames()).toBe(false);
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  expect(await hostnames()).toBe(true);
});

test('DNS hostnames require DNS support, and a call can set only one attribute', async () => {
  const { ec2 } = await sandbox();
  const VpcId = await makerOf(ec2).vpc();
  const [on, off] = [{ Value: true }, { Value: false }];
  const both = new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: on, EnableDnsHostnames: on });
  expect(await refusalOf(ec2.send(both))).toMatchObject({ code: 'InvalidParameterCombination' });
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: off }));
  const hostnames = new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: on });
  expect(await refusalOf(ec2.send(hostnames))).toMatchObject({ code: 'InvalidParameterValue' });
});

test('an unknown or missing VPC attribute is refused', async () => {
  const { ec2 } = await sandbox();
  const VpcId = await makerOf(ec2).vpc();
  const command = new DescribeVpcAttributeCommand({ VpcId, Attribute: 'colour' as 'enableDnsSupport' });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code: 'InvalidParameterValue' });
  const withoutAttribute = new DescribeVpcAttributeCommand({ VpcId, Attribute: undefined });
  expect(await refusalOf(ec2.send(withoutAttribute))).toMatchObject({ code: 'MissingParameter' });
});

test('a VPC is created and deleted together with its main route table, default group and default ACL', async () => {
  const { ec2, region } = await sandbox();
  const VpcId = await makerOf(ec2).vpc();
  const inVpc = { Name: 'vpc-id', Values: [VpcId] };
  const { RouteTables } = await ec2.send(
    new DescribeRouteTablesCommand({ Filters: [inVpc, { Name: 'association.main', Values: ['true'] }] }),
  );
  expect(RouteTables).toMatchObject([
    { Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }] },
  ]);
  const { SecurityGroups } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [inVpc, { Name: 'group-name', Values: ['default'] }] }),
  );
  const GroupId = required(SecurityGroups?.[0]?.GroupId);
  expect(SecurityGroups).toMatchObject([
    {
      Description: 'default VPC security group',
      IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    },
  ]);
  const acls = new DescribeNetworkAclsCommand({ Filters: [inVpc, { Name: 'default', Values: ['true'] }] });
  expect((await ec2.send(acls)).NetworkAcls).toHaveLength(1);
  await ec2.send(new DeleteVpcCommand({ VpcId }));
  expect((await ec2.send(acls)).NetworkAcls).toEqual([]);
  for (const table of Object.values(region.ec2)) expect(table.size).toBe(0);
});

test('a VPC cannot be deleted while it contains resources that a client created', async () => {
  const { ec2 } = await sandbox();
  const make = makerOf(ec2);
  const refusalOfDelete = async (VpcId: string) => refusalOf(ec2.send(new DeleteVpcCommand({ VpcId })));
  const withSubnet = await make.vpc();
  await make.subnet(withSubnet);
  expect(await refusalOfDelete(withSubnet)).toEqual({
    code: 'DependencyViolation',
    message: `The vpc '${withSubnet}' has dependencies and cannot be deleted.`,
  });
  const withTable = await make.vpc();
  await make.table(withTable);
  expect(await refusalOfDelete(withTable)).toMatchObject({ code: 'DependencyViolation' });
  const withGroup = await make.vpc();
  await make.group(withGroup);
  expect(await refusalOfDelete(withGroup)).toMatchObject({ code: 'DependencyViolation' });
  const VpcId = await make.vpc();
  const InternetGatewayId = await make.gateway(VpcId);
  expect(await refusalOfDelete(VpcId)).toMatchObject({ code: 'DependencyViolation' });
  await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  await ec2.send(new DeleteVpcCommand({ VpcId }));
});

test('a sixth VPC in a region exceeds the quota', async () => {
  const { ec2 } = await sandbox();
  const { vpc } = makerOf(ec2);
  for (let i = 0; i < 5; i++) await vpc();
  expect(await refusalOf(vpc())).toEqual({
    code: 'VpcLimitExceeded',
    message: 'The maximum number of VPCs has been reached.',
  });
});

test.each([
  ['10.0.0.0/8', 'InvalidVpc.Range'],
  ['10.0.0.0/29', 'InvalidVpc.Range'],
  ['ten', 'InvalidParameterValue'],
])('a VPC with the block %s is refused with %s', async (block, code) => {
  const { ec2 } = await sandbox();
  expect(await refusalOf(ec2.send(createCommand(block)))).toMatchObject({ code });
});

test('an unknown VPC id is refused with an error that names the id', async () => {
  const { ec2 } = await sandbox();
  const refusal = await refusalOf(ec2.send(new DeleteVpcCommand({ VpcId: 'vpc-0' })));
  expect(refusal).toEqual({
    code: 'InvalidVpcID.NotFound',
    message: "The vpc ID 'vpc-0' does not exist",
  });
});

test('an unsupported member is refused with an error that names the member', async () => {
  const { ec2 } = await sandbox();
  const command = new CreateVpcCommand({
    CidrBlock: '10.0.0.0/16',
    Ipv6CidrBlockNetworkBorderGroup: 'eu-west-1',
  });
  expect(await refusalOf(ec2.send(command))).toMatchObject({
    code: 'NotImplemented',
    message: expect.stringContaining('Ipv6CidrBlockNetworkBorderGroup'),
  });
});
