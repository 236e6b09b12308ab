// npm run scale and npm run restart: both act at once, wait for healthy tasks, and leave the configuration as it is.
import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { expect, test } from '@jest/globals';
import { openAddress } from '../../open/run.ts';
import { restart } from '../../restart/run.ts';
import { scale } from '../../scale/run.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import { leapingClock } from '../sweep/leaping-clock.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { account, type Account } from './harness.ts';
import { startLoad } from './load.ts';
import { stack, web } from './stacks.ts';

const serviceIn = ({ sandbox }: Account) =>
  sandbox.world.region('eu-west-1').ecs.services.find(({ serviceName }) => serviceName === 'web');
const mutationsOf = ({ sandbox }: Account) =>
  sandbox.journal
    .entries()
    .filter(({ mutating }) => mutating)
    .map(({ operation }) => operation);

test('a changed count is drift, and the next plan returns to the configured count', async () => {
  const user = await provisionedAccount(stack());
  user.sandbox.journal.clear();
  const { json } = await user.runCommand(scale, stack(), { service: 'web', count: 3, wait: true });
  expect(json).toMatchObject({ service: 'web', from: 1, to: 3, configured: 1 });
  expect(mutationsOf(user)).toEqual(['UpdateService']);
  expect(serviceIn(user)?.desiredCount).toBe(3);
  expect(await user.plan(stack())).toMatchObject([
    { address: 'services.web', verb: 'update', fields: [{ field: 'count', from: 3, to: 1 }] },
  ]);
  expect(await user.plan(stack({ services: web({}, { count: 3 }) }))).toEqual([]);
});

test('0 tasks need --yes without a terminal, even on the sandbox', async () => {
  const user = await provisionedAccount(stack());
  await expect(
    user.runCommand(scale, stack(), { service: 'web', count: 0, yes: false }),
  ).rejects.toMatchObject({
    code: 'CONFIRMATION',
    fix: ['npm run scale -- web 0 --yes'],
  });
  expect(serviceIn(user)?.desiredCount).toBe(1);
  const { json } = await user.runCommand(scale, stack(), { service: 'web', count: 0, yes: true, wait: true });
  expect(json).toMatchObject({ from: 1, to: 0 });
  expect(serviceIn(user)?.desiredCount).toBe(0);
});

test('a count outside of the range of Application Auto Scaling is refused, and nothing is changed', async () => {
  const user = await provisionedAccount(stack());
  await user.aws.autoscaling.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: 'ecs',
      ResourceId: 'service/shop-dev/web',
      ScalableDimension: 'ecs:service:DesiredCount',
      MinCapacity: 1,
      MaxCapacity: 4,
    }),
  );
  await expect(user.runCommand(scale, stack(), { service: 'web', count: 5 })).rejects.toMatchObject({
    code: 'SCALE_REFUSED',
    why: expect.stringContaining('from 1 to 4') as unknown,
  });
  expect(serviceIn(user)?.desiredCount).toBe(1);
  await user.runCommand(scale, stack(), { service: 'web', count: 4 });
  expect(serviceIn(user)?.desiredCount).toBe(4);
});

test.each([
  ['scale', scale],
  ['restart', restart],
  ['open', openAddress],
] as const)('%s of a stack that does not exist is explained', async (verb, command) => {
  const user = await account();
  const options = verb === 'scale' ? { service: 'web', count: 2 } : {};
  await expect(user.runCommand(command, stack(), options)).rejects.toMatchObject({
    code: 'NOT_DEPLOYED',
    fix: ['npm run provision'],
  });
});

test.each([
  ['scale', scale],
  ['restart', restart],
] as const)('%s refuses a service that does not exist', async (_verb, command) => {
  const user = await provisionedAccount(stack());
  await expect(user.runCommand(command, stack(), { service: 'wed', count: 2 })).rejects.toMatchObject({
    code: 'ARGUMENTS',
    why: expect.stringContaining('Did you mean web?') as unknown,
  });
});

test('a restart deploys the same revision again', async () => {
  const user = await account({ clock: leapingClock() });
  const { domain: _domain, ...ofStack } = stack();
  const jobs: StackInput = {
    ...ofStack,
    services: { web: { containers: { job: { image: 'public.ecr.aws/shop/job:1' } } } },
  };
  await user.provision(jobs, { wait: true });
  const before = serviceIn(user);
  const [deploymentBefore, definition] = [before?.deployments[0]?.id, before?.taskDefinition];
  user.sandbox.journal.clear();
  const { json } = await user.runCommand(restart, jobs, { wait: true });
  expect(json).toMatchObject({ services: [{ service: 'web', revision: 1, tasks: 1 }] });
  expect(mutationsOf(user)).toEqual(['UpdateService']);
  const after = serviceIn(user);
  expect(after?.taskDefinition).toBe(definition);
  expect(after?.deployments[0]?.id).not.toBe(deploymentBefore);
  expect(await user.plan(jobs)).toEqual([]);
});

test('no request is lost while real tasks are restarted', async () => {
  const user = await account({ realTasks: true });
  const { domain: _domain, ...realStack } = stack({
    services: {
      web: {
        containers: {
          app: {
            source: 'app',
            port: 8000,
            path: '/app',
            health: { path: '/app', intervalSeconds: 5, timeoutSeconds: 2 },
            environment: { NAME: 'app', PORT: '8000', PROTOCOL: 'HTTP' },
          },
        },
      },
    },
  });
  await user.provision(realStack, { wait: true });
  const stopLoad = await startLoad(user, ['/app']);
  const counts = await user.runCommand(restart, realStack, { wait: true }).finally(stopLoad).then(stopLoad);
  expect(Object.keys(counts)).toEqual(['app']);
  expect(counts['app']).toBeGreaterThan(20);
}, 180_000);
