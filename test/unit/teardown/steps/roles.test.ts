// The removal of a role: its policies are deleted first.
import { DeleteRoleCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { roles } from '../../../../teardown/steps/roles.ts';
import { awsError, mocks, ourTags, sentCalls, removeContextOf } from '../../step-harness.ts';

const RoleName = 'shop-dev-execution';
const item = {
  roleName: RoleName,
  roleArn: 'arn:role',
  trustPolicy: '{}',
  inlinePolicies: { slipway: '{}', more: '{}' },
  attachedPolicies: ['arn:managed'],
  tags: ourTags('roles', 'execution'),
};
const remove = () => roles.remove(removeContextOf({ noun: 'roles', key: 'execution' }, item));
const calls = [
  { command: 'DeleteRolePolicy', input: { RoleName, PolicyName: 'slipway' } },
  { command: 'DeleteRolePolicy', input: { RoleName, PolicyName: 'more' } },
  { command: 'DetachRolePolicy', input: { RoleName, PolicyArn: 'arn:managed' } },
  { command: 'DeleteRole', input: { RoleName } },
];
const [last] = calls.slice(-1);

test("removes what is ours: the role's policies are deleted first, after the last task has stopped", async () => {
  mocks.iam.on(DeleteRolePolicyCommand).resolves({});
  mocks.iam.on(DetachRolePolicyCommand).resolves({});
  mocks.iam.on(DeleteRoleCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual(calls);
  expect(roles.after).toContain('services');
});

test('removes what is ours: retries while IAM still lists a deleted policy', async () => {
  mocks.iam.on(DeleteRolePolicyCommand).resolves({});
  mocks.iam.on(DetachRolePolicyCommand).resolves({});
  mocks.iam
    .on(DeleteRoleCommand)
    .rejectsOnce(awsError('DeleteConflictException', 'must delete policies first', 409))
    .resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([...calls, last]);
});

test('counts a missing resource as removed', async () => {
  const gone = awsError('NoSuchEntityException', 'gone', 404);
  mocks.iam.on(DeleteRolePolicyCommand).rejects(gone);
  mocks.iam.on(DetachRolePolicyCommand).rejects(gone);
  mocks.iam.on(DeleteRoleCommand).rejects(gone);
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual(calls);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.iam.on(DeleteRolePolicyCommand).resolves({});
  mocks.iam.on(DetachRolePolicyCommand).rejects(awsError('UnmodifiableEntity', 'only the service can'));
  await expect(remove()).rejects.toMatchObject({ message: 'only the service can' });
  expect(sentCalls()).not.toContainEqual(last);
});
