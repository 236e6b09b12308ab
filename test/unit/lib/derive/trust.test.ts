// Whether the trust policy of someone else's role admits ECS's tasks.
import { expect, test } from '@jest/globals';
import { trustsService } from '../../../../lib/derive/trust.ts';

const TASKS = 'ecs-tasks.amazonaws.com';
const allow = { Effect: 'Allow', Principal: { Service: TASKS }, Action: 'sts:AssumeRole' };
const onAccount = (account: string | string[], operator = 'StringEquals') => ({
  [operator]: { 'aws:SourceAccount': account },
});

test.each<[string, unknown, boolean]>([
  ['a statement for tasks', allow, true],
  [
    'one of several services and actions',
    [
      {
        ...allow,
        Principal: { Service: ['ec2.amazonaws.com', TASKS] },
        Action: ['sts:TagSession', 'STS:AssumeRole'],
      },
    ],
    true,
  ],
  ['a statement for everyone', { ...allow, Principal: '*' }, true],
  ['a condition on this account', { ...allow, Condition: onAccount(['1', '123456789012']) }, true],
  ['a condition with a pattern', { ...allow, Condition: onAccount('1*', 'StringLike') }, true],
  ['a condition on something else', { ...allow, Condition: { ArnLike: { 'aws:SourceArn': 'x' } } }, true],
  ['a condition on another account', { ...allow, Condition: onAccount('999999999999') }, false],
  ['another service', { ...allow, Principal: { Service: 'lambda.amazonaws.com' } }, false],
  ['another action', { ...allow, Action: 'sts:TagSession' }, false],
  ['a statement that denies', { ...allow, Effect: 'Deny' }, false],
  ['no statement', undefined, false],
  ['no object', 'x', false],
])('a policy with %s', (_what, Statement, expected) => {
  expect(trustsService(JSON.stringify({ Statement }), TASKS, '123456789012')).toBe(expected);
});

test('a policy that is not JSON', () => {
  expect(trustsService('{', TASKS, '123456789012')).toBe(false);
});
