// Secrets of a stack: which changes they cause, and what the execution role may read before, during and after a deployment.
import { GetRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords, type Account } from './harness.ts';
import { stack } from './stacks.ts';

const { domain: _domain, ...withoutDomain } = stack();

/** A stack whose only container has these secrets. */
const withSecrets = (secrets: Record<string, string>): StackInput => ({
  ...withoutDomain,
  services: {
    web: {
      containers: { api1: { image: 'public.ecr.aws/shop/api1:1', port: 5000, path: '/api1', secrets } },
    },
  },
});

function storesOf({ sandbox }: Account) {
  const settings = {
    endpoint: sandbox.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  };
  const [ssm, secrets] = [new SSMClient(settings), new SecretsManagerClient(settings)];
  return {
    put: (Name: string, Value: string) =>
      ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true })),
    create: async (Name: string) =>
      (await secrets.send(new CreateSecretCommand({ Name, SecretString: '{"api":"1"}' }))).ARN ?? '',
    remove: (SecretId: string) =>
      secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true })),
  };
}

/** Returns the resources of each statement of the execution role that reads secrets. */
async function readableBy({ aws }: Account): Promise<Record<string, string[]>> {
  const { PolicyDocument = '' } = await aws.iam.send(
    new GetRolePolicyCommand({ RoleName: 'shop-dev-execution', PolicyName: 'slipway' }),
  );
  const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument)) as {
    Statement: { Sid: string; Resource: string | string[] }[];
  };
  return Object.fromEntries(
    Statement.filter(({ Sid }) => !['SignIn', 'Pull', 'Logs'].includes(Sid)).map(({ Sid, Resource }) => [
      Sid,
      [Resource].flat(),
    ]),
  );
}
const PARAMETER = 'arn:aws:ssm:eu-west-1:000000000000:parameter/shop/dev';

test('a new value is drift and starts tasks; a secret that was created again also changes the policy', async () => {
  const user = await account();
  const stores = storesOf(user);
  const config = withSecrets({ DB: 'ssm:/shop/dev/DB', KEY: 'secretsmanager:shop/keys' });
  await stores.put('/shop/dev/DB', 'one');
  const first = await stores.create('shop/keys');
  await user.provision(config);
  expect(await readableBy(user)).toEqual({ Parameters: [`${PARAMETER}/DB`], Secrets: [first] });
  expect(await user.plan(config)).toEqual([]);

  await stores.put('/shop/dev/DB', 'two');
  expect(planInWords(await user.plan(config))).toEqual([
    'update taskDefinitions.web: api1.secret version.DB',
    'update services.web: task definition',
  ]);
  expect((await user.drift(config)).text).toContain('value of secret DB of api1: now 1; configured: 2');
  await user.provision(config);

  await stores.remove('shop/keys');
  const second = await stores.create('shop/keys');
  expect(second).not.toBe(first);
  expect(planInWords(await user.plan(config))).toEqual([
    'update roles.execution: inline policies',
    'update taskDefinitions.web: api1.secrets.KEY, api1.secret version.KEY',
    'update services.web: task definition',
  ]);
  await user.provision(config);
  expect(await readableBy(user)).toEqual({ Parameters: [`${PARAMETER}/DB`], Secrets: [second] });
  expect(await user.plan(config)).toEqual([]);
});

test('the role can read a former secret until the deployment is over', async () => {
  const user = await account();
  const stores = storesOf(user);
  for (const name of ['OLD', 'NEW']) await stores.put(`/shop/dev/${name}`, 'value');
  await user.provision(withSecrets({ OLD: 'ssm:/shop/dev/OLD' }));
  const config = withSecrets({ NEW: 'ssm:/shop/dev/NEW' });
  const before = user.sandbox.journal.entries().length;
  await user.provision(config);
  const order = user.sandbox.journal
    .entries()
    .slice(before)
    .map(({ operation }) => operation)
    .filter((operation) => ['PutRolePolicy', 'UpdateService'].includes(operation));
  expect(order).toEqual(['PutRolePolicy', 'UpdateService', 'PutRolePolicy']);
  expect(await readableBy(user)).toEqual({ Parameters: [`${PARAMETER}/NEW`] });
  expect(await user.plan(config)).toEqual([]);
  await user.provision(withSecrets({}));
  expect(await readableBy(user)).toEqual({});
  await user.teardown(withSecrets({}), { yes: true });
  expect(user.census()).toEqual({ 'ssm.parameters': 2 });
});

test('a missing secret changes nothing, and a deploy of another service does not need it', async () => {
  const user = await account();
  const missing = withSecrets({ DB: 'ssm:/shop/dev/DB' });
  await expect(user.provision(missing)).rejects.toMatchObject({
    code: 'SECRET',
    why: 'services.web.containers.api1.secrets.DB: Parameter Store has no parameter /shop/dev/DB in eu-west-1.',
    fix: ['npm run secret -- set DB'],
  });
  expect(user.census()).toEqual({});
  const jobs = { containers: { job: { image: 'public.ecr.aws/shop/job:1', port: 7000, path: '/jobs' } } };
  const both = { ...missing, services: { ...missing.services, jobs } };
  await user.provision(both, { deploy: true, service: 'jobs' });
  expect(Object.keys(user.ids())).toContain('services.jobs');
});
