// The step for the log group: the calls that it makes in each case.
import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { logGroup } from '../../../../provision/steps/log-group.ts';
import { awsError, config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';

const NAME = '/slipway/shop-dev';
const ARN = `arn:aws:logs:eu-west-1:111122223333:log-group:${NAME}`;
const foundLogGroup = { logGroupName: NAME, retentionDays: 14, tags: ourTags('logGroup') };
const scenarioWith = (changes: Partial<typeof foundLogGroup> = {}) => ({
  noun: 'logGroup' as const,
  found: { logGroup: { '': { ...foundLogGroup, ...changes } } },
});
const createCall = { command: 'CreateLogGroup', input: { logGroupName: NAME, tags: ourTags('logGroup') } };
const retentionCall = (days: number) => ({
  command: 'PutRetentionPolicy',
  input: { logGroupName: NAME, retentionInDays: days },
});

function mockLogGroup(tags: Record<string, string>): void {
  mocks.logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [{ logGroupName: NAME, logGroupArn: ARN }] });
  mocks.logs.on(ListTagsForResourceCommand).resolves({ tags });
}

test('creates when missing', async () => {
  mocks.logs.on(CreateLogGroupCommand).resolves({});
  mocks.logs.on(PutRetentionPolicyCommand).resolves({});
  const { shortChanges, ids } = await provisionStep(logGroup, { noun: 'logGroup' });
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { logGroupName: NAME } });
  expect(sentCalls()).toEqual([createCall, retentionCall(14)]);
});

test('creates when missing: if the response to an earlier create was lost, our resource with this name is adopted', async () => {
  mocks.logs.on(CreateLogGroupCommand).rejects(awsError('ResourceAlreadyExistsException'));
  mocks.logs.on(PutRetentionPolicyCommand).resolves({});
  mockLogGroup(ourTags('logGroup'));
  await provisionStep(logGroup, { noun: 'logGroup' });
  expect(sentCalls().at(-1)).toEqual(retentionCall(14));
});

test('creates when missing: a resource with our name that someone else created after the survey is left alone', async () => {
  mocks.logs.on(CreateLogGroupCommand).rejects(awsError('ResourceAlreadyExistsException'));
  mockLogGroup({});
  await expect(provisionStep(logGroup, { noun: 'logGroup' })).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'A resource that does not belong to this stack already uses the name /slipway/shop-dev.',
  });
  expect(sentCalls().map(({ command }) => command)).not.toContain('PutRetentionPolicy');
});

test('creates when missing: retries while an old group with the same name is being deleted', async () => {
  mocks.logs
    .on(CreateLogGroupCommand)
    .rejectsOnce(awsError('OperationAbortedException', 'A conflicting operation is in progress.'))
    .resolves({});
  mocks.logs.on(PutRetentionPolicyCommand).resolves({});
  await provisionStep(logGroup, { noun: 'logGroup' });
  expect(sentCalls()).toEqual([createCall, createCall, retentionCall(14)]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(logGroup, scenarioWith());
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mocks.logs.on(PutRetentionPolicyCommand).resolves({});
  mocks.logs.on(TagResourceCommand).resolves({});
  // As after a run that was killed between the create and the retention: log events would be kept indefinitely.
  const { shortChanges, ids } = await provisionStep(
    logGroup,
    scenarioWith({ retentionDays: 0, tags: { ...foundLogGroup.tags, Name: 'other' } }),
  );
  expect(shortChanges).toEqual([['update', '', 'retention days', 'tag.Name']]);
  expect(ids).toEqual({ '': { logGroupName: NAME } });
  expect(sentCalls()).toEqual([
    retentionCall(14),
    { command: 'TagResource', input: { resourceArn: ARN, tags: ourTags('logGroup') } },
  ]);
});

test('repairs drift: if only the retention differs, only the retention is sent', async () => {
  mocks.logs.on(PutRetentionPolicyCommand).resolves({});
  await provisionStep(logGroup, { ...scenarioWith(), config: config({ logRetentionDays: 30 }) });
  expect(sentCalls()).toEqual([retentionCall(30)]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.logs
    .on(CreateLogGroupCommand)
    .rejects(awsError('LimitExceededException', 'Resource limit exceeded.'));
  await expect(provisionStep(logGroup, { noun: 'logGroup' })).rejects.toMatchObject({
    message: 'Resource limit exceeded.',
  });
  expect(sentCalls()).toEqual([createCall]);
});

test('explains refusal: a foreign resource is refused, and nothing is sent', async () => {
  const { changes } = await provisionStep(logGroup, scenarioWith({ tags: { 'slipway:stack': 'other-dev' } }));
  expect(changes).toMatchObject([{ verb: 'refused', reason: 'it belongs to the stack other-dev' }]);
  expect(sentCalls()).toEqual([]);
});
