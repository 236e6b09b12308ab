// The sandbox's IAM roles, through the SDK's client.
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListInstanceProfilesForRoleCommand,
  ListRoleTagsCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
  type CreateRoleCommandInput,
  type IAMClient,
  type Tag,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { makeRole, trustPolicy } from './making.ts';

const get = async (iam: IAMClient, RoleName = 'task') =>
  (await iam.send(new GetRoleCommand({ RoleName }))).Role;

test('a role is created with the given members and returned with its trust policy URL-encoded', async () => {
  // IAM's times have no fractions of a second.
  const { iam } = await sandbox({ clock: manualClock(Date.UTC(2026, 0, 1, 0, 0, 0, 789)) });
  const { Role } = await makeRole(iam, 'task', {
    Path: '/slipway/',
    Description: 'What a task may do',
    MaxSessionDuration: 7200,
    Tags: [{ Key: 'one', Value: '1' }],
  });
  expect(Role).toEqual({
    Path: '/slipway/',
    RoleName: 'task',
    RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
    Arn: 'arn:aws:iam::000000000000:role/slipway/task',
    CreateDate: new Date('2026-01-01T00:00:00Z'),
    AssumeRolePolicyDocument: encodeURIComponent(trustPolicy()),
    Description: 'What a task may do',
    MaxSessionDuration: 7200,
    Tags: [{ Key: 'one', Value: '1' }],
  });
  expect(await get(iam)).toEqual({ ...Role, RoleLastUsed: {} });
});

test('role names are unique regardless of case', async () => {
  const { iam } = await sandbox();
  await makeRole(iam, 'Task');
  expect(await refusalOf(makeRole(iam, 'tASK'))).toEqual({
    code: 'EntityAlreadyExists',
    message: 'Role with name tASK already exists.',
  });
});

test('a role that is created again under the same name has a new id', async () => {
  const { iam } = await sandbox();
  const first = (await makeRole(iam)).Role;
  await iam.send(new DeleteRoleCommand({ RoleName: 'task' }));
  const second = (await makeRole(iam)).Role;
  expect(second?.Arn).toBe(first?.Arn);
  expect(second?.RoleId).not.toBe(first?.RoleId);
});

test.each<[string, Partial<CreateRoleCommandInput>, string]>([
  [
    'a name with a slash',
    { RoleName: 'a/b' },
    'The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
  ],
  ['a name of 65 characters', { RoleName: 'a'.repeat(65) }, 'length less than or equal to 64'],
  ['an empty name', { RoleName: '' }, 'length greater than or equal to 1'],
  ['a path without a slash at its end', { Path: '/slipway' }, 'The specified value for path is invalid.'],
  ['a description of 1001 characters', { Description: 'd'.repeat(1001) }, 'less than or equal to 1000'],
  ['a description with invalid characters', { Description: '\u2014' }, 'regular expression pattern'],
  ['a session of less than an hour', { MaxSessionDuration: 3599 }, 'greater than or equal to 3600'],
  ['a session of more than half a day', { MaxSessionDuration: 43201 }, 'less than or equal to 43200'],
  ['a tag with an invalid key', { Tags: [{ Key: 'a?', Value: '' }] }, 'tags.1.member.key'],
  ['a tag with an invalid value', { Tags: [{ Key: 'a', Value: '?' }] }, 'tags.1.member.value'],
])('CreateRole refuses %s', async (_what, rest, reason) => {
  const { iam } = await sandbox();
  expect(await refusalOf(makeRole(iam, 'task', rest))).toEqual({
    code: 'ValidationError',
    message: expect.stringContaining(reason),
  });
});

test('an unknown role is refused with an error that names the role', async () => {
  const { iam } = await sandbox();
  const refusal = {
    code: 'NoSuchEntity',
    message: 'The role with name gone cannot be found.',
  };
  const RoleName = 'gone';
  expect(await refusalOf(get(iam, RoleName))).toEqual(refusal);
  expect(await refusalOf(iam.send(new DeleteRoleCommand({ RoleName })))).toEqual(refusal);
  expect(await refusalOf(iam.send(new ListInstanceProfilesForRoleCommand({ RoleName })))).toEqual(refusal);
});

test('refusals have the same HTTP status codes as in IAM', async () => {
  const { iam } = await sandbox();
  await makeRole(iam);
  const statusOf = async (call: Promise<unknown>) => {
    const error = (await call.catch((cause: unknown) => cause)) as { $metadata: { httpStatusCode: number } };
    return error.$metadata.httpStatusCode;
  };
  expect(await statusOf(get(iam, 'gone'))).toBe(404);
  expect(await statusOf(makeRole(iam))).toBe(409);
  expect(await statusOf(makeRole(iam, 'a/b'))).toBe(400);
});

