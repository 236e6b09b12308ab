// The versions of managed policies, the policies that AWS manages, and permissions boundaries, through the SDK's client.
import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRolePermissionsBoundaryCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  PutRolePermissionsBoundaryCommand,
  SetDefaultPolicyVersionCommand,
  AttachRolePolicyCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makeRole, permissions } from './making.ts';

const PolicyArn = 'arn:aws:iam::000000000000:policy/ours';
const EXECUTION = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';

async function iamWithPolicy() {
  const { iam } = await sandbox();
  await iam.send(new CreatePolicyCommand({ PolicyName: 'ours', PolicyDocument: permissions() }));
  return iam;
}
const add = (iam: IAMClient, SetAsDefault?: boolean, PolicyDocument = permissions({ Sid: 'Next' })) =>
  iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault }));
const remove = (iam: IAMClient, VersionId: string) =>
  iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
const versions = async (iam: IAMClient, arn = PolicyArn) =>
  (await iam.send(new ListPolicyVersionsCommand({ PolicyArn: arn }))).Versions ?? [];
const getVersion = async (iam: IAMClient, VersionId: string, arn = PolicyArn) =>
  (await iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId }))).PolicyVersion;

test('a new version becomes the default only on request, and its document is returned URL-encoded', async () => {
  const iam = await iamWithPolicy();
  const defaultVersion = async () =>
    (await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.DefaultVersionId;
  const { PolicyVersion } = await add(iam);
  expect(PolicyVersion).toMatchObject({ VersionId: 'v2', IsDefaultVersion: false });
  expect(await defaultVersion()).toBe('v1');
  await add(iam, true);
  expect(await defaultVersion()).toBe('v3');
  expect((await versions(iam)).map(({ VersionId }) => VersionId)).toEqual(['v3', 'v2', 'v1']);
  expect((await versions(iam))[0]?.Document).toBeUndefined();
  const second = await getVersion(iam, 'v2');
  expect(second).toMatchObject({ VersionId: 'v2', IsDefaultVersion: false });
  expect(second?.Document).toBe(encodeURIComponent(permissions({ Sid: 'Next' })).replaceAll('*', '%2A'));
  await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
  expect(await defaultVersion()).toBe('v2');
});

test('a policy has at most five versions, and the number of a deleted version is not used again', async () => {
  const iam = await iamWithPolicy();
  for (let count = 1; count < 5; count += 1) await add(iam);
  expect(await refusalOf(add(iam))).toEqual({
    code: 'LimitExceeded',
    message:
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
  });
  await remove(iam, 'v5');
  expect((await add(iam)).PolicyVersion?.VersionId).toBe('v6');
});

test('the default version cannot be deleted, and a policy with other versions cannot be deleted', async () => {
  const iam = await iamWithPolicy();
  await add(iam);
  expect(await refusalOf(remove(iam, 'v1'))).toEqual({
    code: 'DeleteConflict',
    message: 'Cannot delete the default version of a policy.',
  });
  const removePolicy = () => iam.send(new DeletePolicyCommand({ PolicyArn }));
  expect(await refusalOf(removePolicy())).toEqual({
    code: 'DeleteConflict',
    message: expect.stringContaining('This policy has more than one version.'),
  });
  await remove(iam, 'v2');
  await removePolicy();
  expect(await refusalOf(versions(iam))).toMatchObject({ code: 'NoSuchEntity' });
});

test('unknown versions, malformed version ids and large documents are refused', async () => {
  const iam = await iamWithPolicy();
  for (const call of [
    () => getVersion(iam, 'v9'),
    () => remove(iam, 'v9'),
    () => iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v9' })),
  ]) {
    expect(await refusalOf(call())).toEqual({
      code: 'NoSuchEntity',
      message: `Policy ${PolicyArn} version v9 does not exist or is not attachable.`,
    });
  }
  expect(await refusalOf(getVersion(iam, 'nine'))).toMatchObject({ code: 'ValidationError' });
  const large = permissions({ Sid: 's'.repeat(6144) });
  expect(await refusalOf(add(iam, false, large))).toMatchObject({ code: 'LimitExceeded' });
});

test("AWS's policies are returned with their published version, dates and document", async () => {
  const { iam } = await sandbox();
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: EXECUTION }));
  expect(Policy).toMatchObject({
    PolicyName: 'AmazonECSTaskExecutionRolePolicy',
    Path: '/service-role/',
    DefaultVersionId: 'v1',
    CreateDate: new Date('2017-11-16T18:48:22Z'),
  });
  const version = await getVersion(iam, 'v1', EXECUTION);
  expect(JSON.parse(decodeURIComponent(version?.Document ?? ''))).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'ecr:GetAuthorizationToken',
          'ecr:BatchCheckLayerAvailability',
          'ecr:GetDownloadUrlForLayer',
          'ecr:BatchGetImage',
          'logs:CreateLogStream',
          'logs:PutLogEvents',
        ],
        Resource: '*',
      },
    ],
  });
  expect(await versions(iam, EXECUTION)).toHaveLength(1);
});

