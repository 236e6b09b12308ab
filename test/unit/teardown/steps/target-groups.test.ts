// The removal of a target group: the calls that it makes in each case.
import { DeleteTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { FoundTargetGroup } from '../../../../lib/look/target-groups.ts';
import { targetGroups } from '../../../../teardown/steps/target-groups.ts';
import { awsError, mocks, sentCalls, removeContextOf } from '../../step-harness.ts';

const item = { targetGroupArn: 'arn:group' } as FoundTargetGroup;
const remove = () => targetGroups.remove(removeContextOf({ noun: 'targetGroups', key: 'web-api1' }, item));
const deleteCall = { command: 'DeleteTargetGroup', input: { TargetGroupArn: 'arn:group' } };

test('removes what is ours', async () => {
  mocks.elbv2.on(DeleteTargetGroupCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('removes what is ours: retries while a rule still refers to the target group', async () => {
  mocks.elbv2
    .on(DeleteTargetGroupCommand)
    .rejectsOnce(awsError('ResourceInUseException', 'is currently in use by a listener or a rule'))
    .resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall, deleteCall]);
});

test('counts a missing resource as removed', async () => {
  mocks.elbv2.on(DeleteTargetGroupCommand).rejects(awsError('TargetGroupNotFoundException'));
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.elbv2.on(DeleteTargetGroupCommand).rejects(awsError('AccessDenied', 'not allowed'));
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
  expect(sentCalls()).toEqual([deleteCall]);
});

test('throws the error when AWS refuses a call: the target group stays in use', async () => {
  mocks.elbv2.on(DeleteTargetGroupCommand).rejects(awsError('ResourceInUseException', 'is in use by a rule'));
  await expect(remove()).rejects.toMatchObject({ message: 'is in use by a rule' });
});
