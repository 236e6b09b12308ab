// The step for the gateway endpoint: the calls that it makes in each case.
import {
  CreateTagsCommand,
  CreateVpcEndpointCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  type State,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { gatewayEndpoint } from '../../../../provision/steps/gateway-endpoint.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { knownAfter } from '../../../../lib/model/change.ts';
import { awsError, diffOf, mocks, ourTags, provisionStep, sentCalls, surveyOf } from '../../step-harness.ts';
import { network, networkWithout } from '../../network.ts';

const SERVICE = 'com.amazonaws.eu-west-1.s3';
const Tags = toPascalCaseTags(ourTags('gatewayEndpoint'));
const createCall = (ClientToken: string) => ({
  command: 'CreateVpcEndpoint',
  input: {
    VpcEndpointType: 'Gateway',
    VpcId: 'vpc-1',
    ServiceName: SERVICE,
    RouteTableIds: ['rtb-2', 'rtb-3'],
    ClientToken,
    TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags }],
  },
});
const modifyCall = (input: object) => ({
  command: 'ModifyVpcEndpoint',
  input: { VpcEndpointId: 'vpce-1', ...input },
});
const scenario = { noun: 'gatewayEndpoint', ids: network() } as const;
const scenarioWhenMissing = { ...scenario, found: networkWithout('gatewayEndpoint') };
/** Returns the scenario with a changed gateway endpoint in the network. */
function scenarioWith(changes: Partial<ReturnType<typeof network>['gatewayEndpoint']['']>) {
  const found = network();
  Object.assign(found.gatewayEndpoint[''], changes);
  return { ...scenario, found };
}
/** Lets every look return our endpoint with these route tables. */
const mockLooks = (...RouteTableIds: string[]) =>
  mocks.ec2.on(DescribeVpcEndpointsCommand).resolves({
    VpcEndpoints: [
      {
        VpcEndpointId: 'vpce-1',
        VpcId: 'vpc-1',
        ServiceName: SERVICE,
        State: 'Available',
        RouteTableIds,
        Tags,
      },
    ],
  });
const alreadyExists = awsError(
  'RouteAlreadyExists',
  'route table rtb-2 already has a route with destination-prefix-list-id pl-1',
);

test('creates when missing', async () => {
  mocks.ec2
    .on(CreateVpcEndpointCommand)
    .resolves({ VpcEndpoint: { VpcEndpointId: 'vpce-1', State: 'Available' } });
  const { shortChanges, ids } = await provisionStep(gatewayEndpoint, scenarioWhenMissing);
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { vpcEndpointId: 'vpce-1' } });
  expect(sentCalls()).toEqual([createCall('token-1')]);
});

test('creates when missing: if the token returns a deleted endpoint, the create is sent again with a new token', async () => {
  // AWS sends the states in lower case, although they are capitalized in the model of its API.
  const createResponse = (VpcEndpointId: string, State: string) => ({
    VpcEndpoint: { VpcEndpointId, State: State as State },
  });
  mocks.ec2
    .on(CreateVpcEndpointCommand, { ClientToken: 'token-1' })
    .resolves(createResponse('vpce-0', 'deleted'))
    .on(CreateVpcEndpointCommand, { ClientToken: 'token-2' })
    .resolves(createResponse('vpce-1', 'available'));
  const { ids } = await provisionStep(gatewayEndpoint, scenarioWhenMissing);
  expect(ids).toEqual({ '': { vpcEndpointId: 'vpce-1' } });
});

test('creates when missing: if an interrupted teardown is still deleting our endpoint, the create is repeated once the endpoint is gone', async () => {
  const endpointIn = (state: string) => ({
    VpcEndpoints: [{ VpcEndpointId: 'vpce-0', VpcId: 'vpc-1', State: state as State, Tags }],
  });
  mocks.ec2
    .on(CreateVpcEndpointCommand)
    .rejectsOnce(alreadyExists)
    .resolves({ VpcEndpoint: { VpcEndpointId: 'vpce-1', State: 'Available' } })
    .on(DescribeVpcEndpointsCommand)
    .resolvesOnce(endpointIn('deleting'))
    .resolvesOnce(endpointIn('deleting'))
    .resolves(endpointIn('deleted'));
  const { ids } = await provisionStep(gatewayEndpoint, scenarioWhenMissing);
  expect(ids).toEqual({ '': { vpcEndpointId: 'vpce-1' } });
  expect(sentCalls().map(({ command }) => command)).toEqual([
    'CreateVpcEndpoint',
    'DescribeVpcEndpoints',
    'DescribeVpcEndpoints',
    'DescribeVpcEndpoints',
    'CreateVpcEndpoint',
  ]);
});

