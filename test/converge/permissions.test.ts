// The permissions of programs: which roles a stack has, and what they allow before, during and after a deployment.
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords, type Account } from './harness.ts';
import { stack, web } from './stacks.ts';

type ServiceInput = StackInput['services'][string];
const { domain: _domain, ...withoutDomain } = stack();
const withService = (changes: Partial<ServiceInput>, other: Partial<StackInput> = {}): StackInput => ({
  ...withoutDomain,
  ...other,
  services: web({}, changes),
});
const reading = (...buckets: string[]) =>
  buckets.map((bucket) => ({ actions: ['s3:GetObject'], resources: [`arn:aws:s3:::${bucket}/*`] }));
const RoleName = 'shop-dev-task-web';

const statementsOf = async ({ aws }: Account, role = RoleName): Promise<{ Resource: unknown }[]> => {
  const { PolicyDocument = '' } = await aws.iam.send(
    new GetRolePolicyCommand({ RoleName: role, PolicyName: 'slipway' }),
  );
  return (JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: { Resource: unknown }[] }).Statement;
};
const attachedTo = async ({ aws }: Account, role = RoleName) =>
  (await aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role }))).AttachedPolicies?.map(
    ({ PolicyName = '' }) => PolicyName,
  ).sort();
const boundaryOf = async ({ aws }: Account, role: string) =>
  (await aws.iam.send(new GetRoleCommand({ RoleName: role }))).Role?.PermissionsBoundary
    ?.PermissionsBoundaryArn;
const createPolicy = async ({ aws }: Account, PolicyName: string) => {
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  return (await aws.iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }))).Policy?.Arn ?? '';
};
/** Returns the mutating calls to IAM and the deployments since a number of calls, in their order. */
const callsSince = ({ sandbox }: Account, count: number) =>
  sandbox.journal
    .entries()
    .slice(count)
    .filter(
      ({ mutating, service, operation }) => mutating && (service === 'iam' || operation === 'UpdateService'),
    )
    .map(({ operation }) => operation);

