// The trust policies of the sandbox's IAM roles, through the SDK's client.
import {
  DeleteRoleCommand,
  GetRoleCommand,
  ListRolesCommand,
  UpdateAssumeRolePolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makeRole, trustPolicy } from './making.ts';

const ACCOUNT = 'arn:aws:iam::000000000000';
const trusting = (AWS: string | string[]) => trustPolicy({ Principal: { AWS } });
const storedPolicy = async (iam: IAMClient, RoleName = 'task') => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
};

test.each([
  ['text that is not JSON', '{', 'This policy contains invalid Json'],
  ['no statement', '{"Version":"2012-10-17"}', 'Syntax errors in policy.'],
  ['an unknown version', trustPolicy().replace('2012-10-17', '2020-01-01'), 'Syntax errors in policy.'],
  ['an unknown member', trustPolicy({ Colour: 'red' }), 'Syntax errors in policy.'],
  [
    'a condition with the name of the prototype',
    trustPolicy({ Condition: { StringEquals: { ['__proto__']: 'a' } } }),
    'Syntax errors in policy.',
  ],
  [
    'a condition operator with the name of the prototype',
    trustPolicy({ Condition: { ['__proto__']: { 'sts:ExternalId': 'a' } } }),
    'Syntax errors in policy.',
  ],
  [
    'a structure as the value of a condition',
    trustPolicy({ Condition: { StringEquals: { 'sts:ExternalId': { toString: 1 } } } }),
    'Syntax errors in policy.',
  ],
  ['no effect', trustPolicy({ Effect: undefined }), 'Missing required field Effect'],
  ['no principal', trustPolicy({ Principal: undefined }), 'Missing required field Principal'],
  ['no action', trustPolicy({ Action: undefined }), 'Missing required field Action'],
  ['a resource', trustPolicy({ Resource: '*' }), 'Has prohibited field Resource'],
  [
    'an action of another service',
    trustPolicy({ Action: 's3:GetObject' }),
    'AssumeRole policy may only specify STS AssumeRole actions.',
  ],
  [
    'an action without a service prefix',
    trustPolicy({ Action: 'AssumeRole' }),
    'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  ],
  [
    'an action that STS does not have',
    trustPolicy({ Action: ['sts:AssumeRole', 'sts:AssumeRoles'] }),
    'AssumeRole policy may only specify STS AssumeRole actions.',
  ],
  [
    'an action of STS that does not assume a role',
    trustPolicy({ Action: 'sts:GetCallerIdentity' }),
    'AssumeRole policy may only specify STS AssumeRole actions.',
  ],
  [
    'a service principal that is not a service of AWS',
    trustPolicy({ Principal: { Service: ['ecs-tasks.amazonaws.com', 'foo.amazonaws.com'] } }),
    'Invalid principal in policy: "SERVICE":"foo.amazonaws.com"',
  ],
  [
    'a service principal that is not a service name',
    trustPolicy({ Principal: { Service: 'ecs-tasks' } }),
    'Invalid principal in policy: "SERVICE":"ecs-tasks"',
  ],
  [
    'a principal that is an unknown role of this account',
    trustPolicy({ Principal: { AWS: 'arn:aws:iam::000000000000:role/gone' } }),
    'Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:role/gone"',
  ],
])('a trust policy with %s is malformed', async (_what, document, message) => {
  const { iam } = await sandbox();
  const call = makeRole(iam, 'task', { AssumeRolePolicyDocument: document });
  expect(await refusalOf(call)).toEqual({ code: 'MalformedPolicyDocument', message });
});

test('existing roles, accounts and "*" can be principals of a trust policy', async () => {
  const { iam } = await sandbox();
  await makeRole(iam, 'first');
  const AWS = ['arn:aws:iam::000000000000:role/first', 'arn:aws:iam::000000000000:root', '111111111111'];
  await makeRole(iam, 'second', { AssumeRolePolicyDocument: trustPolicy({ Principal: { AWS } }) });
  await makeRole(iam, 'third', { AssumeRolePolicyDocument: trustPolicy({ Principal: '*' }) });
  expect((await iam.send(new ListRolesCommand({}))).Roles).toHaveLength(3);
});

test('a trust policy may have 2048 characters, not counting white space', async () => {
  const { iam } = await sandbox();
  const padded = trustPolicy().padEnd(3000);
  await makeRole(iam, 'padded', { AssumeRolePolicyDocument: padded });
  const long = trustPolicy({ Sid: 's'.repeat(2048) });
  expect(await refusalOf(makeRole(iam, 'long', { AssumeRolePolicyDocument: long }))).toEqual({
    code: 'LimitExceeded',
    message: 'Cannot exceed quota for ACLSizePerRole: 2048',
  });
});

test.each([
  'sts:assumerole',
  'sts:AssumeRole*',
  'sts:*',
  'sts:TagSession',
  'sts:SetSourceIdentity',
  'sts:SetContext',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
])('a trust policy can allow %s', async (Action) => {
  const { iam } = await sandbox();
  const document = trustPolicy({ Action });
  await makeRole(iam, 'task', { AssumeRolePolicyDocument: document });
  expect(await storedPolicy(iam)).toBe(document);
});

test('a trust policy keeps its text, including white space', async () => {
  const { iam } = await sandbox();
  await makeRole(iam, 'first');
  const document = JSON.stringify(JSON.parse(trusting(`${ACCOUNT}:role/first`)), null, 3);
  await makeRole(iam, 'task', { AssumeRolePolicyDocument: document });
  expect(await storedPolicy(iam)).toBe(document);
});

test('in a trust policy, the id of a deleted role replaces its ARN, and a new role with the same name changes nothing', async () => {
  const { iam } = await sandbox();
  const first = (await makeRole(iam, 'first')).Role;
  const AWS = [`${ACCOUNT}:role/first`, `${ACCOUNT}:root`];
  await makeRole(iam, 'task', { AssumeRolePolicyDocument: trusting(AWS) });
  await iam.send(new DeleteRoleCommand({ RoleName: 'first' }));
  const orphaned = trusting([first?.RoleId ?? '', `${ACCOUNT}:root`]);
  expect(await storedPolicy(iam)).toBe(orphaned);
  await makeRole(iam, 'first');
  expect(await storedPolicy(iam)).toBe(orphaned);
  const update = (PolicyDocument: string) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'task', PolicyDocument }));
  expect(await refusalOf(update(orphaned))).toEqual({
    code: 'MalformedPolicyDocument',
    message: `Invalid principal in policy: "AWS":"${first?.RoleId}"`,
  });
  await update(trusting(AWS));
  expect(await storedPolicy(iam)).toBe(trusting(AWS));
});

test("in a trust policy, the ARN of the root user replaces a principal's account id, but not one in a condition", async () => {
  const { iam } = await sandbox();
  const Condition = { StringEquals: { 'aws:SourceAccount': '111111111111' } };
  const trust = (AWS: string) => trustPolicy({ Principal: { AWS }, Condition });
  await makeRole(iam, 'task', { AssumeRolePolicyDocument: trust('111111111111') });
  expect(await storedPolicy(iam)).toBe(trust('arn:aws:iam::111111111111:root'));
});

test('the user of the sandbox and sessions of roles can be principals', async () => {
  const { iam } = await sandbox();
  await makeRole(iam, 'first');
  const session = 'arn:aws:sts::000000000000:assumed-role/first/session';
  const document = trusting([`${ACCOUNT}:user/sandbox`, session]);
  await makeRole(iam, 'task', { AssumeRolePolicyDocument: document });
  expect(await storedPolicy(iam)).toBe(document);
  const other = makeRole(iam, 'other', { AssumeRolePolicyDocument: trusting(`${ACCOUNT}:user/other`) });
  expect(await refusalOf(other)).toMatchObject({ code: 'MalformedPolicyDocument' });
});
