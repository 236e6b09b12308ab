// The removal of a rule: the calls that it makes in each case.
import { DeleteRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { FoundRule } from '../../../../lib/look/rules.ts';
import { rules } from '../../../../teardown/steps/rules.ts';
import { awsError, mocks, sentCalls, removeContextOf } from '../../step-harness.ts';

const item = { ruleArn: 'arn:rule' } as FoundRule;
const context = () => removeContextOf({ noun: 'rules', key: 'web-api1' }, item);
const remove = () => rules.remove(context());
const deleteCall = { command: 'DeleteRule', input: { RuleArn: 'arn:rule' } };

test('removes what is ours', async () => {
  mocks.elbv2.on(DeleteRuleCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('removes what is ours: if the listener is removed as well, the rule is deleted with the listener', async () => {
  const listenerOnly = { willRemoveAll: (noun: string) => noun === 'listener', removalOf: () => undefined };
  expect(await rules.remove({ ...context(), alsoRemoved: listenerOnly })).toEqual({
    removedWith: 'with its listener',
  });
  expect(sentCalls()).toEqual([]);
});

test('counts a missing resource as removed', async () => {
  mocks.elbv2.on(DeleteRuleCommand).rejects(awsError('RuleNotFoundException'));
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.elbv2.on(DeleteRuleCommand).rejects(awsError('OperationNotPermittedException', 'not permitted'));
  await expect(remove()).rejects.toMatchObject({ message: 'not permitted' });
  expect(sentCalls()).toEqual([deleteCall]);
});
