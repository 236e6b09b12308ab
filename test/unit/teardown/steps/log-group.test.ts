// The removal of the log group: the calls that it makes in each case.
import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { logGroup } from '../../../../teardown/steps/log-group.ts';
import { awsError, mocks, ourTags, sentCalls, removeContextOf } from '../../step-harness.ts';

const item = { logGroupName: '/slipway/shop-dev', retentionDays: 14, tags: ourTags('logGroup') };
const remove = () => logGroup.remove(removeContextOf({ noun: 'logGroup' }, item));
const deleteCall = { command: 'DeleteLogGroup', input: { logGroupName: '/slipway/shop-dev' } };

test('removes what is ours: the log group is removed after the last task that could write to it', async () => {
  mocks.logs.on(DeleteLogGroupCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
  expect(logGroup.after).toContain('services');
});

test('removes what is ours: retries while another operation is in progress', async () => {
  mocks.logs
    .on(DeleteLogGroupCommand)
    .rejectsOnce(awsError('OperationAbortedException', 'try again'))
    .resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall, deleteCall]);
});

test('counts a missing resource as removed', async () => {
  mocks.logs.on(DeleteLogGroupCommand).rejects(awsError('ResourceNotFoundException'));
  expect(await remove()).toBeUndefined();
});

test('throws the error when AWS refuses a call', async () => {
  mocks.logs.on(DeleteLogGroupCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
  expect(sentCalls()).toEqual([deleteCall]);
});
