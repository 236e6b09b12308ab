// The look for ECS's service-linked role.
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { lookServiceLinkedRole } from '../../../../lib/look/service-linked-role.ts';
import { awsError, mocks, lookContextOf, sentCalls } from '../../step-harness.ts';

const PATH = '/aws-service-role/ecs.amazonaws.com/';
const role = { RoleName: 'AWSServiceRoleForECS' } as never;

test('the look reads the role by its path, which no other role has', async () => {
  mocks.iam.on(ListRolesCommand).resolves({ Roles: [role] });
  const found = await lookServiceLinkedRole(lookContextOf());
  expect(Object.fromEntries(found)).toEqual({ '': { roleName: 'AWSServiceRoleForECS', tags: {} } });
  expect(sentCalls()).toEqual([{ command: 'ListRoles', input: { PathPrefix: PATH } }]);
});

test('the look continues after an empty page that is not the last', async () => {
  mocks.iam
    .on(ListRolesCommand)
    .callsFake(({ Marker }: { Marker?: string }) =>
      Marker === undefined ? { Roles: [], IsTruncated: true, Marker: 'next' } : { Roles: [role] },
    );
  expect((await lookServiceLinkedRole(lookContextOf())).size).toBe(1);
  expect(sentCalls()).toHaveLength(2);
});

test('the look finds nothing in an account that has never used ECS', async () => {
  mocks.iam.on(ListRolesCommand).resolves({ Roles: [] });
  expect((await lookServiceLinkedRole(lookContextOf())).size).toBe(0);
});

test('the look fails when AWS returns an error', async () => {
  mocks.iam.on(ListRolesCommand).rejects(awsError('AccessDenied', 'not allowed'));
  await expect(lookServiceLinkedRole(lookContextOf())).rejects.toMatchObject({ message: 'not allowed' });
});
