// The step for the elastic IP: the calls that it makes in each case.
import { AllocateAddressCommand, CreateTagsCommand, DescribeAddressesCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { elasticIp } from '../../../../provision/steps/elastic-ip.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { network } from '../../network.ts';

const Tags = toPascalCaseTags(ourTags('elasticIp'));
const allocateCall = {
  command: 'AllocateAddress',
  input: { Domain: 'vpc', TagSpecifications: [{ ResourceType: 'elastic-ip', Tags }] },
};
const describeResponse = { Addresses: [{ AllocationId: 'eipalloc-1', PublicIp: '203.0.113.1', Tags }] };
const commands = () => sentCalls().map(({ command }) => command);

test('creates when missing', async () => {
  mocks.ec2.on(AllocateAddressCommand).resolves({ AllocationId: 'eipalloc-1' });
  const { shortChanges, ids } = await provisionStep(elasticIp, { noun: 'elasticIp' });
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { allocationId: 'eipalloc-1' } });
  expect(sentCalls()).toEqual([allocateCall]);
});

test('creates when missing: after a lost response, no second address is allocated', async () => {
  mocks.ec2.on(AllocateAddressCommand).rejectsOnce(awsError('InternalError', 'oops', 500));
  mocks.ec2.on(DescribeAddressesCommand).resolvesOnce({ Addresses: [] }).resolves(describeResponse);
  const { ids } = await provisionStep(elasticIp, { noun: 'elasticIp' });
  expect(ids).toEqual({ '': { allocationId: 'eipalloc-1' } });
  expect(commands()).toEqual(['AllocateAddress', 'DescribeAddresses', 'DescribeAddresses']);
});

test('creates when missing: before the create is sent, the step looks for a resource that an earlier run may have created', async () => {
  mocks.ec2.on(DescribeAddressesCommand).resolves(describeResponse);
  await provisionStep(elasticIp, { noun: 'elasticIp', isResumed: true });
  expect(commands()).toEqual(['DescribeAddresses']);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(elasticIp, { noun: 'elasticIp', found: network() });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mocks.ec2.on(CreateTagsCommand).resolves({});
  const stack = config({ tags: { team: 'shop' } });
  const { shortChanges } = await provisionStep(elasticIp, {
    noun: 'elasticIp',
    config: stack,
    found: network(),
  });
  expect(shortChanges).toEqual([['update', '', 'tag.team']]);
  expect(sentCalls()).toEqual([
    {
      command: 'CreateTags',
      input: { Resources: ['eipalloc-1'], Tags: toPascalCaseTags(ourTags('elasticIp', '', stack)) },
    },
  ]);
});

test('throws the error when AWS refuses a call', async () => {
  const refusal = awsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
  mocks.ec2.on(AllocateAddressCommand).rejects(refusal);
  await expect(provisionStep(elasticIp, { noun: 'elasticIp' })).rejects.toBe(refusal);
  expect(sentCalls()).toEqual([allocateCall]);
});
