// The policies of the sandbox's IAM roles: inline policies and attached AWS managed policies.
import {
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makeRole, permissions } from './making.ts';

const RoleName = 'task';
const AWS_POLICIES = 'arn:aws:iam::aws:policy';

async function iamWithRole() {
  const { iam } = await sandbox();
  await makeRole(iam, RoleName);
  return iam;
}
const put = (iam: IAMClient, PolicyDocument: string, PolicyName = 'inline') =>
  iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
const attach = (iam: IAMClient, PolicyArn: string) =>
  iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
const detach = (iam: IAMClient, PolicyArn: string) =>
  iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));

test.each(['constructor', '__proto__'])(
  'an inline policy named %s does not exist until it is put',
  async (name) => {
    const iam = await iamWithRole();
    const get = () => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: name }));
    expect(await refusalOf(get())).toMatchObject({ code: 'NoSuchEntity' });
    await put(iam, permissions(), name);
    expect(await get()).toMatchObject({ PolicyName: name });
  },
);

test('an inline policy can be put, replaced, deleted, and read back URL-encoded', async () => {
  const iam = await iamWithRole();
  const get = (PolicyName = 'inline') => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  await put(iam, permissions({ Sid: 'First' }));
  const second = permissions({ Resource: "arn:aws:s3:::bucket/it's (all)*" });
  await put(iam, second);
  const { PolicyDocument = '', ...names } = await get();
  expect(names).toMatchObject({ RoleName, PolicyName: 'inline' });
  expect(PolicyDocument).not.toMatch(/[^\w.~%-]/);
  expect(decodeURIComponent(PolicyDocument)).toBe(second);
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
  const notFound = { code: 'NoSuchEntity', message: 'The role policy with name inline cannot be found.' };
  expect(await refusalOf(get())).toEqual(notFound);
  const again = iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
  expect(await refusalOf(again)).toEqual(notFound);
});

test('the inline policies of a role are listed in order of name', async () => {
  const iam = await iamWithRole();
  for (const name of ['b', 'a']) await put(iam, permissions(), name);
  const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  expect(PolicyNames).toEqual(['a', 'b']);
});

test('the inline policies of a role may total 10,240 characters, not counting white space', async () => {
  const iam = await iamWithRole();
  const large = permissions({ Sid: 's'.repeat(5000) });
  await put(iam, large, 'one');
  await put(iam, large.padEnd(9000), 'one');
  await put(iam, large, 'two');
  expect(await refusalOf(put(iam, large, 'three'))).toEqual({
    code: 'LimitExceeded',
    message: 'Maximum policy size of 10240 bytes exceeded for role task',
  });
});

test.each([
  ['text that is not JSON', 'x', 'This policy contains invalid Json'],
  ['no statement', '{}', 'Syntax errors in policy.'],
  ['no effect', permissions({ Effect: undefined }), 'Missing required field Effect'],
  ['a principal', permissions({ Principal: '*' }), 'Policy document should not specify a principal.'],
  ['no action', permissions({ Action: undefined }), 'Policy statement must contain actions.'],
  ['no resource', permissions({ Resource: undefined }), 'Policy statement must contain resources.'],
  [
    'a resource that is not an ARN',
    permissions({ Resource: 'x' }),
    'Resource x must be in ARN format or "*".',
  ],
])('an inline policy with %s is malformed', async (_what, document, message) => {
  const iam = await iamWithRole();
  expect(await refusalOf(put(iam, document))).toEqual({ code: 'MalformedPolicyDocument', message });
});

test('an inline policy with an invalid or long name is refused', async () => {
  const iam = await iamWithRole();
  expect(await refusalOf(put(iam, permissions(), 'a b'))).toEqual({
    code: 'ValidationError',
    message: expect.stringContaining('The specified value for policyName is invalid.'),
  });
  const long = put(iam, permissions(), 'a'.repeat(129));
  expect(await refusalOf(long)).toMatchObject({ code: 'ValidationError' });
});

test('AWS managed policies can be attached and listed, and attaching one again has no effect', async () => {
  const iam = await iamWithRole();
  const arn = `${AWS_POLICIES}/service-role/AmazonECSTaskExecutionRolePolicy`;
  await attach(iam, arn);
  await attach(iam, arn);
  await attach(iam, `${AWS_POLICIES}/AmazonS3ReadOnlyAccess`);
  const list = async (PathPrefix?: string) =>
    (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName, PathPrefix }))).AttachedPolicies;
  const execution = { PolicyName: 'AmazonECSTaskExecutionRolePolicy', PolicyArn: arn };
  expect(await list()).toEqual([
    execution,
    { PolicyName: 'AmazonS3ReadOnlyAccess', PolicyArn: `${AWS_POLICIES}/AmazonS3ReadOnlyAccess` },
  ]);
  expect(await list('/service-role/')).toEqual([execution]);
});

test.each([
  ['an unknown AWS managed policy', `${AWS_POLICIES}/AmazonECSTaskExecutionRolePolicy`],
  ['an unknown customer managed policy', 'arn:aws:iam::000000000000:policy/ours'],
])('%s cannot be attached', async (_what, arn) => {
  const iam = await iamWithRole();
  expect(await refusalOf(attach(iam, arn))).toEqual({
    code: 'NoSuchEntity',
    message: `Policy ${arn} does not exist or is not attachable.`,
  });
});

test('attaching anything but the ARN of a policy is refused', async () => {
  const iam = await iamWithRole();
  expect(await refusalOf(attach(iam, 'arn:aws:iam::aws:role/x'))).toEqual({
    code: 'ValidationError',
    message: 'ARN arn:aws:iam::aws:role/x is not valid.',
  });
  expect(await refusalOf(attach(iam, 'short'))).toMatchObject({ code: 'ValidationError' });
});

test('a policy that is not attached cannot be detached', async () => {
  const iam = await iamWithRole();
  const arn = `${AWS_POLICIES}/AmazonS3ReadOnlyAccess`;
  await attach(iam, arn);
  await detach(iam, arn);
  expect(await refusalOf(detach(iam, arn))).toEqual({
    code: 'NoSuchEntity',
    message: `Policy ${arn} was not found.`,
  });
});

test('a role can have at most ten attached policies', async () => {
  const iam = await iamWithRole();
  const names = [
    'AmazonEC2ContainerRegistryFullAccess',
    'AmazonEC2ContainerRegistryPowerUser',
    'AmazonEC2ContainerRegistryPullOnly',
    'AmazonEC2ContainerRegistryReadOnly',
    'CloudWatchLogsFullAccess',
    'CloudWatchLogsReadOnlyAccess',
    'AmazonS3FullAccess',
    'AmazonS3ReadOnlyAccess',
    'AmazonSQSFullAccess',
    'AmazonSNSFullAccess',
  ];
  for (const name of names) await attach(iam, `${AWS_POLICIES}/${name}`);
  expect(await refusalOf(attach(iam, `${AWS_POLICIES}/ReadOnlyAccess`))).toEqual({
    code: 'LimitExceeded',
    message: 'Cannot exceed quota for PoliciesPerRole: 10',
  });
  await attach(iam, `${AWS_POLICIES}/AmazonS3FullAccess`);
});