test('roles can be found by path prefix, and are listed page by page without their tags', async () => {
  const { iam } = await sandbox();
  for (const name of ['c', 'a', 'b']) {
    await makeRole(iam, name, { Path: '/ours/', Tags: [{ Key: 'one', Value: '1' }] });
  }
  await makeRole(iam, 'd');
  const list = (Marker?: string) =>
    iam.send(new ListRolesCommand({ PathPrefix: '/ours/', MaxItems: 2, Marker }));
  const first = await list();
  const second = await list(first.Marker);
  const names = [first, second].map(({ Roles = [] }) => Roles.map(({ RoleName }) => RoleName));
  expect(names).toEqual([['a', 'b'], ['c']]);
  expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
  expect(first.Roles?.[0]?.Tags).toBeUndefined();
  expect(await refusalOf(list('bogus'))).toMatchObject({ code: 'ValidationError' });
  const tooMany = iam.send(new ListRolesCommand({ MaxItems: 1001 }));
  expect(await refusalOf(tooMany)).toMatchObject({ code: 'ValidationError' });
});

test('UpdateRole leaves omitted members of a role unchanged', async () => {
  const { iam } = await sandbox();
  await makeRole(iam, 'task', { Description: 'first', MaxSessionDuration: 7200 });
  await iam.send(new UpdateRoleCommand({ RoleName: 'task', Description: 'second' }));
  expect(await get(iam)).toMatchObject({ Description: 'second', MaxSessionDuration: 7200 });
  await iam.send(new UpdateRoleCommand({ RoleName: 'task', MaxSessionDuration: 3600 }));
  expect(await get(iam)).toMatchObject({ Description: 'second', MaxSessionDuration: 3600 });
  const described = await iam.send(
    new UpdateRoleDescriptionCommand({ RoleName: 'task', Description: 'third' }),
  );
  expect(described.Role?.Description).toBe('third');
});

test('the trust policy of a role can be replaced, but only by a valid one', async () => {
  const { iam } = await sandbox();
  await makeRole(iam);
  const update = (PolicyDocument: string) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'task', PolicyDocument }));
  const other = trustPolicy({ Principal: { Service: 'ecs.amazonaws.com' } });
  await update(other);
  expect(await refusalOf(update('{}'))).toMatchObject({ code: 'MalformedPolicyDocument' });
  expect(decodeURIComponent((await get(iam))?.AssumeRolePolicyDocument ?? '')).toBe(other);
});

test('a role cannot be deleted while it has policies', async () => {
  const { iam } = await sandbox();
  const RoleName = 'task';
  const PolicyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
  const PolicyDocument = JSON.stringify({
    Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
  });
  await makeRole(iam);
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument }));
  const remove = () => iam.send(new DeleteRoleCommand({ RoleName }));
  expect(await refusalOf(remove())).toEqual({
    code: 'DeleteConflict',
    message: 'Cannot delete entity, must detach all policies first.',
  });
  await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  expect(await refusalOf(remove())).toEqual({
    code: 'DeleteConflict',
    message: 'Cannot delete entity, must delete policies first.',
  });
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
  await remove();
  expect(await refusalOf(get(iam))).toMatchObject({ code: 'NoSuchEntity' });
});

test('the list of instance profiles of a role is always empty', async () => {
  const { iam } = await sandbox();
  await makeRole(iam);
  const response = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'task' }));
  expect(response).toMatchObject({ InstanceProfiles: [], IsTruncated: false });
});

test('role tags are upserted and removed by key, regardless of case', async () => {
  const { iam } = await sandbox();
  await makeRole(iam, 'task', { Tags: [{ Key: 'Stage', Value: 'dev' }] });
  const RoleName = 'task';
  await iam.send(
    new TagRoleCommand({
      RoleName,
      Tags: [
        { Key: 'stage', Value: 'prod' },
        { Key: 'owner', Value: 'us' },
      ],
    }),
  );
  const tags = async () => (await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags;
  expect(await tags()).toEqual([
    { Key: 'stage', Value: 'prod' },
    { Key: 'owner', Value: 'us' },
  ]);
  await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['STAGE'] }));
  expect(await tags()).toEqual([{ Key: 'owner', Value: 'us' }]);
});

test.each<[string, Tag[], string]>([
  [
    'the same key twice',
    [
      { Key: 'a', Value: '1' },
      { Key: 'A', Value: '2' },
    ],
    'InvalidInput',
  ],
  ['a reserved key', [{ Key: 'aws:one', Value: '1' }], 'InvalidInput'],
  [
    'more than 50 tags',
    Array.from({ length: 51 }, (_, n) => ({ Key: `key${n}`, Value: '' })),
    'ValidationError',
  ],
])('TagRole refuses %s', async (_what, Tags, code) => {
  const { iam } = await sandbox();
  await makeRole(iam);
  expect(await refusalOf(iam.send(new TagRoleCommand({ RoleName: 'task', Tags })))).toMatchObject({ code });
});

test('roles are visible in every region', async () => {
  const { iam, world } = await sandbox();
  await iam.send(new CreateRoleCommand({ RoleName: 'task', AssumeRolePolicyDocument: trustPolicy() }));
  expect(world.region('us-east-1').iam.roles.size).toBe(1);
});
