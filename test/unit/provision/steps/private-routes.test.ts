// The step for the private route tables: the calls that it makes in each case.
import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateTagsCommand,
  ReplaceRouteCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { privateRoutes } from '../../../../provision/steps/private-routes.ts';
import { knownAfter } from '../../../../lib/model/change.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, provisionStep, sentCalls, surveyOf, diffOf } from '../../step-harness.ts';
import { network, networkWithout } from '../../network.ts';

const ids: Record<string, string> = { 'private-1': 'rtb-2', 'private-2': 'rtb-3' };
const subnetIds: Record<string, string> = { 'private-1': 'subnet-c', 'private-2': 'subnet-d' };
const route = (RouteTableId?: string) => ({
  RouteTableId,
  DestinationCidrBlock: '0.0.0.0/0',
  NatGatewayId: 'nat-1',
});
/** The calls that create a missing route table. */
const creationCalls = (key: string) => [
  {
    command: 'CreateRouteTable',
    input: {
      VpcId: 'vpc-1',
      ClientToken: 'token-1',
      TagSpecifications: [
        { ResourceType: 'route-table', Tags: toPascalCaseTags(ourTags('privateRoutes', key)) },
      ],
    },
  },
  { command: 'CreateRoute', input: route(ids[key]) },
  { command: 'AssociateRouteTable', input: { RouteTableId: ids[key], SubnetId: subnetIds[key] } },
];
const scenario = { noun: 'privateRoutes', ids: network() } as const;
const missing = { ...scenario, found: networkWithout('privateRoutes') };

/** Lets every call succeed. */
function mockSuccess() {
  mocks.ec2
    .on(CreateRouteTableCommand)
    .resolvesOnce({ RouteTable: { RouteTableId: 'rtb-2' } })
    .resolvesOnce({ RouteTable: { RouteTableId: 'rtb-3' } });
  mocks.ec2.on(CreateRouteCommand).resolves({});
  mocks.ec2.on(ReplaceRouteCommand).resolves({});
  mocks.ec2.on(AssociateRouteTableCommand).resolves({});
}

test('creates when missing', async () => {
  mockSuccess();
  const { shortChanges } = await provisionStep(privateRoutes, missing);
  expect(shortChanges).toEqual([
    ['create', 'private-1'],
    ['create', 'private-2'],
  ]);
  expect(sentCalls()).toEqual([...creationCalls('private-1'), ...creationCalls('private-2')]);
});

test('creates when missing: a call that does not find the new gateway yet is retried', async () => {
  mockSuccess();
  mocks.ec2
    .on(CreateRouteCommand)
    .rejectsOnce(awsError('InvalidNatGatewayID.NotFound'))
    .rejectsOnce(awsError('NatGatewayNotFound'))
    .resolves({});
  await provisionStep(privateRoutes, missing);
  const routes = sentCalls().filter(({ command }) => command === 'CreateRoute');
  expect(routes.map(({ input }) => input)).toEqual([
    route('rtb-2'),
    route('rtb-2'),
    route('rtb-2'),
    route('rtb-3'),
  ]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(privateRoutes, { ...scenario, found: network() });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('adopts when present: a route to a pending gateway is not drift', () => {
  const found = network();
  found.natGateway[''].state = 'pending';
  expect(diffOf(privateRoutes, surveyOf(found))).toEqual([]);
});

test('repairs drift', async () => {
  mockSuccess();
  mocks.ec2.on(CreateTagsCommand).resolves({});
  const found = network();
  found.privateRoutes['private-1'].blackhole = true;
  found.privateRoutes['private-2'].associations = {};
  found.privateRoutes['private-2'].tags = { ...found.privateRoutes['private-2'].tags, Name: 'other' };
  const { shortChanges } = await provisionStep(privateRoutes, { ...scenario, found });
  expect(shortChanges).toEqual([
    ['update', 'private-1', 'default route'],
    ['update', 'private-2', 'subnets', 'tag.Name'],
  ]);
  expect(sentCalls()).toEqual([
    { command: 'ReplaceRoute', input: route('rtb-2') },
    { command: 'AssociateRouteTable', input: { RouteTableId: 'rtb-3', SubnetId: 'subnet-d' } },
    {
      command: 'CreateTags',
      input: { Resources: ['rtb-3'], Tags: toPascalCaseTags(ourTags('privateRoutes', 'private-2')) },
    },
  ]);
});

test.each([
  ['failed', { state: 'failed' }],
  ['is being deleted', { state: 'deleting' }],
  ['is in the wrong subnet', { subnetId: 'subnet-b' }],
  ['has the wrong address', { allocationId: 'eipalloc-9' }],
])('repairs drift: if the gateway %s, the routes are changed to lead to its replacement', (_, changes) => {
  const found = network();
  Object.assign(found.natGateway[''], changes);
  const plannedChanges = diffOf(privateRoutes, surveyOf(found));
  expect(plannedChanges.map(({ verb, fields }) => [verb, fields])).toEqual(
    Array(2).fill(['update', [{ field: 'default route', from: 'nat-1', to: knownAfter('natGateway') }]]),
  );
});

test('repairs drift: the route table of a surplus zone is removed', () => {
  const found = network();
  const more = { ...found.privateRoutes, 'private-3': found.privateRoutes['private-1'] };
  const [change] = diffOf(privateRoutes, surveyOf({ ...found, privateRoutes: more }));
  expect(change).toMatchObject({ key: 'private-3', verb: 'remove' });
});

test('throws the error when AWS refuses a call', async () => {
  mockSuccess();
  const refusal = awsError('RouteLimitExceeded', 'The maximum number of routes has been reached.');
  mocks.ec2.on(CreateRouteCommand).rejects(refusal);
  await expect(provisionStep(privateRoutes, missing)).rejects.toBe(refusal);
});

test('explains refusal: a route table in another VPC is refused, since it cannot move', async () => {
  const found = network();
  found.privateRoutes['private-2'].vpcId = 'vpc-9';
  const { shortChanges } = await provisionStep(privateRoutes, { ...scenario, found });
  expect(shortChanges).toEqual([['refused', 'private-2']]);
  expect(sentCalls()).toEqual([]);
});
