// The sandbox's gateway endpoints and prefix lists, through the SDK's client.
import {
  CreateVpcEndpointCommand,
  DeleteRouteTableCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DescribePrefixListsCommand,
  DescribeRouteTablesCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  type CreateVpcEndpointRequest,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

const S3 = 'com.amazonaws.eu-west-1.s3';

async function scene() {
  const started = await sandbox();
  const { ec2 } = started;
  const make = makerOf(ec2);
  const VpcId = await make.vpc();
  const tables = [await make.table(VpcId), await make.table(VpcId)];
  const sendCreate = (input: Partial<CreateVpcEndpointRequest>) =>
    ec2.send(new CreateVpcEndpointCommand({ VpcId, ServiceName: S3, RouteTableIds: tables, ...input }));
  return {
    ...started,
    make,
    VpcId,
    tables,
    sendCreate,
    create: async (input: Partial<CreateVpcEndpointRequest> = {}) =>
      required((await sendCreate(input)).VpcEndpoint?.VpcEndpointId),
    remove: (...VpcEndpointIds: string[]) => ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds })),
    modify: (VpcEndpointId: string, AddRouteTableIds: string[], RemoveRouteTableIds: string[] = []) =>
      ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, AddRouteTableIds, RemoveRouteTableIds })),
    describe: async (Name = 'vpc-id', value = VpcId) =>
      required(
        (await ec2.send(new DescribeVpcEndpointsCommand({ Filters: [{ Name, Values: [value] }] })))
          .VpcEndpoints,
      ),
    /** Returns the routes to prefix lists, grouped by route table. */
    routes: async () => {
      const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: tables }));
      return required(RouteTables).map(({ Routes = [] }) =>
        Routes.filter(({ DestinationPrefixListId }) => DestinationPrefixListId !== undefined),
      );
    },
  };
}

test('an endpoint is available immediately, and has a route in each of its route tables', async () => {
  const { tables, create, describe, routes } = await scene();
  const id = await create();
  expect(await describe()).toMatchObject([
    { VpcEndpointId: id, VpcEndpointType: 'Gateway', State: 'available', RouteTableIds: tables },
  ]);
  const route = { GatewayId: id, DestinationPrefixListId: 'pl-6da54004', State: 'active' };
  expect(await routes()).toMatchObject([[route], [route]]);
});

test('the routes lead to the prefix list of the service', async () => {
  const { ec2 } = await scene();
  const Filters = [{ Name: 'prefix-list-name', Values: [S3] }];
  const { PrefixLists } = await ec2.send(new DescribePrefixListsCommand({ Filters }));
  expect(PrefixLists).toMatchObject([{ PrefixListId: 'pl-6da54004', PrefixListName: S3 }]);
  const unknown = ec2.send(new DescribePrefixListsCommand({ PrefixListIds: ['pl-0'] }));
  expect(await refusalOf(unknown)).toMatchObject({ code: 'InvalidPrefixListId.NotFound' });
});

test('a repeated client token returns the same endpoint, even a deleted one; with other parameters, the token is refused', async () => {
  const { tables, create, sendCreate, remove } = await scene();
  const id = await create({ ClientToken: 'once' });
  expect(await create({ ClientToken: 'once' })).toBe(id);
  const other = sendCreate({ ClientToken: 'once', RouteTableIds: tables.slice(1) });
  expect(await refusalOf(other)).toMatchObject({ code: 'IdempotentParameterMismatch' });
  await remove(id);
  expect((await sendCreate({ ClientToken: 'once' })).VpcEndpoint).toMatchObject({
    VpcEndpointId: id,
    State: 'deleted',
  });
});

test('a route table can have only one route to a service, and a call that would add another is refused as a whole', async () => {
  const { tables, create, sendCreate, modify, describe } = await scene();
  const [first = '', second = ''] = tables;
  await create({ RouteTableIds: [first] });
  const message = `route table ${first} already has a route with destination-prefix-list-id pl-6da54004`;
  expect(await refusalOf(sendCreate({}))).toEqual({ code: 'RouteAlreadyExists', message });
  const other = await create({ RouteTableIds: [second] });
  expect(await refusalOf(modify(other, [first]))).toEqual({ code: 'RouteAlreadyExists', message });
  expect((await describe()).map(({ RouteTableIds }) => RouteTableIds)).toEqual([[first], [second]]);
});

test('route tables can be added to an endpoint and removed from it', async () => {
  const { ec2, make, VpcId, tables, create, modify, describe, routes } = await scene();
  const [first = '', second = ''] = tables;
  const id = await create({ RouteTableIds: [first] });
  await modify(id, [second], [first]);
  expect(await describe()).toMatchObject([{ RouteTableIds: [second] }]);
  expect((await routes()).map((all) => all.length)).toEqual([0, 1]);
  const third = await make.table(VpcId);
  await modify(id, [third]);
  await ec2.send(new DeleteRouteTableCommand({ RouteTableId: third }));
  expect(await describe()).toMatchObject([{ RouteTableIds: [second] }]);
});

test.each([
  [{ ServiceName: 'com.amazonaws.eu-west-1.ecs' }, 'InvalidServiceName'],
  [{ ServiceName: undefined }, 'MissingParameter'],
  [{ VpcId: 'vpc-0' }, 'InvalidVpcID.NotFound'],
  [{ RouteTableIds: ['rtb-0'] }, 'InvalidRouteTableID.NotFound'],
  [{ VpcEndpointType: 'Interface' as const }, 'NotImplemented'],
  [{ PrivateDnsEnabled: true }, 'NotImplemented'],
])('an endpoint with %j is refused with %s', async (input, code) => {
  const { sendCreate } = await scene();
  expect(await refusalOf(sendCreate(input))).toMatchObject({ code });
});

test('the route tables must be in the VPC of the endpoint', async () => {
  const { make, sendCreate } = await scene();
  const RouteTableIds = [await make.table(await make.vpc())];
  expect(await refusalOf(sendCreate({ RouteTableIds }))).toMatchObject({ code: 'InvalidParameterValue' });
});

test('deleting an endpoint removes its routes; an endpoint that does not exist is reported in the response', async () => {
  const { ec2, VpcId, create, remove, describe, routes } = await scene();
  const id = await create();
  expect(await refusalOf(ec2.send(new DeleteVpcCommand({ VpcId })))).toMatchObject({
    code: 'DependencyViolation',
  });
  const notFound = {
    Code: 'InvalidVpcEndpoint.NotFound',
    Message: "The Vpc Endpoint Id 'vpce-0' does not exist",
  };
  expect((await remove(id, 'vpce-0')).Unsuccessful).toEqual([{ ResourceId: 'vpce-0', Error: notFound }]);
  expect(await describe()).toEqual([]);
  expect(await routes()).toEqual([[], []]);
  const lookup = ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  expect(await refusalOf(lookup)).toMatchObject({ code: 'InvalidVpcEndpointId.NotFound' });
});

test.each([
  ['service-name', S3],
  ['vpc-endpoint-type', 'Gateway'],
  ['vpc-endpoint-state', 'available'],
  ['tag:of', 'test'],
])('an endpoint can be found by %s', async (name, value) => {
  const { create, describe } = await scene();
  const Tags = [{ Key: 'of', Value: 'test' }];
  const id = await create({ TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags }] });
  expect(await describe(name, value)).toMatchObject([{ VpcEndpointId: id, Tags }]);
  expect(await describe(name, 'another')).toEqual([]);
});
