// The customer managed policies of the sandbox's IAM, through the SDK's client.
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  ListEntitiesForPolicyCommand,
  ListPoliciesCommand,
  ListPolicyTagsCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
  type CreatePolicyCommandInput,
  type IAMClient,
  type ListPoliciesCommandInput,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { census } from '../../../../sandbox/census.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { sandboxInWeather } from '../../chaos/scene.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { makeRole, permissions } from './making.ts';

const PolicyArn = 'arn:aws:iam::000000000000:policy/ours';
const create = (iam: IAMClient, rest: Partial<CreatePolicyCommandInput> = {}) =>
  iam.send(new CreatePolicyCommand({ PolicyName: 'ours', PolicyDocument: permissions(), ...rest }));
const get = async (iam: IAMClient) => (await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy;
const attach = (iam: IAMClient, RoleName = 'task') =>
  iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
const remove = (iam: IAMClient) => iam.send(new DeletePolicyCommand({ PolicyArn }));

test('a policy is created with its first version as the default', async () => {
  const { iam } = await sandbox({ clock: manualClock(Date.UTC(2026, 0, 1)) });
  const { Policy } = await create(iam, { Description: 'What tasks may do' });
  const created = new Date('2026-01-01T00:00:00Z');
  expect(Policy).toEqual({
    PolicyName: 'ours',
    PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
    Arn: PolicyArn,
    Path: '/',
    DefaultVersionId: 'v1',
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: created,
    UpdateDate: created,
  });
  expect(await get(iam)).toEqual({ ...Policy, Description: 'What tasks may do', Tags: [] });
});

test('names of policies are unique regardless of case and path', async () => {
  const { iam } = await sandbox();
  await create(iam);
  expect(await refusalOf(create(iam, { PolicyName: 'OURS', Path: '/other/' }))).toEqual({
    code: 'EntityAlreadyExists',
    message: 'A policy called OURS already exists. Duplicate names are not allowed.',
  });
});

test('a policy is found only by its exact ARN', async () => {
  const { iam } = await sandbox();
  await create(iam, { Path: '/team/' });
  for (const arn of [PolicyArn, 'arn:aws:iam::000000000000:policy/team/Ours']) {
    expect(await refusalOf(iam.send(new GetPolicyCommand({ PolicyArn: arn })))).toEqual({
      code: 'NoSuchEntity',
      message: `Policy ${arn} was not found.`,
    });
  }
  const garbage = iam.send(new GetPolicyCommand({ PolicyArn: 'x'.repeat(20) }));
  expect(await refusalOf(garbage)).toEqual({
    code: 'ValidationError',
    message: 'Invalid ARN:  Could not be parsed!',
  });
});

test.each<[string, Partial<CreatePolicyCommandInput>, string, string]>([
  ['an invalid name', { PolicyName: 'a b' }, 'ValidationError', 'The specified value for policyName'],
  ['an invalid path', { Path: '/a' }, 'ValidationError', 'The specified value for path'],
  [
    'a malformed document',
    { PolicyDocument: permissions({ Principal: '*' }) },
    'MalformedPolicyDocument',
    'Policy document should not specify a principal.',
  ],
  [
    'a large document',
    { PolicyDocument: permissions({ Sid: 's'.repeat(6144) }) },
    'LimitExceeded',
    'Cannot exceed quota for PolicySize: 6144',
  ],
  ['a reserved tag', { Tags: [{ Key: 'aws:a', Value: '' }] }, 'InvalidInput', 'reserved for system use'],
])('CreatePolicy refuses %s', async (_what, rest, code, message) => {
  const { iam } = await sandbox();
  expect(await refusalOf(create(iam, rest))).toEqual({ code, message: expect.stringContaining(message) });
});

test('IAM accepts an action of a service that does not exist', async () => {
  const { iam } = await sandbox();
  await create(iam, { PolicyDocument: permissions({ Action: 'nosuchservice:Do' }) });
});

test('an attachment is counted, and keeps the policy and the role from being deleted', async () => {
  const { iam } = await sandbox();
  await create(iam);
  await makeRole(iam);
  await attach(iam);
  expect(await get(iam)).toMatchObject({ AttachmentCount: 1 });
  expect(await refusalOf(remove(iam))).toEqual({
    code: 'DeleteConflict',
    message: 'Cannot delete a policy attached to entities.',
  });
  const removeRole = () => iam.send(new DeleteRoleCommand({ RoleName: 'task' }));
  expect(await refusalOf(removeRole())).toMatchObject({ code: 'DeleteConflict' });
  await iam.send(new DetachRolePolicyCommand({ RoleName: 'task', PolicyArn }));
  expect(await get(iam)).toMatchObject({ AttachmentCount: 0 });
  await remove(iam);
  expect(await refusalOf(attach(iam))).toMatchObject({ code: 'NoSuchEntity' });
  await removeRole();
});

test('policies can be listed by scope, path and use, and in pages; lists show no tags and descriptions', async () => {
  const { iam } = await sandbox();
  await makeRole(iam);
  await create(iam, { Tags: [{ Key: 'a', Value: '1' }], Description: 'about' });
  await create(iam, { PolicyName: 'a', Path: '/team/' });
  await attach(iam);
  const list = (input: ListPoliciesCommandInput) => iam.send(new ListPoliciesCommand(input));
  const names = async (input: ListPoliciesCommandInput) =>
    ((await list(input)).Policies ?? []).map(({ PolicyName }) => PolicyName);
  expect(await names({ Scope: 'Local' })).toEqual(['a', 'ours']);
  expect(await names({ Scope: 'Local', PathPrefix: '/team/' })).toEqual(['a']);
  expect(await names({ OnlyAttached: true })).toEqual(['ours']);
  expect(await names({ PolicyUsageFilter: 'PermissionsBoundary' })).toEqual([]);
  const first = await list({ Scope: 'Local', MaxItems: 1 });
  expect(first).toMatchObject({ IsTruncated: true });
  expect(await names({ Scope: 'Local', Marker: first.Marker })).toEqual(['ours']);
  const [listed] = (await list({ Scope: 'Local', OnlyAttached: true })).Policies ?? [];
  expect(listed).toMatchObject({ PolicyName: 'ours', AttachmentCount: 1 });
  expect([listed?.Tags, listed?.Description]).toEqual([undefined, undefined]);
  expect(await refusalOf(list({ Scope: 'Mine' as 'All' }))).toMatchObject({ code: 'ValidationError' });
});

test('the roles that use a policy are listed', async () => {
  const { iam } = await sandbox();
  await create(iam);
  const { Role } = await makeRole(iam);
  await makeRole(iam, 'bounded', { PermissionsBoundary: PolicyArn });
  await attach(iam);
  const list = async (input: object = {}) =>
    (await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, ...input }))).PolicyRoles?.map(
      ({ RoleName }) => RoleName,
    );
  expect(await list()).toEqual(['task', 'bounded']);
  expect(await list({ PolicyUsageFilter: 'PermissionsPolicy' })).toEqual(['task']);
  expect(await list({ PolicyUsageFilter: 'PermissionsBoundary' })).toEqual(['bounded']);
  expect(await list({ EntityFilter: 'User' })).toEqual([]);
  const all = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
  expect(all).toMatchObject({ PolicyUsers: [], PolicyGroups: [], IsTruncated: false });
  expect(all.PolicyRoles?.[0]?.RoleId).toBe(Role?.RoleId);
});