test("the sandbox invents no documents or versions of AWS's policies, and no policies of other partitions", async () => {
  const { iam, url } = await sandbox();
  const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  const current = (await iam.send(new GetPolicyCommand({ PolicyArn: readOnly }))).Policy?.DefaultVersionId;
  const notImplemented = { code: 'NotImplemented' };
  expect(await refusalOf(getVersion(iam, current ?? '', readOnly))).toMatchObject(notImplemented);
  expect(await refusalOf(getVersion(iam, 'v1', readOnly))).toMatchObject(notImplemented);
  expect(await refusalOf(versions(iam, readOnly))).toMatchObject(notImplemented);
  expect(await refusalOf(getVersion(iam, 'v2', EXECUTION))).toMatchObject({ code: 'NoSuchEntity' });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const china = new IAMClient({ endpoint: url, region: 'cn-north-1', credentials, maxAttempts: 1 });
  const arn = EXECUTION.replace('arn:aws:', 'arn:aws-cn:');
  expect(await refusalOf(china.send(new GetPolicyCommand({ PolicyArn: arn })))).toMatchObject(notImplemented);
  china.destroy();
});

test("AWS's policies are listed page by page and cannot be changed", async () => {
  const { iam } = await sandbox();
  const page = await iam.send(new ListPoliciesCommand({ Scope: 'AWS', MaxItems: 1000 }));
  expect(page.Policies).toHaveLength(1000);
  const rest = await iam.send(new ListPoliciesCommand({ Scope: 'AWS', MaxItems: 1000, Marker: page.Marker }));
  expect(rest.IsTruncated).toBe(false);
  const remove = iam.send(new DeletePolicyCommand({ PolicyArn: EXECUTION }));
  expect(await refusalOf(remove)).toMatchObject({ code: 'AccessDenied' });
});

test('a policy of a service-linked role cannot be attached to another role', async () => {
  const { iam } = await sandbox();
  await makeRole(iam);
  const arn = 'arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy';
  const attach = iam.send(new AttachRolePolicyCommand({ RoleName: 'task', PolicyArn: arn }));
  expect(await refusalOf(attach)).toMatchObject({ code: 'PolicyNotAttachable' });
});

test('a permissions boundary can be set, replaced and removed, and keeps its policy from being deleted', async () => {
  const iam = await iamWithPolicy();
  await makeRole(iam, 'task', { PermissionsBoundary: PolicyArn });
  const boundary = async () =>
    (await iam.send(new GetRoleCommand({ RoleName: 'task' }))).Role?.PermissionsBoundary;
  expect(await boundary()).toEqual({ PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: PolicyArn });
  const removePolicy = () => iam.send(new DeletePolicyCommand({ PolicyArn }));
  expect(await refusalOf(removePolicy())).toMatchObject({ code: 'DeleteConflict' });
  const put = (PermissionsBoundary: string) =>
    iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'task', PermissionsBoundary }));
  const powerUser = 'arn:aws:iam::aws:policy/PowerUserAccess';
  await put(powerUser);
  expect(await boundary()).toMatchObject({ PermissionsBoundaryArn: powerUser });
  await removePolicy();
  expect(await refusalOf(put(PolicyArn))).toEqual({
    code: 'NoSuchEntity',
    message: `Scope ARN: ${PolicyArn} does not exist or is not attachable.`,
  });
  const clear = () => iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'task' }));
  await clear();
  expect(await boundary()).toBeUndefined();
  expect(await refusalOf(clear())).toMatchObject({ code: 'NoSuchEntity' });
});
