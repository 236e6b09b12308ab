// The sandbox's VPCs, through the SDK's own client.
import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';

const create = (CidrBlock: string, name = 'one') =>
  new CreateVpcCommand({
    CidrBlock,
    TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: name }] }],
  });

test('a VPC is born pending and found available, with the tags of its create call', async () => {
  const { ec2 } = await sandbox();
  const { Vpc } = await ec2.send(create('10.0.0.0/16'));
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

test('every create makes another VPC: there is no client token', async () => {
  const { ec2 } = await sandbox();
  await ec2.send(create('10.0.0.0/16'));
  await ec2.send(create('10.0.0.0/16'));
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(2);
});

test('DNS support is on and DNS hostnames are off until they are set', async () => {
  const { ec2 } = await sandbox();
  const { Vpc } = await ec2.send(create('10.0.0.0/16'));
  const VpcId = Vpc?.VpcId;
  const hostnames = async () =>
    (await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' })))
      .EnableDnsHostnames?.Value;
  expect(await hostnames()).toBe(false);
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  expect(await hostnames()).toBe(true);
});

test.each([
  ['10.0.0.0/8', 'InvalidVpc.Range'],
  ['10.0.0.0/29', 'InvalidVpc.Range'],
  ['ten', 'InvalidParameterValue'],
])('refuses the block %s with %s', async (block, code) => {
  const { ec2 } = await sandbox();
  expect(await refusalOf(ec2.send(create(block)))).toMatchObject({ code });
});

test('an id that is not there is refused by name', async () => {
  const { ec2 } = await sandbox();
  const refused = await refusalOf(ec2.send(new DeleteVpcCommand({ VpcId: 'vpc-0' })));
  expect(refused).toEqual({
    code: 'InvalidVpcID.NotFound',
    message: "The vpc ID 'vpc-0' does not exist",
  });
});

test('a member that the sandbox does not take is refused by name', async () => {
  const { ec2 } = await sandbox();
  const command = new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true });
  expect(await refusalOf(ec2.send(command))).toMatchObject({
    code: 'NotImplemented',
    message: expect.stringContaining('AmazonProvidedIpv6CidrBlock'),
  });
});

test('a filter that the kind does not have is refused', async () => {
  const { ec2 } = await sandbox();
  const command = new DescribeVpcsCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code: 'InvalidParameterValue' });
});
