// The step for the public route table: the calls that it makes in each case.
import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateTagsCommand,
  DescribeRouteTablesCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { publicRoutes } from '../../../../provision/steps/public-routes.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { network, networkWithout } from '../../network.ts';

const Tags = toPascalCaseTags(ourTags('publicRoutes'));
const createCall = (ClientToken: string) => ({
  command: 'CreateRouteTable',
  input: { VpcId: 'vpc-1', ClientToken, TagSpecifications: [{ ResourceType: 'route-table', Tags }] },
});
const route = { RouteTableId: 'rtb-1', DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' };
const associateCall = (SubnetId: string) => ({
  command: 'AssociateRouteTable',
  input: { RouteTableId: 'rtb-1', SubnetId },
});
const describeResponse = (SubnetId: string, RouteTableId: string) => ({
  RouteTables: [
    {
      Associations: [
        { Main: true },
        { SubnetId, RouteTableId, RouteTableAssociationId: `assoc-${SubnetId}` },
      ],
    },
  ],
});
const scenario = { noun: 'publicRoutes', ids: network() } as const;
const missing = { ...scenario, found: networkWithout('publicRoutes') };
const commands = () => sentCalls().map(({ command }) => command);
/** Returns the scenario with a changed public route table in the network. */
const scenarioWith = (changes: Partial<ReturnType<typeof network>['publicRoutes']['']>) => {
  const found = network();
  return {
    ...scenario,
    found: { ...found, publicRoutes: { '': { ...found.publicRoutes[''], ...changes } } },
  };
};
const alreadyAssociated = awsError('Resource.AlreadyAssociated', 'conflicts with an existing association');

/** Lets every call succeed. */
function mockSuccess() {
  mocks.ec2.on(CreateRouteTableCommand).resolves({ RouteTable: { RouteTableId: 'rtb-1' } });
  mocks.ec2.on(CreateRouteCommand).resolves({});
  mocks.ec2.on(AssociateRouteTableCommand).resolves({});
}

test('creates when missing', async () => {
  mockSuccess();
  const { shortChanges, ids } = await provisionStep(publicRoutes, missing);
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { routeTableId: 'rtb-1' } });
  expect(sentCalls()).toEqual([
    createCall('token-1'),
    { command: 'CreateRoute', input: route },
    associateCall('subnet-a'),
    associateCall('subnet-b'),
  ]);
});

test('creates when missing: a call that does not find the new id yet is retried', async () => {
  mockSuccess();
  mocks.ec2.on(CreateRouteCommand).rejectsOnce(awsError('InvalidRouteTableID.NotFound')).resolves({});
  mocks.ec2.on(AssociateRouteTableCommand).rejectsOnce(awsError('InvalidRouteTableId.NotFound')).resolves({});
  await provisionStep(publicRoutes, missing);
  expect(commands()).toEqual([
    'CreateRouteTable',
    'CreateRoute',
    'CreateRoute',
    'AssociateRouteTable',
    'AssociateRouteTable',
    'AssociateRouteTable',
  ]);
});

test('creates when missing: if the response to an earlier create of the route was lost, the existing route is replaced', async () => {
  mockSuccess();
  mocks.ec2.on(CreateRouteCommand).rejects(awsError('RouteAlreadyExists'));
  mocks.ec2.on(ReplaceRouteCommand).resolves({});
  await provisionStep(publicRoutes, missing);
  expect(sentCalls()).toContainEqual({ command: 'ReplaceRoute', input: route });
});

test('creates when missing: if the response to an earlier association was lost, the step polls until the association is visible', async () => {
  mockSuccess();
  mocks.ec2.on(AssociateRouteTableCommand, { SubnetId: 'subnet-a' }).rejects(alreadyAssociated);
  mocks.ec2
    .on(DescribeRouteTablesCommand)
    .resolvesOnce({ RouteTables: [] })
    .resolves(describeResponse('subnet-a', 'rtb-1'));
  await provisionStep(publicRoutes, missing);
  expect(commands().filter((command) => command.startsWith('Replace'))).toEqual([]);
  expect(sentCalls()).toContainEqual({
    command: 'DescribeRouteTables',
    input: { Filters: [{ Name: 'association.subnet-id', Values: ['subnet-a'] }] },
  });
});