test('tags of policies are upserted, listed and removed', async () => {
  const { iam } = await sandbox();
  const { Policy } = await create(iam, { Tags: [{ Key: 'Stage', Value: 'dev' }] });
  expect(Policy?.Tags).toEqual([{ Key: 'Stage', Value: 'dev' }]);
  await iam.send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'stage', Value: 'prod' }] }));
  const tags = async () => (await iam.send(new ListPolicyTagsCommand({ PolicyArn }))).Tags;
  expect(await tags()).toEqual([{ Key: 'stage', Value: 'prod' }]);
  await iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys: ['STAGE'] }));
  expect(await tags()).toEqual([]);
});

test('policies survive a restart of the sandbox and are counted in its census', async () => {
  const { iam, world } = await sandbox();
  await create(iam);
  const second = await sandbox();
  second.world.restore(world.snapshot());
  expect(await get(second.iam)).toMatchObject({ PolicyName: 'ours' });
  expect(census(second.world)).toEqual({ 'iam.policies': 1 });
});

test('a new policy is unknown and unlisted until the lag is over', async () => {
  const lag = 5000;
  const { iam, clock } = await sandboxInWeather({ idLagMs: lag, listLagMs: lag });
  await create(iam);
  const listed = async () => (await iam.send(new ListPoliciesCommand({ Scope: 'Local' }))).Policies?.length;
  expect(await refusalOf(get(iam))).toMatchObject({ code: 'NoSuchEntity' });
  expect(await listed()).toBe(0);
  clock.advance(lag);
  expect(await get(iam)).toMatchObject({ PolicyName: 'ours' });
  expect(await listed()).toBe(1);
});
