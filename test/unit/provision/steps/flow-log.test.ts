// The step for the flow log: the calls that it makes in each case.
import {
  CreateFlowLogsCommand,
  CreateTagsCommand,
  DeleteFlowLogsCommand,
  DescribeFlowLogsCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import type { FoundFlowLog } from '../../../../lib/look/flow-log.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { flowLog } from '../../../../provision/steps/flow-log.ts';
import { config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { network } from '../../network.ts';

const ROLE = 'arn:aws:iam::111122223333:role/slipway/shop-dev/shop-dev-flow-logs';
const found: FoundFlowLog = {
  flowLogId: 'fl-1',
  vpcId: 'vpc-1',
  traffic: 'ALL',
  logGroupName: '/slipway/shop-dev/flow-logs',
  roleArn: ROLE,
  tags: ourTags('flowLog'),
};
const { vpc } = network();
const scenario = (changes?: Partial<FoundFlowLog>, flowLogs = true) => ({
  noun: 'flowLog' as const,
  config: config({ flowLogs }),
  ids: { vpc },
  found: { vpc, ...(changes && { flowLog: { '': { ...found, ...changes } } }) },
});
const createCall = {
  command: 'CreateFlowLogs',
  input: {
    ResourceType: 'VPC',
    ResourceIds: ['vpc-1'],
    TrafficType: 'ALL',
    LogDestinationType: 'cloud-watch-logs',
    LogGroupName: '/slipway/shop-dev/flow-logs',
    DeliverLogsPermissionArn: ROLE,
    ClientToken: expect.any(String),
    TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags: toPascalCaseTags(ourTags('flowLog')) }],
  },
};
const refused = (Code: string) => ({
  Unsuccessful: [{ ResourceId: 'vpc-1', Error: { Code, Message: `${Code}!` } }],
});

test('creates when missing', async () => {
  mocks.ec2.on(CreateFlowLogsCommand).resolves({ FlowLogIds: ['fl-1'], Unsuccessful: [] });
  const { shortChanges, ids } = await provisionStep(flowLog, scenario());
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { flowLogId: 'fl-1' } });
  expect(sentCalls()).toEqual([createCall]);
});

test('creates when missing: if our flow log exists already, it is adopted', async () => {
  mocks.ec2
    .on(CreateFlowLogsCommand)
    .resolves(refused('FlowLogAlreadyExists'))
    .on(DescribeFlowLogsCommand)
    .resolves({
      FlowLogs: [{ FlowLogId: 'fl-2', ResourceId: 'vpc-1', Tags: toPascalCaseTags(ourTags('flowLog')) }],
    });
  const { ids } = await provisionStep(flowLog, scenario());
  expect(ids).toEqual({ '': { flowLogId: 'fl-2' } });
});

test('explains refusal: the same traffic already goes to this log group for someone else', async () => {
  mocks.ec2
    .on(CreateFlowLogsCommand)
    .resolves(refused('FlowLogAlreadyExists'))
    .on(DescribeFlowLogsCommand)
    .resolves({});
  await expect(provisionStep(flowLog, scenario())).rejects.toMatchObject({
    code: 'FOREIGN',
    why: 'FlowLogAlreadyExists!',
  });
});

test('throws the error when AWS refuses the VPC in a successful response', async () => {
  mocks.ec2.on(CreateFlowLogsCommand).resolves(refused('FlowLogsLimitExceeded'));
  await expect(provisionStep(flowLog, scenario())).rejects.toMatchObject({
    message: 'FlowLogsLimitExceeded!',
  });
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(flowLog, scenario({}));
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('removes when it is no longer configured', async () => {
  const { shortChanges } = await provisionStep(flowLog, scenario({}, false));
  expect(shortChanges).toEqual([['remove', '']]);
});

test('repairs drift: tags', async () => {
  mocks.ec2.on(CreateTagsCommand).resolves({});
  const { shortChanges } = await provisionStep(flowLog, scenario({ tags: { ...found.tags, Name: 'x' } }));
  expect(shortChanges).toEqual([['update', '', 'tag.Name']]);
  expect(sentCalls()).toEqual([
    { command: 'CreateTags', input: { Resources: ['fl-1'], Tags: toPascalCaseTags(ourTags('flowLog')) } },
  ]);
});

test.each([
  ['vpc', { vpcId: 'vpc-9' }],
  ['traffic', { traffic: 'REJECT' }],
  ['log group', { logGroupName: 'other' }],
  ['role', { roleArn: 'arn:other' }],
])('replaces a flow log with another %s, the old one first', async (field, changes) => {
  mocks.ec2
    .on(DeleteFlowLogsCommand)
    .resolves({})
    .on(CreateFlowLogsCommand)
    .resolves({ FlowLogIds: ['fl-2'] });
  const { shortChanges, ids } = await provisionStep(flowLog, scenario(changes));
  expect(shortChanges).toEqual([['replace', '', field]]);
  expect(ids).toEqual({ '': { flowLogId: 'fl-2' } });
  expect(sentCalls()).toEqual([{ command: 'DeleteFlowLogs', input: { FlowLogIds: ['fl-1'] } }, createCall]);
});
