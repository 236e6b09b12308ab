// The removal of the flow log: the calls that it makes in each case.
import { DeleteFlowLogsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { flowLog } from '../../../../teardown/steps/flow-log.ts';
import { mocks, ourTags, removeContextOf, sentCalls } from '../../step-harness.ts';

const item = {
  flowLogId: 'fl-1',
  vpcId: 'vpc-1',
  traffic: 'ALL',
  logGroupName: '/slipway/shop-dev/flow-logs',
  roleArn: 'arn:role',
  tags: ourTags('flowLog'),
};
const remove = () => flowLog.remove(removeContextOf({ noun: 'flowLog' }, item));
const unsuccessful = (Code: string) => ({
  Unsuccessful: [{ ResourceId: 'fl-1', Error: { Code, Message: `${Code}!` } }],
});

test('removes what is ours', async () => {
  mocks.ec2.on(DeleteFlowLogsCommand).resolves({ Unsuccessful: [] });
  await remove();
  expect(sentCalls()).toEqual([{ command: 'DeleteFlowLogs', input: { FlowLogIds: ['fl-1'] } }]);
});

test('is done when already gone', async () => {
  mocks.ec2.on(DeleteFlowLogsCommand).resolves(unsuccessful('InvalidFlowLogId.NotFound'));
  await expect(remove()).resolves.toBeUndefined();
});

test('throws the error when AWS refuses a call', async () => {
  mocks.ec2.on(DeleteFlowLogsCommand).resolves(unsuccessful('UnauthorizedOperation'));
  await expect(remove()).rejects.toMatchObject({ message: 'UnauthorizedOperation!' });
});