test('creates when missing: the ids of private route tables that the same run creates are still unknown in the plan', () => {
  const found = networkWithout('gatewayEndpoint', 'privateRoutes');
  const [change] = diffOf(gatewayEndpoint, surveyOf(found));
  expect(change?.fields).toContainEqual({
    field: 'route tables',
    from: undefined,
    to: knownAfter('privateRoutes'),
  });
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(gatewayEndpoint, { ...scenario, found: network() });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test.each([
  ['RouteAlreadyExists', alreadyExists],
  ['IdempotentParameterMismatch', awsError('IdempotentParameterMismatch')],
])('adopts when present: after %s, missing route tables are added to our endpoint', async (_, error) => {
  mocks.ec2.on(CreateVpcEndpointCommand).rejects(error);
  mocks.ec2.on(ModifyVpcEndpointCommand).resolves({});
  mockLooks('rtb-2');
  const { ids } = await provisionStep(gatewayEndpoint, scenarioWhenMissing);
  expect(ids).toEqual({ '': { vpcEndpointId: 'vpce-1' } });
  expect(sentCalls()).toContainEqual(modifyCall({ AddRouteTableIds: ['rtb-3'] }));
});

test('repairs drift', async () => {
  mocks.ec2.on(CreateTagsCommand).resolves({}).on(ModifyVpcEndpointCommand).resolves({});
  const tags = { ...ourTags('gatewayEndpoint'), Name: 'other' };
  const { shortChanges } = await provisionStep(
    gatewayEndpoint,
    scenarioWith({ routeTableIds: ['rtb-2', 'rtb-9'], tags }),
  );
  expect(shortChanges).toEqual([['update', '', 'route tables', 'tag.Name']]);
  expect(sentCalls()).toEqual([
    modifyCall({ AddRouteTableIds: ['rtb-3'], RemoveRouteTableIds: ['rtb-9'] }),
    { command: 'CreateTags', input: { Resources: ['vpce-1'], Tags } },
  ]);
});

test('repairs drift: if the response to an earlier call was lost, the existing route is not an error', async () => {
  mocks.ec2.on(ModifyVpcEndpointCommand).rejects(alreadyExists);
  mockLooks('rtb-3', 'rtb-2');
  const { ids } = await provisionStep(gatewayEndpoint, scenarioWith({ routeTableIds: ['rtb-2'] }));
  expect(ids).toEqual({ '': { vpcEndpointId: 'vpce-1' } });
});

test.each([
  ['in another VPC', { vpcId: 'vpc-9' }, 'it is in vpc-9, which is not the VPC of this stack'],
  [
    'of another service',
    { service: 'com.amazonaws.eu-west-1.dynamodb' },
    'it is an endpoint of com.amazonaws.eu-west-1.dynamodb, which cannot be changed',
  ],
])('explains refusal: an endpoint %s is refused and left unchanged', async (_, changes, reason) => {
  const { shortChanges, changes: planned } = await provisionStep(gatewayEndpoint, scenarioWith(changes));
  expect(shortChanges).toEqual([['refused', '']]);
  expect(planned[0]).toMatchObject({ reason, cannotUpdate: true });
});

test('explains refusal: a foreign endpoint that already uses the route to S3 is reported', async () => {
  mocks.ec2.on(CreateVpcEndpointCommand).rejects(alreadyExists);
  mocks.ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [] });
  await expect(provisionStep(gatewayEndpoint, scenarioWhenMissing)).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'A resource that does not belong to this stack already uses the route to S3 in rtb-2 or rtb-3.',
    why: alreadyExists.message,
  });
});
