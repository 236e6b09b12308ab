// The checks of the account: who calls, with which permissions, in which zones, and within which quotas.
import { DescribeAvailabilityZonesCommand } from '@aws-sdk/client-ec2';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import {
  callerVerdict,
  checkServiceRoles,
  checkZones,
  credentialsVerdict,
  permissionsVerdict,
  quotaVerdict,
} from '../../../doctor/account.ts';
import { awsError, config, lookContextOf, mocks } from '../step-harness.ts';

const caller = { account: '111122223333', caller: 'arn:aws:iam::111122223333:user/me', expires: undefined };
const MINUTE = 60_000;

test.each([
  [undefined, 'ok', /user\/me, account 111122223333$/],
  [600 * MINUTE, 'ok', /expire in 10 h$/],
  [90 * MINUTE, 'ok', /expire in 90 min$/],
  [10 * MINUTE, 'warning', /expire in 10 min, and a provision may take that long/],
  [-MINUTE, 'warning', /expire in 0 min/],
])('credentials that expire after %s ms: %s', (expires, state, text) => {
  expect(callerVerdict({ ...caller, expires }, 0)).toMatchObject({
    state,
    text: expect.stringMatching(text),
  });
});

test.each([
  [
    'expired',
    awsError('ExpiredTokenException', 'The security token is expired', 403),
    /does not accept/,
    /Sign in again/,
  ],
  [
    'missing',
    awsError('CredentialsProviderError', 'Could not load credentials', 0),
    /There are no AWS credentials/,
    /aws configure/,
  ],
  [
    'for an unknown region',
    Object.assign(new Error('getaddrinfo ENOTFOUND sts.eu-west-9.amazonaws.com'), { code: 'ENOTFOUND' }),
    /cannot be reached in eu-west-9/,
    /Check `region`/,
  ],
])('credentials that are %s say NO', (_case, error, text, fix) => {
  const situation = {
    doing: 'a check',
    region: 'eu-west-9',
    command: 'npm run doctor',
    mayHaveChanged: false,
  };
  const verdict = credentialsVerdict(error, situation);
  expect(verdict).toMatchObject({ state: 'no', text: expect.stringMatching(text) });
  expect(verdict.fix?.join('\n')).toMatch(fix);
  expect(verdict.fix?.join('\n')).not.toMatch(/to continue/);
});

test.each([
  [['a', 'b'], 'ok'],
  [['a'], 'no'],
])('zones %j: %s', async (letters, state) => {
  mocks.ec2.on(DescribeAvailabilityZonesCommand).resolves({
    AvailabilityZones: letters.map((letter) => ({ ZoneName: `eu-west-1${letter}` })),
  });
  expect(await checkZones(lookContextOf())).toMatchObject({ state });
});

test.each([
  [{ state: 'simulated', denied: [], allowed: 3, uncertain: [] } as const, 'ok', '3 actions are allowed'],
  [
    { state: 'simulated', denied: [], allowed: 1, uncertain: ['ec2:CreateVpc'] } as const,
    'ok',
    '1 action is allowed; 1 depend on conditions that IAM does not simulate, such as ec2:CreateVpc',
  ],
  [{ state: 'skipped', why: 'no' } as const, 'skipped', 'no'],
  [{ state: 'root' } as const, 'warning', 'The caller is the root user, who may do everything.'],
])('permissions %j', (permissions, state, text) => {
  expect(permissionsVerdict(permissions)).toMatchObject({ state, text });
});

test('denied actions say NO, with their resources; a long list is cut', () => {
  const denied = Array.from({ length: 20 }, (_, index) => ({
    ...{ action: `ec2:Create${index}`, resource: 'arn:x', reason: 'no policy allows it' },
  }));
  const { state, text } = permissionsVerdict({ state: 'simulated', denied, allowed: 0, uncertain: [] });
  expect(state).toBe('no');
  expect(text.split('\n')).toHaveLength(14);
  expect(text).toMatch(
    /^The caller may not perform 20 actions[^]*ec2:Create0 on arn:x: no policy allows it\.[^]*8 more\.$/,
  );
});

test.each([
  [{ ecs: 1, balancing: 1 }, 'all of them exist'],
  [{ ecs: 0, balancing: 1 }, 'ECS: its role is created with the first provision'],
  [
    { ecs: 0, balancing: 0 },
    'ECS and Elastic Load Balancing: their roles are created with the first provision',
  ],
])('service-linked roles %j', async ({ ecs, balancing }, text) => {
  const roles = (count: number) => ({
    Roles: Array.from({ length: count }, () => ({ RoleName: 'x' }) as never),
  });
  mocks.iam
    .on(ListRolesCommand)
    .resolves(roles(balancing))
    .on(ListRolesCommand, { PathPrefix: '/aws-service-role/ecs.amazonaws.com/' })
    .resolves(roles(ecs));
  expect(await checkServiceRoles(lookContextOf())).toEqual({ state: 'ok', text });
});

const quota = { name: 'vpcs', used: 5, added: 1, duringDeployment: 0, limit: 5, isReported: true } as const;
test.each([
  ['a full one', quota, 'no'],
  ['one with room', { ...quota, used: 1 }, 'ok'],
  ['one that the account does not have', { ...quota, limit: undefined }, 'skipped'],
  [
    'one that only has room for a first deployment',
    { ...quota, name: 'fargateCpus' as const, used: 0, added: 4, duringDeployment: 4, limit: 6 },
    'warning',
  ],
])('a quota, %s: %s', (_case, given, state) => {
  const verdict = quotaVerdict(given, config());
  expect(verdict.state).toBe(state);
  expect((verdict.fix ?? []).length).toBe(state === 'no' || state === 'warning' ? 2 : 0);
});