describe('permissions', () => {
  test('give a service its own role, and without them it shares the role that permits nothing', async () => {
    const user = await account();
    await user.provision(withService({}));
    const config = withService({ permissions: reading('uploads') });
    expect(planInWords(await user.plan(config))).toEqual([
      'create roles.task-web',
      'remove roles.task',
      'update taskDefinitions.web: taskRole',
      'update services.web: task definition',
    ]);
    await user.provision(config);
    expect(await user.plan(config)).toEqual([]);
    expect(await statementsOf(user)).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::uploads/*'] },
    ]);
    await user.provision(withService({}));
    expect(await user.plan(withService({}))).toEqual([]);
    expect(Object.keys(user.ids()).filter((address) => address.startsWith('roles.'))).toEqual([
      'roles.execution',
      'roles.task',
    ]);
    await user.teardown(withService({}));
    expect(user.census()).toEqual({});
  });

  test('of the version before stay until its deployment is over', async () => {
    const user = await account();
    await user.provision(withService({ permissions: reading('old', 'both') }));
    const config = withService({ permissions: reading('both', 'new'), cpu: 512, memory: 1024 });
    const before = user.sandbox.journal.entries().length;
    await user.provision(config);
    expect(callsSince(user, before)).toEqual(['PutRolePolicy', 'UpdateService', 'PutRolePolicy']);
    expect((await statementsOf(user)).map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:s3:::both/*'],
      ['arn:aws:s3:::new/*'],
    ]);
    expect(await user.plan(config)).toEqual([]);
  });

  test('that someone changed are drift, and are repaired', async () => {
    const user = await account();
    const config = withService({ permissions: reading('uploads') });
    await user.provision(config);
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
    });
    for (const PolicyName of ['slipway', 'other'])
      await user.aws.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    expect((await user.drift(config)).text).toContain('role of the programs of web');
    expect(planInWords(await user.plan(config))).toEqual(['update roles.task-web: inline policies']);
    await user.provision(config);
    expect(await statementsOf(user)).toHaveLength(1);
    expect(await user.plan(config)).toEqual([]);
  });

  test('of a service that is gone are removed, even if the state is lost', async () => {
    const user = await account();
    await user.provision(withService({ permissions: reading('uploads') }));
    user.deleteState();
    const config = { ...withoutDomain, services: { shop: web()['web'] ?? { containers: {} } } };
    expect(planInWords(await user.plan(config))).toContain('remove roles.task-web');
    await user.provision(config);
    expect(await user.plan(config)).toEqual([]);
    await user.teardown(config);
    expect(user.census()).toEqual({});
  });

  test('of another service do not change with a deploy', async () => {
    const user = await account();
    const jobs = {
      permissions: reading('jobs'),
      containers: { job: { image: 'a/job:1', port: 7000, path: '/jobs' } },
    };
    const base = withService({});
    await user.provision(base);
    const both = {
      ...base,
      services: { web: { ...base.services['web'], permissions: reading('web') }, jobs },
    };
    await user.provision(both as StackInput, { deploy: true, service: 'jobs' });
    expect(Object.keys(user.ids())).toEqual(expect.arrayContaining(['roles.task', 'roles.task-jobs']));
    expect(Object.keys(user.ids())).not.toContain('roles.task-web');
  });

  test('that allow everything come with a warning', async () => {
    const user = await account();
    const all = [
      { actions: ['*'], resources: ['*'] },
      { actions: ['s3:*'], resources: ['*'] },
      ...reading('a'),
    ];
    await user.plan(withService({ permissions: all, managedPolicies: ['AdministratorAccess'] }));
    const risk = 'an attacker who takes over a program of web may do the same';
    expect(user.output().warnings).toEqual([
      `services.web.permissions[0] allows every action of AWS on everything in the account: ${risk}`,
      `services.web.permissions[1] allows s3:* on every resource: ${risk}`,
      `services.web.managedPolicies contains AdministratorAccess: ${risk}`,
    ]);
  });
});

describe('managed policies', () => {
  test('are attached and detached, and those of the version before stay until its deployment is over', async () => {
    const user = await account();
    const own = await createPolicy(user, 'orders');
    await user.provision(withService({ managedPolicies: ['AmazonS3ReadOnlyAccess', own] }));
    expect(await attachedTo(user)).toEqual(['AmazonS3ReadOnlyAccess', 'orders']);
    const config = withService({ managedPolicies: ['AmazonSQSReadOnlyAccess', own], cpu: 512, memory: 1024 });
    const before = user.sandbox.journal.entries().length;
    await user.provision(config);
    expect(callsSince(user, before)).toEqual(['AttachRolePolicy', 'UpdateService', 'DetachRolePolicy']);
    expect(await attachedTo(user)).toEqual(['AmazonSQSReadOnlyAccess', 'orders']);
    expect(await user.plan(config)).toEqual([]);
    await user.teardown(config);
    expect(user.census()).toEqual({ 'iam.policies': 1 });
  });

  test('that someone attached or detached are drift, and are repaired', async () => {
    const user = await account();
    const config = withService({ managedPolicies: ['AmazonS3ReadOnlyAccess'] });
    await user.provision(config);
    const arnOf = (name: string) => `arn:aws:iam::aws:policy/${name}`;
    await user.aws.iam.send(
      new DetachRolePolicyCommand({ RoleName, PolicyArn: arnOf('AmazonS3ReadOnlyAccess') }),
    );
    for (const role of [RoleName, 'shop-dev-execution'])
      await user.aws.iam.send(
        new AttachRolePolicyCommand({ RoleName: role, PolicyArn: arnOf('AdministratorAccess') }),
      );
    expect(planInWords(await user.plan(config))).toEqual([
      'update roles.execution: managed policies',
      'update roles.task-web: managed policies',
    ]);
    await user.provision(config);
    expect(await attachedTo(user)).toEqual(['AmazonS3ReadOnlyAccess']);
    expect(await attachedTo(user, 'shop-dev-execution')).toEqual([]);
    expect(await user.plan(config)).toEqual([]);
  });

  test('that leave no room for the new ones are detached first', async () => {
    const user = await account();
    const arns: string[] = [];
    for (let index = 0; index < 20; index += 1) arns.push(await createPolicy(user, `policy-${index}`));
    await user.provision(withService({ managedPolicies: arns.slice(0, 10) }));
    const config = withService({ managedPolicies: arns.slice(10) });
    await user.provision(config);
    expect(await user.plan(config)).toEqual([]);
  });
});

describe('a permissions boundary', () => {
  const ROLES = ['shop-dev-execution', 'shop-dev-task-web'];
  const service = { permissions: reading('uploads') };

  test('is set on every role, changed, removed, and repaired', async () => {
    const user = await account();
    const [one, other] = [await createPolicy(user, 'one'), await createPolicy(user, 'other')];
    const boundaries = async () => Promise.all(ROLES.map((role) => boundaryOf(user, role)));
    for (const permissionsBoundary of [one, other, undefined, one]) {
      const config = withService(service, permissionsBoundary === undefined ? {} : { permissionsBoundary });
      await user.provision(config);
      expect(await boundaries()).toEqual([permissionsBoundary, permissionsBoundary]);
      expect(await user.plan(config)).toEqual([]);
    }
    await user.aws.iam.send(
      new PutRolePermissionsBoundaryCommand({ RoleName: ROLES[0], PermissionsBoundary: other }),
    );
    const config = withService(service, { permissionsBoundary: one });
    expect(planInWords(await user.plan(config))).toEqual(['update roles.execution: permissions boundary']);
    await user.provision(config);
    expect(await boundaries()).toEqual([one, one]);
    await user.teardown(config);
    expect(user.census()).toEqual({ 'iam.policies': 2 });
  });

  test('is part of the create, and comes before the policies of an existing role', async () => {
    const user = await account();
    await user.provision(withService(service));
    const before = user.sandbox.journal.entries().length;
    const config = withService(
      { permissions: reading('a', 'b') },
      { permissionsBoundary: await createPolicy(user, 'one') },
    );
    await user.provision(config);
    const calls = callsSince(user, before).filter((operation) => operation !== 'CreatePolicy');
    expect(calls.slice(0, 3).sort()).toEqual([
      'PutRolePermissionsBoundary',
      'PutRolePermissionsBoundary',
      'PutRolePolicy',
    ]);
    expect(calls.at(-1)).toBe('PutRolePolicy');
  });
});

test('a rollback uses the role of the revision in service: that of the earlier revision may be deleted', async () => {
  const user = await account();
  const digest = `@sha256:${'a'.repeat(64)}`;
  const withImage = (changes: Partial<ServiceInput>): StackInput => ({
    ...withoutDomain,
    services: { web: { containers: { app: { image: `public.ecr.aws/shop/app${digest}` } }, ...changes } },
  });
  await user.provision(withImage({}));
  const config = withImage({ permissions: reading('uploads'), cpu: 512, memory: 1024 });
  await user.provision(config);
  await user.rollback(config);
  expect(planInWords(await user.plan(config))).toEqual([
    'update taskDefinitions.web: cpu, memory',
    'update services.web: task definition',
  ]);
});

test('a role of someone else with the name of our role is refused', async () => {
  const user = await account();
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  });
  await user.aws.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await expect(user.provision(withService({ permissions: reading('a') }))).rejects.toMatchObject({
    code: 'FOREIGN',
  });
  const adopted = withService({ permissions: reading('a') });
  await user.provision(adopted, { adopt: ['roles.task-web'] });
  expect(await user.plan(adopted)).toEqual([]);
});
