// The look for the flow log: how it reads AWS's responses.
import { DescribeFlowLogsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { lookFlowLog } from '../../../../lib/look/flow-log.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, lookContextOf, mocks, ourTags, sentCalls } from '../../step-harness.ts';

const Filter = [{ Name: 'tag:slipway:stack', Values: ['shop-dev'] }];
const log = (FlowLogId: string) => ({
  FlowLogId,
  ResourceId: 'vpc-1',
  TrafficType: 'ALL' as const,
  LogGroupName: '/slipway/shop-dev/flow-logs',
  DeliverLogsPermissionArn: 'arn:role',
  Tags: toPascalCaseTags(ourTags('flowLog')),
});
const expected = {
  flowLogId: 'fl-1',
  vpcId: 'vpc-1',
  traffic: 'ALL',
  logGroupName: '/slipway/shop-dev/flow-logs',
  roleArn: 'arn:role',
  tags: ourTags('flowLog'),
};

test('without a flow log of this stack, the look returns an empty result', async () => {
  mocks.ec2.on(DescribeFlowLogsCommand).resolves({ FlowLogs: [] });
  expect(await lookFlowLog(lookContextOf())).toEqual(new Map());
  expect(sentCalls()).toEqual([{ command: 'DescribeFlowLogs', input: { Filter } }]);
});

test('the look reads our flow log, from all pages', async () => {
  mocks.ec2
    .on(DescribeFlowLogsCommand, { NextToken: undefined })
    .resolves({ FlowLogs: [], NextToken: 'more' })
    .on(DescribeFlowLogsCommand, { NextToken: 'more' })
    .resolves({ FlowLogs: [log('fl-1')] });
  expect(await lookFlowLog(lookContextOf())).toEqual(new Map([['', expected]]));
});

test('a denied look fails, since a flow log that cannot be seen may exist', async () => {
  const denied = awsError('UnauthorizedOperation', 'no', 403);
  mocks.ec2.on(DescribeFlowLogsCommand).rejects(denied);
  await expect(lookFlowLog(lookContextOf())).rejects.toBe(denied);
});
