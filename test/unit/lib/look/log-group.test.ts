// The look for the stack's log group.
import { DescribeLogGroupsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { lookLogGroup } from '../../../../lib/look/log-group.ts';
import { awsError, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const NAME = '/slipway/shop-dev';
const ARN = `arn:aws:logs:eu-west-1:111122223333:log-group:${NAME}`;
const look = async () => (await lookLogGroup(lookContextOf())).get('');

test('the look reads our log group', async () => {
  mocks.logs.on(DescribeLogGroupsCommand).resolves({
    logGroups: [{ logGroupName: NAME, logGroupArn: ARN, arn: `${ARN}:*`, retentionInDays: 14 }],
  });
  mocks.logs.on(ListTagsForResourceCommand).resolves({ tags: ourTags('logGroup') });
  expect(await look()).toEqual({ logGroupName: NAME, retentionDays: 14, tags: ourTags('logGroup') });
  expect(sentCalls()).toEqual([
    { command: 'DescribeLogGroups', input: { logGroupNamePrefix: NAME } },
    { command: 'DescribeLogGroups', input: { logGroupNamePrefix: `${NAME}/flow-logs` } },
    { command: 'ListTagsForResource', input: { resourceArn: ARN } },
  ]);
});

test('the look requests the tags by the ARN of the log group, without the suffix for its streams', async () => {
  mocks.logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [{ logGroupName: NAME, arn: `${ARN}:*` }] });
  mocks.logs.on(ListTagsForResourceCommand).resolves({});
  expect(await look()).toEqual({ logGroupName: NAME, retentionDays: 0, tags: {} });
  expect(sentCalls().at(-1)?.input).toEqual({ resourceArn: ARN });
});

test('the look ignores a log group whose name only starts with the name of our log group', async () => {
  mocks.logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [{ logGroupName: `${NAME}-2` }] });
  expect(await look()).toBeUndefined();
});

test('the look finds nothing when the log group is deleted during the look', async () => {
  mocks.logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [{ logGroupName: NAME, logGroupArn: ARN }] });
  mocks.logs.on(ListTagsForResourceCommand).rejects(awsError('ResourceNotFoundException'));
  expect(await look()).toBeUndefined();
});
