// The step for the NAT gateway: the calls that it makes in each case, and what it waits for.
import {
  CreateNatGatewayCommand,
  CreateTagsCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  type NatGatewayState,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { natGateway } from '../../../../provision/steps/nat-gateway.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { network, networkWithout } from '../../network.ts';

const Tags = toPascalCaseTags(ourTags('natGateway'));
const createCall = (ClientToken: string) => ({
  command: 'CreateNatGateway',
  input: {
    SubnetId: 'subnet-a',
    AllocationId: 'eipalloc-1',
    ClientToken,
    TagSpecifications: [{ ResourceType: 'natgateway', Tags }],
  },
});
const describeCall = (id: string) => ({ command: 'DescribeNatGateways', input: { NatGatewayIds: [id] } });
const deleteCall = { command: 'DeleteNatGateway', input: { NatGatewayId: 'nat-1' } };
const nat = (NatGatewayId: string, State: NatGatewayState, more = {}) => ({ NatGatewayId, State, ...more });
const createResponse = (id: string, state: NatGatewayState = 'pending') => ({ NatGateway: nat(id, state) });
/** Lets lookups of one gateway return these descriptions in sequence; the last is repeated. */
function mockLookups(id: string, ...states: ReturnType<typeof nat>[]) {
  const behaviour = mocks.ec2.on(DescribeNatGatewaysCommand, { NatGatewayIds: [id] });
  for (const state of states.slice(0, -1)) behaviour.resolvesOnce({ NatGateways: [state] });
  const [last] = states.slice(-1);
  behaviour.resolves({ NatGateways: last ? [last] : [] });
}
const scenario = { noun: 'natGateway', ids: network() } as const;
const scenarioWhenMissing = { ...scenario, found: networkWithout('natGateway') };
/** Returns the scenario with a changed NAT gateway in the network. */
function scenarioWith(changes: Partial<ReturnType<typeof network>['natGateway']['']>) {
  const found = network();
  Object.assign(found.natGateway[''], changes);
  return { ...scenario, found };
}

test('creates when missing', async () => {
  mocks.ec2.on(CreateNatGatewayCommand).resolves(createResponse('nat-1'));
  mockLookups('nat-1', nat('nat-1', 'pending'), nat('nat-1', 'pending'), nat('nat-1', 'available'));
  const { shortChanges, ids } = await provisionStep(natGateway, scenarioWhenMissing);
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { natGatewayId: 'nat-1' } });
  expect(sentCalls()).toEqual([
    createCall('token-1'),
    describeCall('nat-1'),
    describeCall('nat-1'),
    describeCall('nat-1'),
  ]);
});

test('creates when missing: the run waits for a gateway that is not visible yet', async () => {
  mocks.ec2.on(CreateNatGatewayCommand).resolves(createResponse('nat-1'));
  mocks.ec2
    .on(DescribeNatGatewaysCommand)
    .rejectsOnce(awsError('NatGatewayNotFound'))
    .resolves({ NatGateways: [nat('nat-1', 'available')] });
  await provisionStep(natGateway, scenarioWhenMissing);
  expect(sentCalls()).toEqual([createCall('token-1'), describeCall('nat-1'), describeCall('nat-1')]);
});

test('creates when missing: if the token returns a deleted gateway, the create is sent again with a new token', async () => {
  mocks.ec2
    .on(CreateNatGatewayCommand, { ClientToken: 'token-1' })
    .resolves(createResponse('nat-old', 'deleted'));
  mocks.ec2.on(CreateNatGatewayCommand, { ClientToken: 'token-2' }).resolves(createResponse('nat-1'));
  mockLookups('nat-1', nat('nat-1', 'available'));
  const { ids } = await provisionStep(natGateway, scenarioWhenMissing);
  expect(ids).toEqual({ '': { natGatewayId: 'nat-1' } });
  expect(sentCalls()).toEqual([createCall('token-1'), createCall('token-2'), describeCall('nat-1')]);
});

test('creates when missing: if the token was already used with other parameters, the gateway created with it is adopted', async () => {
  mocks.ec2.on(CreateNatGatewayCommand).rejects(awsError('IdempotentParameterMismatch'));
  mocks.ec2
    .on(DescribeNatGatewaysCommand)
    .resolves({ NatGateways: [nat('nat-before', 'available', { Tags })] });
  const { ids } = await provisionStep(natGateway, scenarioWhenMissing);
  expect(ids).toEqual({ '': { natGatewayId: 'nat-before' } });
});

