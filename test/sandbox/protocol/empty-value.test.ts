// Members that the sandbox does not support are accepted if their value asks for nothing, and refused otherwise.
import { CreateVpcCommand, DescribeSubnetsCommand, ModifySubnetAttributeCommand } from '@aws-sdk/client-ec2';
import { CreateSubnetCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { isEmptyValue } from '../../../sandbox/protocol/empty-value.ts';
import { sandbox } from '../harness.ts';

describe('isEmptyValue', () => {
  test.each([[undefined], [null], [false], [[]], [{}], [{ Value: false }], [{ a: { b: [] }, c: null }]])(
    '%j asks for nothing',
    (value) => {
      expect(isEmptyValue(value)).toBe(true);
    },
  );

  test.each([
    [true],
    [0],
    [''],
    [[{}]],
    [{ Value: true }],
    [{ a: { b: 0 } }],
    [new Date(0)],
    [new Uint8Array(1)],
  ])('%j asks for something', (value) => {
    expect(isEmptyValue(value)).toBe(false);
  });
});

test('attributes of a subnet and of a VPC can be turned off even if they cannot be turned on', async () => {
  const { ec2 } = await sandbox();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId;
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.0.0/24' }));
  const SubnetId = Subnet?.SubnetId;
  await ec2.send(
    new ModifySubnetAttributeCommand({ SubnetId, AssignIpv6AddressOnCreation: { Value: false } }),
  );
  await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, EnableDns64: { Value: false } }));
  await ec2.send(
    new ModifyVpcAttributeCommand({ VpcId, EnableNetworkAddressUsageMetrics: { Value: false } }),
  );
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
  expect(Subnets).toMatchObject([{ AssignIpv6AddressOnCreation: false, MapPublicIpOnLaunch: false }]);
  await expect(
    ec2.send(new ModifySubnetAttributeCommand({ SubnetId, EnableDns64: { Value: true } })),
  ).rejects.toMatchObject({ name: 'NotImplemented' });
  await expect(ec2.send(new ModifySubnetAttributeCommand({ SubnetId }))).rejects.toMatchObject({
    name: 'MissingParameter',
  });
});
