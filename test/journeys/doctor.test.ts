// A user asks the doctor before a provision: on the sandbox, with a role that may not do everything, and in a full account.
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import type { DoctorResult } from '../../lib/run/doctor-results.ts';
import { machine, type Machine } from './harness.ts';
import { echo, tinyStack } from './tiny-stack.ts';

const REGION = 'eu-west-1';
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

/** Runs the doctor, and returns its exit code and its checks by name. */
async function ask(user: Machine, ...flags: string[]) {
  const { code, stdout } = await user.run('doctor', '--json', ...flags);
  const result = JSON.parse(stdout) as DoctorResult & { readonly ok: boolean };
  const stateOf = (name: string) => result.checks.find((check) => check.name === name);
  return { code, result, stateOf };
}

/** Returns variables with the credentials of a role that may do everything but create a VPC. */
async function limitedRole(endpoint: string): Promise<Readonly<Record<string, string>>> {
  const settings = { endpoint, region: REGION, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
  const [iam, sts] = [new IAMClient(settings), new STSClient(settings)];
  const RoleName = 'deployer';
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      Path: '/team/',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'sts:AssumeRole',
      }),
    }),
  );
  const PolicyDocument = policy(
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'ec2:CreateVpc', Resource: '*' },
  );
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'limited', PolicyDocument }));
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'me' }),
  );
  iam.destroy();
  sts.destroy();
  return {
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? '',
    AWS_ENDPOINT_URL: endpoint,
  };
}

test('the doctor says what keeps a stack from being provisioned, and a provision on AWS stops for the same reasons', async () => {
  const user = await machine();
  await user.start('sandbox').outputs(/answers at/);
  const flags = tinyStack(user, { web: { containers: { app: echo('app', 8000, '/app') } } });

  const well = await ask(user, ...flags);
  expect(well.result.checks.filter(({ state }) => state === 'no')).toEqual([]);
  expect(well).toMatchObject({
    code: 0,
    result: { ok: true, healthy: true, stack: 'tiny-dev', region: REGION },
  });
  const tree = await user.run('doctor', ...flags);
  expect(tree.stdout).toMatch(/^account\n {2}OK {7}credentials +arn:aws:iam::000000000000:user\/sandbox/m);
  expect(tree.stdout).toMatch(/\n\n\d+ OK, 0 NO(, .*)?\n$/);

  const broken = user.write('broken.config.ts', 'export default { name: "tiny", region: "nowhere" };');
  const invalid = await ask(user, '--config', broken);
  expect(invalid).toMatchObject({ code: 1, result: { ok: false, stack: null, account: '000000000000' } });
  expect(invalid.stateOf('configuration')).toMatchObject({
    state: 'no',
    text: expect.stringMatching(/region/),
  });
  expect(invalid.stateOf('quotas')).toMatchObject({ state: 'skipped', text: 'needs a valid configuration' });

  const role = await limitedRole(user.endpoint);
  Object.assign(user.env, role);
  const denied = await ask(user, '--target', 'aws', ...flags);
  expect(denied.code).toBe(1);
  expect(denied.stateOf('credentials')).toMatchObject({
    text: expect.stringMatching(/assumed-role\/deployer\/me, account 000000000000/),
  });
  expect(denied.stateOf('permissions')).toMatchObject({
    state: 'no',
    text: expect.stringMatching(
      /an action that a provision needs\.\nec2:CreateVpc on arn:aws:ec2:.*: a policy denies it\.$/,
    ),
  });
  expect(JSON.stringify(denied.result)).not.toContain(role['AWS_SECRET_ACCESS_KEY']);
  expect(JSON.stringify(denied.result)).not.toContain(role['AWS_SESSION_TOKEN']);
  const provision = await user.run('provision', '--target', 'aws', '--yes', ...flags);
  expect(provision).toMatchObject({
    code: 1,
    problem: { code: 'ACCESS_DENIED', now: 'Nothing was changed.' },
  });
  expect(await user.census()).toEqual({ 'iam.roles': 1 });

  const settings = {
    endpoint: user.endpoint,
    region: REGION,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  };
  const ec2 = new EC2Client(settings);
  for (const second of [1, 2, 3, 4, 5])
    await ec2.send(new CreateVpcCommand({ CidrBlock: `10.${second}.0.0/16` }));
  ec2.destroy();
  const full = await ask(user, '--target', 'aws', ...flags);
  expect(full.stateOf('quotas')).toMatchObject({
    state: 'no',
    text: 'VPCs: 5 of 5 in use, the stack adds 1.',
    fix: [expect.stringMatching(/--quota-code L-F678F1CE --desired-value 6/), expect.anything()],
  });
  const both = await user.run('provision', '--target', 'aws', '--yes', ...flags);
  expect(both).toMatchObject({ code: 1, problem: { code: 'SURROUNDINGS' } });
});
