// The life cycle of the sandbox's NAT gateways, through the SDK's client.
import { CreateNatGatewayCommand, DeleteSubnetCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { HOUR, natScene } from './nat-scene.ts';
import { natGateway } from './scene.ts';

test('a new NAT gateway is pending for about two minutes, then available with its addresses', async () => {
  const { ec2, clock, make, vpc, subnet, interfaces } = await natScene();
  await make.gateway(vpc);
  const AllocationId = await make.address();
  const id = await make.nat(subnet, AllocationId);
  expect(await natGateway(ec2, id)).toMatchObject({
    State: 'pending',
    NatGatewayAddresses: [{ AllocationId }],
  });
  clock.advance(100_000);
  expect((await natGateway(ec2, id)).State).toBe('pending');
  clock.advance(20_000);
  const [natInterface] = await interfaces();
  expect(await natGateway(ec2, id)).toMatchObject({
    State: 'available',
    VpcId: vpc,
    SubnetId: subnet,
    ConnectivityType: 'public',
    NatGatewayAddresses: [
      {
        AllocationId,
        IsPrimary: true,
        Status: 'succeeded',
        PrivateIp: '10.0.1.4',
        PublicIp: natInterface?.Association?.PublicIp,
        NetworkInterfaceId: natInterface?.NetworkInterfaceId,
      },
    ],
  });
  expect(natInterface).toMatchObject({
    Description: `Interface for NAT Gateway ${id}`,
    InterfaceType: 'nat_gateway',
    RequesterManaged: true,
    Status: 'in-use',
    Groups: [],
    SourceDestCheck: false,
    Association: { AllocationId },
  });
});

test('a repeated client token returns the same NAT gateway, even after the gateway is deleted and no longer shown', async () => {
  const { clock, make, vpc, subnet, remove, ec2 } = await natScene();
  await make.gateway(vpc);
  const allocation = await make.address();
  const id = await make.nat(subnet, allocation, 'token');
  expect(await make.nat(subnet, allocation, 'token')).toBe(id);
  await remove(id);
  clock.advance(60_000);
  expect(await make.nat(subnet, allocation, 'token')).toBe(id);
  clock.advance(HOUR);
  const command = new CreateNatGatewayCommand({
    SubnetId: subnet,
    AllocationId: allocation,
    ClientToken: 'token',
  });
  expect((await ec2.send(command)).NatGateway).toMatchObject({ NatGatewayId: id, State: 'deleted' });
  expect(await refusalOf(make.nat(subnet, await make.address(), 'token'))).toEqual({
    code: 'IdempotentParameterMismatch',
    message: 'The request uses the same client token as a previous, but non-identical request.',
  });
});

test('a NAT gateway takes a minute to delete, and is then shown as deleted, with its elastic IP, for an hour', async () => {
  const { ec2, clock, make, vpc, subnet, remove, states, interfaces } = await natScene();
  await make.gateway(vpc);
  const AllocationId = await make.address();
  const id = await make.nat(subnet, AllocationId);
  clock.advance(120_000);
  await remove(id);
  expect(await states('vpc-id', vpc)).toEqual(['deleting']);
  expect(await interfaces()).toHaveLength(1);
  clock.advance(60_000);
  expect(await natGateway(ec2, id)).toMatchObject({
    State: 'deleted',
    NatGatewayAddresses: [{ AllocationId }],
  });
  expect(await interfaces()).toEqual([]);
  expect(await states('state', 'pending', 'available')).toEqual([]);
  await remove(id);
  expect(await states('nat-gateway-id', id)).toEqual(['deleted']);
  clock.advance(HOUR);
  expect(await states('subnet-id', subnet)).toEqual([]);
  const notFound = { code: 'NatGatewayNotFound', message: `NatGateway ${id} was not found` };
  expect(await refusalOf(natGateway(ec2, id))).toEqual(notFound);
  expect(await refusalOf(remove(id))).toEqual(notFound);
});

test('a NAT gateway that is deleted while pending never becomes available', async () => {
  const { clock, make, vpc, subnet, remove, states, interfaces } = await natScene();
  await make.gateway(vpc);
  await remove(await make.nat(subnet, await make.address()));
  clock.advance(200_000);
  expect(await states('vpc-id', vpc)).toEqual(['deleted']);
  expect(await interfaces()).toEqual([]);
});

test('at the instant pace, a deleted NAT gateway is still shown', async () => {
  const { ec2, make, vpc, subnet, remove } = await natScene('instant');
  await make.gateway(vpc);
  const id = await make.nat(subnet, await make.address());
  expect((await natGateway(ec2, id)).State).toBe('available');
  await remove(id);
  expect((await natGateway(ec2, id)).State).toBe('deleted');
});

test('a subnet cannot be deleted while it contains the network interface of a NAT gateway', async () => {
  const { ec2, clock, make, vpc, subnet } = await natScene();
  await make.gateway(vpc);
  await make.nat(subnet, await make.address());
  clock.advance(120_000);
  const call = ec2.send(new DeleteSubnetCommand({ SubnetId: subnet }));
  expect(await refusalOf(call)).toMatchObject({ code: 'DependencyViolation' });
});
