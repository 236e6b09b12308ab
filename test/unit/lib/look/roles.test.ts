// The look for our two roles, with their policies.
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { lookRoles } from '../../../../lib/look/roles.ts';
import { recordedIn } from '../../../../lib/look/context.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const RoleName = 'shop-dev-execution';
const notFound = awsError('NoSuchEntityException', 'gone', 404);
const encoded = (policy: object) => encodeURIComponent(JSON.stringify(policy));

/** Mocks the execution role, whose policies are in pages of one. The task role does not exist. */
function mockExecutionRole(): void {
  mocks.iam.on(ListRolesCommand).resolves({});
  mocks.iam.on(GetRoleCommand).rejects(notFound);
  mocks.iam.on(ListAttachedRolePoliciesCommand).rejects(notFound);
  mocks.iam.on(ListRolePoliciesCommand).rejects(notFound);
  mocks.iam.on(GetRoleCommand, { RoleName }).resolves({
    Role: {
      Arn: 'arn:role',
      AssumeRolePolicyDocument: encoded({ Version: '1', Statement: [{ Sid: 'a b', Effect: 'Allow' }] }),
      Tags: toPascalCaseTags(ourTags('roles', 'execution')),
    } as never,
  });
  mocks.iam
    .on(ListAttachedRolePoliciesCommand, { RoleName })
    .callsFake(({ Marker }: { Marker?: string }) =>
      Marker === undefined
        ? { AttachedPolicies: [{ PolicyArn: 'arn:one' }], IsTruncated: true, Marker: 'next' }
        : { AttachedPolicies: [{ PolicyArn: 'arn:two' }] },
    );
  mocks.iam
    .on(ListRolePoliciesCommand, { RoleName })
    .callsFake(({ Marker }: { Marker?: string }) =>
      Marker === undefined
        ? { PolicyNames: ['slipway'], IsTruncated: true, Marker: 'next' }
        : { PolicyNames: ['more'] },
    );
  mocks.iam.on(GetRolePolicyCommand).callsFake(({ PolicyName }: { PolicyName: string }) => ({
    PolicyDocument: encoded({ b: PolicyName, a: 1 }),
  }));
}

test('the look reads a role and all pages of its policies, and sorts the keys of the documents', async () => {
  mockExecutionRole();
  expect(Object.fromEntries(await lookRoles(lookContextOf()))).toEqual({
    execution: {
      roleName: RoleName,
      roleArn: 'arn:role',
      trustPolicy: '{"Statement":[{"Effect":"Allow","Sid":"a b"}],"Version":"1"}',
      inlinePolicies: { slipway: '{"a":1,"b":"slipway"}', more: '{"a":1,"b":"more"}' },
      attachedPolicies: ['arn:one', 'arn:two'],
      tags: ourTags('roles', 'execution'),
    },
  });
});

test('the look leaves out a policy that is deleted during the look', async () => {
  mockExecutionRole();
  mocks.iam.on(GetRolePolicyCommand, { PolicyName: 'more' }).rejects(notFound);
  expect((await lookRoles(lookContextOf())).get('execution')?.inlinePolicies).toEqual({
    slipway: '{"a":1,"b":"slipway"}',
  });
});

test.each([
  ['the role itself', GetRoleCommand],
  ['its managed policies', ListAttachedRolePoliciesCommand],
  ['its inline policies', ListRolePoliciesCommand],
])('the look finds nothing when a role is deleted before %s can be read', async (_what, command) => {
  mockExecutionRole();
  mocks.iam.on(command as typeof GetRoleCommand, { RoleName }).rejects(notFound);
  expect((await lookRoles(lookContextOf())).size).toBe(0);
});

test('the look returns a policy that is not JSON unchanged', async () => {
  mockExecutionRole();
  mocks.iam.on(GetRolePolicyCommand, { PolicyName: 'more' }).resolves({ PolicyDocument: 'not%20json' });
  expect((await lookRoles(lookContextOf())).get('execution')?.inlinePolicies['more']).toBe('"not json"');
});

test('the look fails with any other error', async () => {
  mockExecutionRole();
  mocks.iam.on(GetRoleCommand, { RoleName }).rejects(awsError('AccessDenied', 'not allowed', 403));
  await expect(lookRoles(lookContextOf())).rejects.toMatchObject({ message: 'not allowed' });
});

test('the look requests the policies after it has found the role, or immediately if the role is recorded in the state', async () => {
  mocks.iam.on(ListRolesCommand).resolves({});
  const policyCallCount = () => sentCalls().filter(({ command }) => command.endsWith('Policies')).length;
  for (const command of [GetRoleCommand, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand]) {
    mocks.iam.on(command as typeof GetRoleCommand).rejects(notFound);
  }
  expect((await lookRoles(lookContextOf())).size).toBe(0);
  expect(policyCallCount()).toBe(0);
  const recorded = recordedIn({ 'roles.execution': { roleName: RoleName, roleArn: 'arn:role' } });
  expect((await lookRoles({ ...lookContextOf(), recorded })).size).toBe(0);
  expect(policyCallCount()).toBe(2);
});

test('the look also finds the roles of services that are not configured: those in the state, and those under the path', async () => {
  mocks.iam.on(ListAttachedRolePoliciesCommand).resolves({});
  mocks.iam.on(ListRolePoliciesCommand).resolves({});
  mocks.iam.on(GetRoleCommand).rejects(notFound);
  mocks.iam.on(ListRolesCommand, { PathPrefix: '/slipway/shop-dev/' }).resolves({
    Roles: ['shop-dev-task', 'shop-dev-task-old', 'other'].map((name) => ({ RoleName: name })) as never,
  });
  for (const key of ['old', 'gone'])
    mocks.iam
      .on(GetRoleCommand, { RoleName: `shop-dev-task-${key}` })
      .resolves({ Role: { PermissionsBoundary: { PermissionsBoundaryArn: 'arn:boundary' } } as never });
  const recorded = recordedIn({ 'roles.task-gone': { roleName: 'shop-dev-task-gone', roleArn: 'arn:role' } });
  const found = await lookRoles({ ...lookContextOf(), recorded });
  expect([...found.keys()]).toEqual(['task-gone', 'task-old']);
  expect(found.get('task-old')?.permissionsBoundary).toBe('arn:boundary');
});

test('the look works without the permission to list roles', async () => {
  mockExecutionRole();
  mocks.iam.on(ListRolesCommand).rejects(awsError('AccessDenied', 'not allowed', 403));
  expect([...(await lookRoles(lookContextOf())).keys()]).toEqual(['execution']);
});

test('the look fails if the list of roles cannot be read for another reason', async () => {
  mockExecutionRole();
  mocks.iam.on(ListRolesCommand).rejects(awsError('ServiceFailure', 'failed', 400));
  await expect(lookRoles(lookContextOf())).rejects.toMatchObject({ message: 'failed' });
});
