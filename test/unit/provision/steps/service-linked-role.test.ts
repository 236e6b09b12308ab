// The step for the ECS service-linked role: the calls that it makes in each case.
import { CreateServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { serviceLinkedRole } from '../../../../provision/steps/service-linked-role.ts';
import { awsError, mocks, provisionStep, sentCalls } from '../../step-harness.ts';

const ROLE = 'AWSServiceRoleForECS';
const createCall = { command: 'CreateServiceLinkedRole', input: { AWSServiceName: 'ecs.amazonaws.com' } };
const provision = () => provisionStep(serviceLinkedRole, { noun: 'serviceLinkedRole' });

test('creates when missing', async () => {
  mocks.iam.on(CreateServiceLinkedRoleCommand).resolves({ Role: { RoleName: ROLE } as never });
  const { shortChanges, ids } = await provision();
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { roleName: ROLE } });
  expect(sentCalls()).toEqual([createCall]);
});

test.each([
  [
    'the error that IAM returns',
    'InvalidInput',
    'Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.',
  ],
  [
    'the usual error for existing resources',
    'EntityAlreadyExists',
    'Role AWSServiceRoleForECS already exists',
  ],
])(
  'creates when missing: a role that someone else has created meanwhile is accepted after %s',
  async (_who, code, message) => {
    mocks.iam.on(CreateServiceLinkedRoleCommand).rejects(awsError(code, message));
    const { ids } = await provision();
    expect(ids).toEqual({ '': { roleName: ROLE } });
  },
);

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(serviceLinkedRole, {
    noun: 'serviceLinkedRole',
    found: { serviceLinkedRole: { '': { roleName: ROLE, tags: {} } } },
  });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift: the role is never changed, since it belongs to the account', async () => {
  const { shortChanges } = await provisionStep(serviceLinkedRole, {
    noun: 'serviceLinkedRole',
    found: { serviceLinkedRole: { '': { roleName: 'AWSServiceRoleForECS_old', tags: { owner: 'bob' } } } },
  });
  expect(shortChanges).toEqual([]);
});

test.each([
  ['a missing permission', 'AccessDenied', 'not allowed'],
  ['an input that IAM rejects', 'InvalidInput', 'the service does not support this'],
])('throws the error when AWS refuses a call: %s', async (_what, code, message) => {
  mocks.iam.on(CreateServiceLinkedRoleCommand).rejects(awsError(code, message));
  await expect(provision()).rejects.toMatchObject({ message });
  expect(sentCalls()).toEqual([createCall]);
});
