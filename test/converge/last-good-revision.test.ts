// The last good revision stays registered until the new one serves, so that the service can go back to it, also with --no-wait.
import { expect, test } from '@jest/globals';
import { ListTaskDefinitionsCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { simulatedDataPlane, type DataPlane } from '../../sandbox/data-plane/data-plane.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import { leapingClock } from '../sweep/leaping-clock.ts';
import { account, type Account } from './harness.ts';
import { stack } from './stacks.ts';

const { domain: _domain, ...withoutDomain } = stack();
const release = (version: string): StackInput => ({
  ...withoutDomain,
  services: { web: { containers: { app: { image: `public.ecr.aws/shop/app:${version}` } } } },
});
const activeRevisions = async ({ aws }: Account) =>
  (
    await aws.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'shop-dev-web' }))
  ).taskDefinitionArns?.map((arn) => Number(arn.split(':').at(-1)));
const goBackTo = ({ aws }: Account, revision: number) =>
  aws.ecs.send(
    new UpdateServiceCommand({
      cluster: 'shop-dev',
      service: 'web',
      taskDefinition: `shop-dev-web:${revision}`,
    }),
  );

/** An account in which a task starts only once the test lets it. */
async function accountWithHeldTasks() {
  const held: (() => void)[] = [];
  let isHolding = false;
  const plane: DataPlane = {
    ...simulatedDataPlane,
    startTask: (_region, _taskArn, onOutcome) => {
      if (isHolding) held.push(() => onOutcome(undefined));
      else onOutcome(undefined);
    },
  };
  const user = await account({ clock: leapingClock(), plane });
  return {
    user,
    hold: () => void (isHolding = true),
    letGo: () => {
      isHolding = false;
      for (const start of held.splice(0)) start();
    },
  };
}

test('with --no-wait the last good revision stays until the next deployment, and is not drift', async () => {
  const { user, hold, letGo } = await accountWithHeldTasks();
  await user.provision(release('1'), { wait: true });
  hold();
  await user.provision(release('2'));
  expect(await activeRevisions(user)).toEqual([1, 2]);
  letGo();
  await user.provision(release('2'), { wait: true });
  expect(await user.plan(release('2'))).toEqual([]);
  await user.provision(release('3'), { wait: true });
  expect(await activeRevisions(user)).toEqual([3]);
});

test('two deployments in a row with --no-wait keep the revision that was good before both, and the service can go back to it', async () => {
  const { user, hold } = await accountWithHeldTasks();
  await user.provision(release('1'), { wait: true });
  hold();
  await user.provision(release('2'));
  await user.provision(release('3'));
  expect(await activeRevisions(user)).toEqual([1, 3]);
  await expect(goBackTo(user, 1)).resolves.toMatchObject({ service: { status: 'ACTIVE' } });
});

test('a rollback with --no-wait keeps the revision that it replaces', async () => {
  const user = await account({ clock: leapingClock(undefined, 3_600_000) });
  const byDigest = (version: string): StackInput => ({
    ...withoutDomain,
    services: {
      web: { containers: { app: { image: `public.ecr.aws/shop/app@sha256:${version.repeat(64)}` } } },
    },
  });
  for (const version of ['1', '2']) await user.provision(byDigest(version), { wait: true });
  await user.rollback(byDigest('2'), { wait: false });
  expect(await activeRevisions(user)).toEqual([2, 3]);
  await user.provision(byDigest('3'), { wait: true });
  expect(await activeRevisions(user)).toEqual([4]);
});
