// Release commands run once per deployed version: not for drift, not without a change, and again only after a failure.
import {
  DescribeServicesCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, type Account } from './harness.ts';
import { planeWithOneOffTasks } from './one-off-plane.ts';
import { container, stack } from './stacks.ts';

/** Two services, of which one has a release command. */
const version = (tag: string, command: string[] | undefined = ['migrate']): StackInput =>
  stack({
    services: {
      web: {
        containers: {
          app: container('app', 5000, { image: `public.ecr.aws/shop/app:${tag}`, release: command }),
        },
      },
      jobs: { containers: { job: { image: `public.ecr.aws/shop/job:${tag}` } } },
    },
  });

/** The number of calls of an operation. */
const count = (user: Account, operation: string) =>
  user.sandbox.journal.entries().filter((entry) => entry.operation === operation).length;
const releases = (user: Account) => count(user, 'RunTask');
const withoutReleases = async (user: Account, work: () => Promise<unknown>) => {
  const before = releases(user);
  await work();
  expect(releases(user)).toBe(before);
};
const revisionInService = async ({ aws }: Account) => {
  const { services } = await aws.ecs.send(
    new DescribeServicesCommand({ cluster: 'shop-dev', services: ['web'] }),
  );
  return services?.[0]?.taskDefinition ?? '';
};

test('a release runs before each new version is deployed, and a teardown leaves nothing of it', async () => {
  const user = await account({ plane: planeWithOneOffTasks() });
  await user.provision(version('1'));
  const calls = user.sandbox.journal.entries().map(({ operation }) => operation);
  expect(calls.indexOf('RunTask')).toBeGreaterThan(calls.indexOf('CreateCluster'));
  expect(calls.indexOf('RunTask')).toBeLessThan(calls.indexOf('CreateService'));
  expect(releases(user)).toBe(1);
  await user.provision(version('2'));
  expect(releases(user)).toBe(2);
  expect(user.census()).not.toMatchObject({ 'ecs task definitions': 5 });
  await user.teardown(version('2'));
  expect(Object.keys(user.census())).toEqual([]);
});

test('a release does not run again without a new version', async () => {
  const user = await account({ plane: planeWithOneOffTasks() });
  await user.provision(version('1'));
  await withoutReleases(user, () => user.provision(version('1')));
  await withoutReleases(user, async () => {
    await user.aws.ecs.send(
      new UpdateServiceCommand({ cluster: 'shop-dev', service: 'web', desiredCount: 3 }),
    );
    await user.provision(version('1'));
  });
  await withoutReleases(user, async () => {
    user.deleteState();
    await user.provision(version('1'));
  });
  // The command itself is no part of the version.
  await withoutReleases(user, () => user.provision(version('1', ['other'])));
});

test('a release whose run was killed before the tag runs again, and only then', async () => {
  const user = await account({ plane: planeWithOneOffTasks() });
  await user.provision(version('1'));
  const resourceArn = await revisionInService(user);
  await user.aws.ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['slipway:released'] }));
  // The revision is deployed, whatever its tags say.
  await withoutReleases(user, () => user.provision(version('1')));
  await user.aws.ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'note', value: 'mine' }] }));
  await withoutReleases(user, () => user.provision(version('1')));
});

test('a failed release changes no service, and the next run tries again', async () => {
  let exitCode = 0;
  const user = await account({ plane: planeWithOneOffTasks(() => exitCode) });
  await user.provision(version('1'));
  const before = await revisionInService(user);
  exitCode = 3;
  const updates = count(user, 'UpdateService');
  for (const attempt of [2, 3]) {
    await expect(user.provision(version('2'))).rejects.toMatchObject({
      code: 'RELEASE',
      what: 'The release command of web failed with exit code 3: migrate.',
    });
    expect(releases(user)).toBe(attempt);
  }
  expect(count(user, 'UpdateService')).toBe(updates);
  expect(await revisionInService(user)).toBe(before);
  exitCode = 0;
  await user.provision(version('2'));
  expect(releases(user)).toBe(4);
});
