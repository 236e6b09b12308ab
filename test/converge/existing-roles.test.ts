// Roles and policies that belong to someone else: they are checked before anything is deployed, used, and never changed.
import { CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords, type Account } from './harness.ts';
import { stack, web } from './stacks.ts';

const { domain: _domain, ...withoutDomain } = stack();
const withService = (changes: Partial<StackInput['services'][string]>): StackInput => ({
  ...withoutDomain,
  services: web({}, changes),
});
const createRole = async (
  { aws }: Account,
  RoleName: string,
  service = 'ecs-tasks.amazonaws.com',
  Path = '/',
) => {
  const Statement = [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const { Role } = await aws.iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument }));
  return Role?.Arn ?? '';
};
const rolesIn = (user: Account) => Object.keys(user.ids()).filter((address) => address.startsWith('roles.'));

test('existing roles are used and left alone', async () => {
  const user = await account();
  const taskRole = await createRole(user, 'programs', undefined, '/ops/');
  const executionRole = await createRole(user, 'starter');
  const config = withService({ taskRole, executionRole });
  await user.provision(config);
  expect(rolesIn(user)).toEqual([]);
  expect(await user.plan(config)).toEqual([]);
  expect(planInWords(await user.plan(withService({ taskRole })))).toEqual([
    'create roles.execution',
    'update taskDefinitions.web: executionRole',
    'update services.web: task definition',
  ]);
  await user.teardown(config);
  expect(user.census()).toEqual({ 'iam.roles': 2 });
  const { Role } = await user.aws.iam.send(new GetRoleCommand({ RoleName: 'programs' }));
  expect(Role?.Tags ?? []).toEqual([]);
});

test('everything that cannot be used is reported together, before the first change', async () => {
  const user = await account();
  const taskRole = await createRole(user, 'lambda', 'lambda.amazonaws.com');
  const starter = await createRole(user, 'starter', undefined, '/ops/');
  const config = {
    ...withService({ taskRole, executionRole: starter.replace('/ops', '') }),
    permissionsBoundary: 'arn:aws:iam::000000000000:policy/missing',
  };
  const jobs = {
    managedPolicies: ['AWSLambdaRole', 'arn:aws:iam::123456789012:policy/x'],
    containers: { job: { image: 'public.ecr.aws/shop/job:1' } },
  };
  const all = { ...config, services: { ...config.services, jobs } };
  const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`;
  await expect(user.plan(all)).rejects.toMatchObject({
    code: 'ROLE',
    what: '5 roles and policies in the configuration cannot be used.',
    why: [
      'permissionsBoundary: IAM has no policy arn:aws:iam::000000000000:policy/missing.',
      `services.web.taskRole: The trust policy of the role ${taskRole} does not let ecs-tasks.amazonaws.com assume it.`,
      'services.web.executionRole: IAM has no role arn:aws:iam::000000000000:role/starter.',
      'services.jobs.managedPolicies[0]: IAM has no policy arn:aws:iam::aws:policy/AWSLambdaRole.',
      'services.jobs.managedPolicies[1]: The policy arn:aws:iam::123456789012:policy/x is in the account 123456789012, and the stack is in 000000000000.',
    ].join('\n'),
    now: 'Nothing was changed.',
    fix: [
      'Correct the name in slipway.config.ts, or create it first.',
      expect.stringContaining(
        `aws iam update-assume-role-policy --role-name lambda --policy-document '${trust}' --region eu-west-1`,
      ),
      `Use ${starter}.`,
      'Use service-role/AWSLambdaRole.',
      'Use a policy in the account 000000000000, or the credentials of the account 123456789012.',
    ],
  });
  expect(user.census()).toEqual({ 'iam.roles': 2 });
});

test('a role of the stack is removed once an existing role replaces it', async () => {
  const user = await account();
  const taskRole = await createRole(user, 'programs');
  await user.provision(withService({}));
  await user.provision(withService({ taskRole }));
  expect(rolesIn(user)).toEqual(['roles.execution']);
});