test('creates when missing: the run gives up if a new token returns a failed gateway as well', async () => {
  mocks.ec2.on(CreateNatGatewayCommand).resolves(createResponse('nat-old', 'failed'));
  await expect(provisionStep(natGateway, scenarioWhenMissing)).rejects.toThrow('no longer exists');
  expect(sentCalls()).toEqual([createCall('token-1'), createCall('token-2')]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(natGateway, { ...scenario, found: network() });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('adopts when present: the run waits for a gateway that an earlier run left pending', async () => {
  mockLookups('nat-1', nat('nat-1', 'pending'), nat('nat-1', 'available'));
  const { shortChanges, ids } = await provisionStep(natGateway, scenarioWith({ state: 'pending' }));
  expect(shortChanges).toEqual([['update', '', 'state']]);
  expect(ids).toEqual({ '': { natGatewayId: 'nat-1' } });
  expect(sentCalls()).toEqual([describeCall('nat-1'), describeCall('nat-1')]);
});

test('repairs drift', async () => {
  mocks.ec2.on(CreateTagsCommand).resolves({});
  const tags = { ...ourTags('natGateway'), Name: 'other' };
  const { shortChanges } = await provisionStep(natGateway, scenarioWith({ tags }));
  expect(shortChanges).toEqual([['update', '', 'tag.Name']]);
  expect(sentCalls()).toEqual([{ command: 'CreateTags', input: { Resources: ['nat-1'], Tags } }]);
});

test.each([
  [
    'that failed',
    { state: 'failed' },
    ['state'],
    'a NAT gateway that failed or is being deleted cannot recover',
  ],
  ['in another subnet', { subnetId: 'subnet-b' }, ['subnet'], 'a NAT gateway cannot move to another subnet'],
  [
    'with another address',
    { allocationId: 'eipalloc-9' },
    ['address'],
    'a NAT gateway keeps its first address',
  ],
])(
  'repairs drift: a gateway %s is deleted, and then a new one is created with a new token',
  async (_, changes, fields, reason) => {
    mocks.ec2.on(DeleteNatGatewayCommand).resolves({});
    mockLookups('nat-1', nat('nat-1', 'deleting'), nat('nat-1', 'deleted'));
    mocks.ec2.on(CreateNatGatewayCommand).resolves(createResponse('nat-2'));
    mockLookups('nat-2', nat('nat-2', 'available'));
    const { shortChanges, ids, changes: planned } = await provisionStep(natGateway, scenarioWith(changes));
    expect(shortChanges).toEqual([['replace', '', ...fields]]);
    expect(planned[0]?.reason).toBe(reason);
    expect(ids).toEqual({ '': { natGatewayId: 'nat-2' } });
    expect(sentCalls()).toEqual([
      deleteCall,
      describeCall('nat-1'),
      describeCall('nat-1'),
      createCall('token-2'),
      describeCall('nat-2'),
    ]);
  },
);

test('repairs drift: the run waits for a gateway that is already being deleted, and does not delete it again', async () => {
  mockLookups('nat-1', nat('nat-1', 'deleting'), nat('nat-1', 'deleted'));
  mocks.ec2.on(CreateNatGatewayCommand).resolves(createResponse('nat-2'));
  mockLookups('nat-2', nat('nat-2', 'available'));
  await provisionStep(natGateway, scenarioWith({ state: 'deleting' }));
  expect(sentCalls().map(({ command }) => command)).not.toContain('DeleteNatGateway');
});

test('repairs drift: a failed gateway that no longer exists is not an error', async () => {
  mocks.ec2.on(DeleteNatGatewayCommand).rejects(awsError('NatGatewayNotFound'));
  mocks.ec2
    .on(DescribeNatGatewaysCommand, { NatGatewayIds: ['nat-1'] })
    .rejects(awsError('NatGatewayNotFound'));
  mocks.ec2.on(CreateNatGatewayCommand).resolves(createResponse('nat-2'));
  mockLookups('nat-2', nat('nat-2', 'available'));
  const { ids } = await provisionStep(natGateway, scenarioWith({ state: 'failed' }));
  expect(ids).toEqual({ '': { natGatewayId: 'nat-2' } });
});

test('throws the error when AWS refuses a call', async () => {
  const refusal = awsError('NatGatewayLimitExceeded', 'This would exceed the limit of 5 NAT gateways');
  mocks.ec2.on(CreateNatGatewayCommand).rejects(refusal);
  await expect(provisionStep(natGateway, scenarioWhenMissing)).rejects.toBe(refusal);
  expect(sentCalls()).toEqual([createCall('token-1')]);
});

test('explains a failure: if the gateway fails, the wait ends with the reason from AWS', async () => {
  mocks.ec2.on(CreateNatGatewayCommand).resolves(createResponse('nat-1'));
  const why = {
    FailureCode: 'Gateway.NotAttached',
    FailureMessage: 'Network vpc-1 has no Internet gateway attached',
  };
  mockLookups('nat-1', nat('nat-1', 'pending'), nat('nat-1', 'failed', why));
  await expect(provisionStep(natGateway, scenarioWhenMissing)).rejects.toMatchObject({
    code: 'FAILED_STATE',
    what: 'The wait for NAT gateway nat-1 to be available failed.',
    why: 'Gateway.NotAttached: Network vpc-1 has no Internet gateway attached',
  });
});

test('explains a failure: the wait ends if the gateway is deleted meanwhile', async () => {
  mocks.ec2.on(CreateNatGatewayCommand).resolves(createResponse('nat-1'));
  mockLookups('nat-1', nat('nat-1', 'deleting'));
  await expect(provisionStep(natGateway, scenarioWhenMissing)).rejects.toMatchObject({
    code: 'FAILED_STATE',
    why: 'it is deleting',
  });
});