test('creates when missing: if the token was already used with other parameters, the resource created with it is adopted', async () => {
  mockSuccess();
  mocks.ec2.on(CreateRouteTableCommand).rejects(awsError('IdempotentParameterMismatch'));
  mocks.ec2
    .on(DescribeRouteTablesCommand)
    .resolvesOnce({})
    .resolves({ RouteTables: [{ RouteTableId: 'rtb-1', VpcId: 'vpc-1', Tags }] });
  const { ids } = await provisionStep(publicRoutes, missing);
  expect(ids).toEqual({ '': { routeTableId: 'rtb-1' } });
  expect(commands().filter((command) => command === 'CreateRouteTable')).toHaveLength(1);
});

test('creates when missing: if the token belongs to a deleted route table, the create is sent again with a new token', async () => {
  mockSuccess();
  mocks.ec2
    .on(CreateRouteTableCommand, { ClientToken: 'token-1' })
    .rejects(awsError('IdempotentParameterMismatch'));
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({});
  await provisionStep(publicRoutes, missing);
  expect(sentCalls().filter(({ command }) => command === 'CreateRouteTable')).toEqual([
    createCall('token-1'),
    createCall('token-2'),
  ]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(publicRoutes, { ...scenario, found: network() });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('adopts when present: associations of foreign subnets are ignored', async () => {
  const { associations } = network().publicRoutes[''];
  const { shortChanges } = await provisionStep(
    publicRoutes,
    scenarioWith({ associations: { ...associations, 'subnet-of-others': 'rtbassoc-9' } }),
  );
  expect(shortChanges).toEqual([]);
});

test('repairs drift', async () => {
  mockSuccess();
  mocks.ec2.on(CreateTagsCommand).resolves({});
  const { shortChanges } = await provisionStep(
    publicRoutes,
    scenarioWith({
      defaultTarget: undefined,
      associations: { 'subnet-a': 'rtbassoc-subnet-a' },
      tags: { ...ourTags('publicRoutes'), Name: 'other' },
    }),
  );
  expect(shortChanges).toEqual([['update', '', 'default route', 'subnets', 'tag.Name']]);
  expect(sentCalls()).toEqual([
    { command: 'CreateRoute', input: route },
    associateCall('subnet-b'),
    { command: 'CreateTags', input: { Resources: ['rtb-1'], Tags } },
  ]);
});

test.each([
  ['another gateway', { defaultTarget: 'igw-9' }],
  ['a deleted target', { blackhole: true }],
])('repairs drift: a route to %s is replaced', async (_, changes) => {
  mocks.ec2.on(ReplaceRouteCommand).resolves({});
  const { shortChanges } = await provisionStep(publicRoutes, scenarioWith(changes));
  expect(shortChanges).toEqual([['update', '', 'default route']]);
  expect(sentCalls()).toEqual([{ command: 'ReplaceRoute', input: route }]);
});

test('repairs drift: a subnet that was associated with another route table is associated with ours again', async () => {
  mockSuccess();
  mocks.ec2.on(AssociateRouteTableCommand).rejects(alreadyAssociated);
  mocks.ec2.on(DescribeRouteTablesCommand).resolves(describeResponse('subnet-b', 'rtb-9'));
  mocks.ec2.on(ReplaceRouteTableAssociationCommand).resolves({});
  await provisionStep(publicRoutes, scenarioWith({ associations: { 'subnet-a': 'rtbassoc-subnet-a' } }));
  expect(sentCalls().at(-1)).toEqual({
    command: 'ReplaceRouteTableAssociation',
    input: { AssociationId: 'assoc-subnet-b', RouteTableId: 'rtb-1' },
  });
});

test('throws the error when AWS refuses a call', async () => {
  const refusal = awsError('RouteTableLimitExceeded', 'The maximum number of route tables has been reached.');
  mocks.ec2.on(CreateRouteTableCommand).rejects(refusal);
  await expect(provisionStep(publicRoutes, missing)).rejects.toBe(refusal);
  expect(commands()).toEqual(['CreateRouteTable']);
});

test('throws the error when AWS refuses a call: the step gives up if an existing association never becomes visible', async () => {
  mockSuccess();
  mocks.ec2.on(AssociateRouteTableCommand).rejects(alreadyAssociated);
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [] });
  await expect(provisionStep(publicRoutes, missing)).rejects.toBe(alreadyAssociated);
  expect(commands()).not.toContain('ReplaceRouteTableAssociation');
});

test('explains refusal: a route table in another VPC is refused, since it cannot move', async () => {
  const { changes, shortChanges } = await provisionStep(publicRoutes, scenarioWith({ vpcId: 'vpc-9' }));
  expect(shortChanges).toEqual([['refused', '']]);
  expect(changes[0]?.reason).toBe('it is in vpc-9, which is not the VPC of this stack');
  expect(sentCalls()).toEqual([]);
});
