// The temporary credentials of the sandbox's STS, through the SDK's client.
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import {
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
  type AssumeRoleCommandInput,
  type Credentials,
} from '@aws-sdk/client-sts';
import { afterEach, expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { sandboxInWeather } from '../../chaos/scene.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { makeRole, trustPolicy } from '../iam/making.ts';

const ACCOUNT = 'arn:aws:iam::000000000000';
const RoleArn = `${ACCOUNT}:role/task`;
const USER = `${ACCOUNT}:user/sandbox`;
const SESSION = 'arn:aws:sts::000000000000:assumed-role/task/session';
const NOW = Date.UTC(2026, 0, 1);

const trusting = (AWS: string | string[], statement: object = {}) =>
  trustPolicy({ Principal: { AWS }, ...statement });
const assume = (sts: STSClient, rest: Partial<AssumeRoleCommandInput> = {}) =>
  sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session', ...rest }));
const identityOf = (sts: STSClient) => sts.send(new GetCallerIdentityCommand({}));

const opened: { destroy(): void }[] = [];
afterEach(() => {
  for (const client of opened.splice(0)) client.destroy();
});

/** Starts a sandbox with a role that trusts the account, and with clients for temporary credentials. */
async function scene(document = trusting(`${ACCOUNT}:root`), MaxSessionDuration = 3600) {
  const clock = manualClock(NOW);
  const started = await sandbox({ clock });
  const { iam, url } = started;
  const { Role } = await makeRole(iam, 'task', { AssumeRolePolicyDocument: document, MaxSessionDuration });
  const clientsWith = (
    { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }: Partial<Credentials> = {},
    region = 'eu-west-1',
  ) => {
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    const settings = { endpoint: url, region, maxAttempts: 1, credentials };
    const clients = {
      sts: new STSClient(settings),
      iam: new IAMClient(settings),
      ec2: new EC2Client(settings),
      ecs: new ECSClient(settings),
    };
    opened.push(...Object.values(clients));
    return clients;
  };
  return { ...started, clock, RoleId: Role?.RoleId ?? '', clientsWith };
}

test('a caller with the credentials of a role is a session of the role', async () => {
  const { sts, RoleId, clientsWith } = await scene();
  const { Credentials, AssumedRoleUser } = await assume(sts);
  expect(AssumedRoleUser).toEqual({ AssumedRoleId: `${RoleId}:session`, Arn: SESSION });
  expect(Credentials).toMatchObject({
    AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
    SecretAccessKey: expect.stringMatching(/^.{40}$/),
    Expiration: new Date(NOW + 3_600_000),
  });
  expect(await identityOf(clientsWith(Credentials).sts)).toMatchObject({
    UserId: `${RoleId}:session`,
    Account: '000000000000',
    Arn: SESSION,
  });
  expect(await identityOf(sts)).toMatchObject({ Arn: USER });
});

test('the last use of a role is the last call of its sessions', async () => {
  const { sts, iam, clock, clientsWith } = await scene();
  const lastUse = async () => (await iam.send(new GetRoleCommand({ RoleName: 'task' }))).Role?.RoleLastUsed;
  const { Credentials } = await assume(sts);
  expect(await lastUse()).toEqual({});
  clock.advance(60_000);
  await clientsWith(Credentials, 'eu-central-1').ec2.send(new DescribeVpcsCommand({}));
  expect(await lastUse()).toEqual({ LastUsedDate: new Date(NOW + 60_000), Region: 'eu-central-1' });
});

test('the secret key and the session token are not stored', async () => {
  const { sts, world } = await scene();
  const { Credentials } = await assume(sts);
  const stored = JSON.stringify(world.snapshot());
  expect(stored).toContain(Credentials?.AccessKeyId);
  expect(stored).not.toContain(Credentials?.SecretAccessKey);
  expect(stored).not.toContain(Credentials?.SessionToken);
});

test('temporary credentials survive a restart of the sandbox', async () => {
  const { sts, world } = await scene();
  const { Credentials } = await assume(sts);
  const second = await scene();
  second.world.restore(world.snapshot());
  const { clientsWith } = second;
  expect(await identityOf(clientsWith(Credentials).sts)).toMatchObject({ Arn: SESSION });
});

test.each<[string, string]>([
  ['any principal', trustPolicy({ Principal: '*' })],
  ['any AWS principal', trusting('*')],
  ['the account', trusting('000000000000')],
  ['the user', trusting([`${ACCOUNT}:root`, USER])],
  ['actions that match a wildcard', trusting(USER, { Action: 'sts:Assume*' })],
  [
    'a caller that meets its conditions',
    trusting(USER, {
      Condition: {
        StringLike: { 'aws:PrincipalArn': `${ACCOUNT}:user/*`, 'sts:RoleSessionName': ['other', 'ses*'] },
        StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' },
        Null: { 'aws:MultiFactorAuthPresent': 'true' },
        BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' },
      },
    }),
  ],
])('a role can be assumed if its trust policy allows %s', async (_what, document) => {
  const { sts } = await scene(document);
  expect((await assume(sts)).AssumedRoleUser?.Arn).toBe(SESSION);
});

test.each<[string, string]>([
  ['names only a service', trustPolicy()],
  ['names another account', trusting('111111111111')],
  ['allows another action', trusting(USER, { Action: 'sts:TagSession' })],
  [
    'has a condition that the call does not meet',
    trusting(USER, { Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } }),
  ],
  [
    'requires a second factor',
    trusting(USER, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
  ],
  [
    'denies every caller',
    JSON.stringify({
      Statement: [
        { Effect: 'Allow', Principal: { AWS: USER }, Action: 'sts:AssumeRole' },
        { Effect: 'Deny', Principal: '*', Action: 'sts:*' },
      ],
    }),
  ],
])('a role cannot be assumed if its trust policy %s', async (_what, document) => {
  const { sts } = await scene(document);
  expect(await refusalOf(assume(sts))).toEqual({
    code: 'AccessDenied',
    message: `User: ${USER} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
  });
});

test('an external id must match, and the refusal is the same as for a role that does not exist', async () => {
  const Condition = { StringEquals: { 'sts:ExternalId': 'right' } };
  const { sts } = await scene(trusting(USER, { Condition }));
  await assume(sts, { ExternalId: 'right' });
  expect(await refusalOf(assume(sts, { ExternalId: 'wrong' }))).toMatchObject({ code: 'AccessDenied' });
  const unknownRole = assume(sts, { RoleArn: `${ACCOUNT}:role/gone` });
  expect(await refusalOf(unknownRole)).toMatchObject({ code: 'AccessDenied' });
});

test('a condition that the sandbox cannot evaluate is refused with an error that names its key', async () => {
  const Condition = { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } };
  const { sts } = await scene(trusting(USER, { Condition }));
  expect(await refusalOf(assume(sts))).toEqual({
    code: 'NotImplemented',
    message: 'The sandbox does not support the condition key aws:MultiFactorAuthAge in trust policies yet',
  });
});

test.each<[string, Partial<AssumeRoleCommandInput>, string]>([
  [
    'an ARN that is not of a role',
    { RoleArn: `${ACCOUNT}:user/sandbox` },
    `${ACCOUNT}:user/sandbox is invalid`,
  ],
  ['a session name with a slash', { RoleSessionName: 'a/b' }, 'regular expression pattern'],
  ['a session of 899 seconds', { DurationSeconds: 899 }, 'greater than or equal to 900'],
  [
    'a longer session than the role allows',
    { DurationSeconds: 7201 },
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  ],
])('AssumeRole refuses %s', async (_what, rest, message) => {
  const { sts } = await scene(trusting(USER), 7200);
  expect(await refusalOf(assume(sts, rest))).toEqual({
    code: 'ValidationError',
    message: expect.stringContaining(message),
  });
});

test('a role can assume another role for at most an hour', async () => {
  const { sts, iam, clientsWith } = await scene(trusting(USER), 7200);
  const document = trusting(RoleArn);
  await makeRole(iam, 'second', { AssumeRolePolicyDocument: document, MaxSessionDuration: 7200 });
  const second = { RoleArn: `${ACCOUNT}:role/second` };
  const first = clientsWith((await assume(sts, { DurationSeconds: 7200 })).Credentials).sts;
  expect((await assume(first, second)).AssumedRoleUser?.Arn).toMatch(/assumed-role\/second\/session$/);
  expect(await refusalOf(assume(first, { ...second, DurationSeconds: 3601 }))).toEqual({
    code: 'ValidationError',
    message:
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
  });
  expect(await refusalOf(assume(sts, second))).toMatchObject({ code: 'AccessDenied' });
});

test('a trust policy that names a deleted role does not trust a new role with the same name', async () => {
  const { sts, iam, clientsWith } = await scene(trusting(USER));
  await makeRole(iam, 'second', { AssumeRolePolicyDocument: trusting(RoleArn) });
  const second = { RoleArn: `${ACCOUNT}:role/second` };
  await iam.send(new DeleteRoleCommand({ RoleName: 'task' }));
  await makeRole(iam, 'task', { AssumeRolePolicyDocument: trusting(USER) });
  const newSession = clientsWith((await assume(sts)).Credentials).sts;
  expect(await refusalOf(assume(newSession, second))).toMatchObject({ code: 'AccessDenied' });
  const PolicyDocument = trusting(RoleArn);
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'second', PolicyDocument }));
  await assume(newSession, second);
});

test('a source identity needs the permission of the trust policy, and cannot change in a chain of roles', async () => {
  const { sts, iam, clientsWith } = await scene(
    trusting([USER], { Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] }),
  );
  const Action = ['sts:AssumeRole', 'sts:SetSourceIdentity'];
  await makeRole(iam, 'second', { AssumeRolePolicyDocument: trusting(RoleArn, { Action }) });
  await makeRole(iam, 'third', { AssumeRolePolicyDocument: trusting('*') });
  const { Credentials, SourceIdentity } = await assume(sts, { SourceIdentity: 'alice' });
  expect(SourceIdentity).toBe('alice');
  const alice = clientsWith(Credentials).sts;
  const second = { RoleArn: `${ACCOUNT}:role/second` };
  expect((await assume(alice, second)).SourceIdentity).toBe('alice');
  const denied = { code: 'AccessDenied', message: expect.stringContaining('sts:SetSourceIdentity') };
  expect(await refusalOf(assume(alice, { ...second, SourceIdentity: 'bob' }))).toEqual(denied);
  expect(await refusalOf(assume(alice, { RoleArn: `${ACCOUNT}:role/third` }))).toEqual(denied);
});

test('expired and unknown credentials are refused with the code of each protocol', async () => {
  const { sts, clock, clientsWith } = await scene();
  const { Credentials } = await assume(sts);
  const codes = async (credentials: Partial<Credentials> | undefined) => {
    const { sts: session, iam, ec2, ecs } = clientsWith(credentials);
    const calls = [
      identityOf(session),
      iam.send(new ListRolesCommand({})),
      ec2.send(new DescribeVpcsCommand({})),
      ecs.send(new ListClustersCommand({})),
    ];
    return Promise.all(calls.map(async (call) => (await refusalOf(call)).code));
  };
  const invalid = [
    'InvalidClientTokenId',
    'InvalidClientTokenId',
    'AuthFailure',
    'UnrecognizedClientException',
  ];
  expect(await codes({ ...Credentials, AccessKeyId: 'ASIAUNKNOWNUNKNOWN22' })).toEqual(invalid);
  expect(await codes({ ...Credentials, SessionToken: 'other' })).toEqual(invalid);
  clock.advance(3_600_000);
  expect(await codes(Credentials)).toEqual([
    'ExpiredToken',
    'ExpiredToken',
    'RequestExpired',
    'ExpiredTokenException',
  ]);
  clock.advance(2 * 86_400_000);
  await assume(sts);
  expect(await codes(Credentials)).toEqual(invalid);
});

test('the credentials of a deleted role are invalid', async () => {
  const { sts, iam, clientsWith } = await scene();
  const { Credentials } = await assume(sts);
  await iam.send(new DeleteRoleCommand({ RoleName: 'task' }));
  const identity = identityOf(clientsWith(Credentials).sts);
  expect(await refusalOf(identity)).toMatchObject({ code: 'InvalidClientTokenId' });
});

test('a new role cannot be assumed until it is visible to STS', async () => {
  const { sts, iam, clock } = await sandboxInWeather({ iamLagMs: 5000 });
  await makeRole(iam, 'task', { AssumeRolePolicyDocument: trusting(USER) });
  expect(await refusalOf(assume(sts))).toMatchObject({ code: 'AccessDenied' });
  clock.advance(5000);
  await assume(sts);
});

test('a session token identifies the user, but neither IAM nor GetSessionToken accepts it', async () => {
  const { sts, clientsWith } = await scene();
  const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
  expect(Credentials?.Expiration).toEqual(new Date(NOW + 43_200_000));
  const session = clientsWith(Credentials).sts;
  expect(await identityOf(session)).toMatchObject({ Arn: USER });
  expect(await refusalOf(session.send(new GetSessionTokenCommand({})))).toEqual({
    code: 'AccessDenied',
    message: 'Cannot call GetSessionToken with session credentials',
  });
  const roles = clientsWith(Credentials).iam.send(new ListRolesCommand({}));
  expect(await refusalOf(roles)).toMatchObject({ code: 'InvalidClientTokenId' });
});

test('every access key belongs to the account', async () => {
  const { sts } = await sandbox();
  const info = await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }));
  expect(info.Account).toBe('000000000000');
});
