// NAT gateways that the sandbox refuses, and NAT gateways that fail after their create call.
import {
  CreateNatGatewayCommand,
  DeleteSubnetCommand,
  ReleaseAddressCommand,
  type CreateNatGatewayRequest,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { addInterface } from '../../../../sandbox/aws/ec2/network-interfaces.ts';
import { refusalOf } from '../../harness.ts';
import { HOUR, natScene } from './nat-scene.ts';
import { natGateway } from './scene.ts';

test('in a VPC without an internet gateway, the create call succeeds, and the NAT gateway fails later', async () => {
  const { ec2, clock, make, vpc, subnet } = await natScene();
  const id = await make.nat(subnet, await make.address());
  expect((await natGateway(ec2, id)).State).toBe('pending');
  clock.advance(5_000);
  expect(await natGateway(ec2, id)).toMatchObject({
    State: 'failed',
    FailureCode: 'Gateway.NotAttached',
    FailureMessage: `Network ${vpc} has no Internet gateway attached`,
  });
});

test('a second NAT gateway with the same elastic IP fails', async () => {
  const { ec2, clock, make, vpc, subnet } = await natScene();
  await make.gateway(vpc);
  const allocation = await make.address();
  const [first, second] = [await make.nat(subnet, allocation), await make.nat(subnet, allocation)];
  clock.advance(120_000);
  expect((await natGateway(ec2, first)).State).toBe('available');
  expect(await natGateway(ec2, second)).toMatchObject({
    State: 'failed',
    FailureCode: 'Resource.AlreadyAssociated',
    FailureMessage: `Elastic IP address ${allocation} is already associated`,
  });
});

test('a NAT gateway fails when its elastic IP or subnet is gone, or when its subnet has no free address', async () => {
  const { ec2, region, clock, make, vpc, subnet } = await natScene();
  await make.gateway(vpc);
  const allocation = await make.address();
  const withoutAddress = await make.nat(subnet, allocation);
  await ec2.send(new ReleaseAddressCommand({ AllocationId: allocation }));
  const deletedSubnet = await make.subnet(vpc, '10.0.2.0/24');
  const withoutSubnet = await make.nat(deletedSubnet, await make.address());
  await ec2.send(new DeleteSubnetCommand({ SubnetId: deletedSubnet }));
  const small = await make.subnet(vpc, '10.0.3.0/28');
  const request = { subnetId: small, groups: [], description: '', interfaceType: 'interface' };
  for (let i = 0; i < 11; i++) addInterface(region, request);
  const inFullSubnet = await make.nat(small, await make.address());
  clock.advance(5_000);
  const codes = [withoutAddress, withoutSubnet, inFullSubnet].map(
    async (id) => (await natGateway(ec2, id)).FailureCode,
  );
  expect(await Promise.all(codes)).toEqual([
    'InvalidAllocationID.NotFound',
    'InvalidSubnetID.NotFound',
    'InsufficientFreeAddressesInSubnet',
  ]);
});

test('a failed NAT gateway can be deleted, and is no longer shown an hour after its deletion', async () => {
  const { clock, make, vpc, subnet, remove, states } = await natScene();
  const id = await make.nat(subnet, await make.address());
  clock.advance(5_000);
  expect(await states('state', 'failed')).toEqual(['failed']);
  await remove(id);
  clock.advance(60_000);
  expect(await states('vpc-id', vpc)).toEqual(['deleted']);
  clock.advance(HOUR);
  expect(await states('vpc-id', vpc)).toEqual([]);
});

test('a sixth NAT gateway in a zone exceeds the quota; failed gateways and gateways in other zones do not count', async () => {
  const { clock, make, vpc, subnet } = await natScene();
  const allocation = await make.address();
  await make.nat(subnet, allocation);
  clock.advance(5_000);
  for (let i = 0; i < 5; i++) await make.nat(subnet, allocation);
  expect(await refusalOf(make.nat(subnet, allocation))).toEqual({
    code: 'NatGatewayLimitExceeded',
    message: 'Performing this operation would exceed the limit of 5 NAT gateways',
  });
  await make.nat(await make.subnet(vpc, '10.0.2.0/24', 'eu-west-1b'), allocation);
});

test.each<[Partial<CreateNatGatewayRequest>, string]>([
  [{ SubnetId: 'subnet-0' }, 'InvalidSubnet'],
  [{ AllocationId: undefined }, 'MissingParameter'],
  [{ ConnectivityType: 'private' }, 'NotImplemented'],
  [{ AvailabilityMode: 'regional' }, 'NotImplemented'],
])('a NAT gateway with %j is refused with %s', async (input, code) => {
  const { ec2, subnet } = await natScene();
  const command = new CreateNatGatewayCommand({ SubnetId: subnet, AllocationId: 'eipalloc-0', ...input });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code });
});
