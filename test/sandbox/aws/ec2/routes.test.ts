// The sandbox's routes, through the SDK's client.
import {
  CreateRouteCommand,
  DeleteNatGatewayCommand,
  DeleteRouteCommand,
  DescribeRouteTablesCommand,
  DetachInternetGatewayCommand,
  ReplaceRouteCommand,
  type CreateRouteRequest,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, natGateway, required } from './scene.ts';

const ALL = '0.0.0.0/0';

async function scene() {
  const started = await sandbox();
  const { ec2 } = started;
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const gateway = await make.gateway(vpc);
  const RouteTableId = await make.table(vpc);
  type Input = Omit<CreateRouteRequest, 'RouteTableId'>;
  return {
    ...started,
    make,
    vpc,
    gateway,
    RouteTableId,
    create: (input: Input) => ec2.send(new CreateRouteCommand({ RouteTableId, ...input })),
    replace: (input: Input) => ec2.send(new ReplaceRouteCommand({ RouteTableId, ...input })),
    remove: (DestinationCidrBlock: string) =>
      ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock })),
    routes: async () => {
      const { RouteTables } = await ec2.send(
        new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }),
      );
      return required(RouteTables?.[0]?.Routes).filter(({ GatewayId }) => GatewayId !== 'local');
    },
  };
}

test('a second route to the same destination is refused, even with the same target', async () => {
  const { gateway, create, routes } = await scene();
  await create({ DestinationCidrBlock: ALL, GatewayId: gateway });
  expect(await routes()).toEqual([
    { DestinationCidrBlock: ALL, GatewayId: gateway, Origin: 'CreateRoute', State: 'active' },
  ]);
  expect(await refusalOf(create({ DestinationCidrBlock: ALL, GatewayId: gateway }))).toEqual({
    code: 'RouteAlreadyExists',
    message: 'The route identified by 0.0.0.0/0 already exists.',
  });
});

test('the host bits of a destination are dropped', async () => {
  const { gateway, create, routes } = await scene();
  await create({ DestinationCidrBlock: '100.68.0.18/18', GatewayId: gateway });
  expect(await routes()).toMatchObject([{ DestinationCidrBlock: '100.68.0.0/18' }]);
});

test.each([
  [{ GatewayId: 'igw-0' }, 'InvalidGatewayID.NotFound', "The gateway ID 'igw-0' does not exist"],
  [{ NatGatewayId: 'nat-0' }, 'InvalidNatGatewayID.NotFound', "The natGateway ID 'nat-0' does not exist"],
  [{}, 'MissingParameter', 'The request must contain the parameter gatewayId'],
  [{ GatewayId: 'igw-0', NatGatewayId: 'nat-0' }, 'InvalidParameterCombination', expect.anything()],
])('a route with the target %j is refused with %s', async (target, code, message) => {
  const { create } = await scene();
  expect(await refusalOf(create({ DestinationCidrBlock: ALL, ...target }))).toEqual({ code, message });
});

test.each([
  ['10.0.1.0/24', expect.stringContaining("more specific than one of this VPC's CIDR blocks")],
  ['everywhere', expect.stringContaining('This is not a valid CIDR block.')],
])('a route with the destination %s is refused', async (DestinationCidrBlock, message) => {
  const { gateway, create } = await scene();
  expect(await refusalOf(create({ DestinationCidrBlock, GatewayId: gateway }))).toEqual({
    code: 'InvalidParameterValue',
    message,
  });
});

test('a route to a target outside the VPC of the table is refused', async () => {
  const { make, RouteTableId, create } = await scene();
  const detachedGateway = await make.gateway();
  expect(await refusalOf(create({ DestinationCidrBlock: ALL, GatewayId: detachedGateway }))).toEqual({
    code: 'InvalidParameterValue',
    message: `route table ${RouteTableId} and network gateway ${detachedGateway} belong to different networks`,
  });
  const other = await make.vpc();
  await make.gateway(other);
  const nat = await make.nat(await make.subnet(other), await make.address());
  expect(await refusalOf(create({ DestinationCidrBlock: ALL, NatGatewayId: nat }))).toMatchObject({
    code: 'InvalidParameterValue',
  });
});

test('a pending NAT gateway is accepted as a target, and the route is a blackhole once the gateway is deleted', async () => {
  const { ec2, make, vpc, gateway, create, replace, routes } = await scene();
  const nat = await make.nat(await make.subnet(vpc), await make.address());
  await create({ DestinationCidrBlock: ALL, NatGatewayId: nat });
  expect(await routes()).toMatchObject([{ NatGatewayId: nat, State: 'active' }]);
  await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: nat }));
  await natGateway(ec2, nat);
  expect(await routes()).toMatchObject([{ NatGatewayId: nat, State: 'blackhole' }]);
  const secondRoute = { DestinationCidrBlock: '192.0.2.0/24', NatGatewayId: nat };
  expect(await refusalOf(create(secondRoute))).toMatchObject({ code: 'InvalidNatGatewayID.NotFound' });
  await replace({ DestinationCidrBlock: ALL, GatewayId: gateway });
  expect(await routes()).toEqual([
    { DestinationCidrBlock: ALL, GatewayId: gateway, Origin: 'CreateRoute', State: 'active' },
  ]);
});

test('a route to a detached internet gateway is a blackhole and matches the filter for blackholes', async () => {
  const { ec2, vpc, gateway, RouteTableId, create } = await scene();
  await create({ DestinationCidrBlock: ALL, GatewayId: gateway });
  const blackholes = async () => {
    const Filters = [{ Name: 'route.state', Values: ['blackhole'] }];
    return (await ec2.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables?.map(
      (t) => t.RouteTableId,
    );
  };
  expect(await blackholes()).toEqual([]);
  await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: vpc }));
  expect(await blackholes()).toEqual([RouteTableId]);
});

test('a replace call is refused when the route does not exist or is the local route', async () => {
  const { gateway, replace } = await scene();
  expect(await refusalOf(replace({ DestinationCidrBlock: ALL, GatewayId: gateway }))).toEqual({
    code: 'InvalidParameterValue',
    message: "There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.",
  });
  const local = replace({ DestinationCidrBlock: '10.0.0.0/16', GatewayId: gateway });
  expect(await refusalOf(local)).toMatchObject({ code: 'NotImplemented' });
});

test('a route cannot be deleted twice, and the local route cannot be deleted at all', async () => {
  const { gateway, RouteTableId, create, remove, routes } = await scene();
  await create({ DestinationCidrBlock: ALL, GatewayId: gateway });
  await remove(ALL);
  expect(await routes()).toEqual([]);
  expect(await refusalOf(remove(ALL))).toEqual({
    code: 'InvalidRoute.NotFound',
    message: `no route with destination-cidr-block 0.0.0.0/0 in route table ${RouteTableId}`,
  });
  expect(await refusalOf(remove('10.0.0.0/16'))).toEqual({
    code: 'InvalidParameterValue',
    message: `cannot remove local route 10.0.0.0/16 in route table ${RouteTableId}`,
  });
});
