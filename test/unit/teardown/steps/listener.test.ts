// The removal of the listener: the calls that it makes in each case.
import { DeleteListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { FoundListener } from '../../../../lib/look/listener.ts';
import { listener } from '../../../../teardown/steps/listener.ts';
import { awsError, mocks, sentCalls, removeContextOf } from '../../step-harness.ts';

const item = { listenerArn: 'arn:listener' } as FoundListener;
const remove = () => listener.remove(removeContextOf({ noun: 'listener' }, item));
const deleteCall = { command: 'DeleteListener', input: { ListenerArn: 'arn:listener' } };

test('removes what is ours', async () => {
  mocks.elbv2.on(DeleteListenerCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('counts a missing resource as removed', async () => {
  mocks.elbv2.on(DeleteListenerCommand).rejects(awsError('ListenerNotFoundException'));
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.elbv2.on(DeleteListenerCommand).rejects(awsError('ResourceInUseException', 'it is in use'));
  await expect(remove()).rejects.toMatchObject({ message: 'it is in use' });
  expect(sentCalls()).toEqual([deleteCall]);
});
