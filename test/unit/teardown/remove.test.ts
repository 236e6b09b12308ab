// Removing one resource: the context of the removal, the recorded state, and the report.
import { describe, expect, test } from '@jest/globals';
import type { RemoveContext } from '../../../lib/engine/step.ts';
import { pending, ready } from '../../../lib/engine/until.ts';
import { removals } from '../../../teardown/plan.ts';
import { NOTHING_ELSE, removeResource } from '../../../teardown/remove.ts';
import {
  alsoRemoving,
  engineContext,
  announcements,
  events,
  fakeRemoval,
  foundAt,
  foundFor,
  idsFor,
  log,
  run,
} from '../engine-harness.ts';
import { surveyOf } from '../step-harness.ts';

const found = surveyOf({
  vpc: foundAt('vpc', ''),
  subnets: foundAt('subnets', 'public-1', 'public-2'),
  loadBalancer: {
    '': foundFor('loadBalancer', '', {
      loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/shop-dev/50dc6c495c0c9188',
    }),
  },
});
const removeSubnet = (key = 'public-1', more: Parameters<typeof removeResource>[6] = {}) =>
  removeResource(run, engineContext(), found, removals, 'subnets', key, more);

test('a removal receives the resource, its key, and everything else that was found', async () => {
  let seen: RemoveContext<'subnets'> | undefined;
  fakeRemoval('subnets', async (context) => void (seen = context));
  await removeSubnet('public-2');
  expect(seen).toMatchObject({
    key: 'public-2',
    existing: idsFor('subnets', 'public-2'),
    alsoRemoved: NOTHING_ELSE,
  });
  expect(seen?.found).toBe(found);
  // Each new look asks AWS again.
  const [one, other] = [seen?.newLookContext(), seen?.newLookContext()];
  expect(await one?.shared('a', async () => 1)).toBe(1);
  expect(await other?.shared('a', async () => 2)).toBe(2);
  const also = alsoRemoving({});
  await removeSubnet('public-1', { alsoRemoved: also });
  expect(seen?.alsoRemoved).toBe(also);
});

test('by default, no other resource counts as removed in the same run', () => {
  expect(NOTHING_ELSE.willRemoveAll('vpc')).toBe(false);
  expect(NOTHING_ELSE.removalOf('')).toBeUndefined();
});

test('a resource that was not found is neither removed nor reported', async () => {
  await removeSubnet('private-9');
  expect([log, events]).toEqual([[], []]);
});

test('a removed resource is forgotten in the state, and its successor gets a new generation', async () => {
  await run.state.record('subnets.public-1', idsFor('subnets', 'public-1'));
  await run.state.record('vpc', idsFor('vpc'));
  log.length = 0;
  await removeSubnet();
  expect(log).toEqual(['remove subnets.public-1', 'forgot subnets.public-1']);
  expect(run.state.data).toMatchObject({
    resources: { vpc: idsFor('vpc') },
    generations: { 'subnets.public-1': 1 },
  });
});

test('a resource that could not be removed stays recorded', async () => {
  await run.state.record('subnets.public-1', idsFor('subnets', 'public-1'));
  fakeRemoval('subnets', () => Promise.reject(new Error('in use')));
  await expect(removeSubnet()).rejects.toThrow('in use');
  expect(run.state.data.resources).toHaveProperty(['subnets.public-1']);
  expect(events).toEqual([]);
});

describe('the report', () => {
  test('a removal is announced before its first call', async () => {
    fakeRemoval('loadBalancer', async () => expect(announcements).toHaveLength(1));
    await removeResource(run, engineContext(), found, removals, 'loadBalancer', '');
    expect(announcements).toEqual([
      { type: 'resource', noun: 'loadBalancer', key: '', status: 'started', text: 'removing' },
    ]);
  });

  test('a removed resource is reported by its title, with the duration', async () => {
    fakeRemoval('loadBalancer', async ({ clock }) => clock.sleep(2500));
    await removeResource(run, engineContext(), found, removals, 'loadBalancer', '');
    expect(events).toEqual([
      { type: 'resource', noun: 'loadBalancer', key: '', status: 'removed', text: 'shop-dev', elapsed: 2500 },
    ]);
  });

  test('a replaced resource is reported as gone rather than removed', async () => {
    await removeSubnet('public-1', { status: 'gone' });
    expect(events).toMatchObject([{ key: 'public-1', status: 'gone', text: 'subnetId-of-subnets.public-1' }]);
  });

  test('a kept resource is reported with the reason, and forgotten in the state', async () => {
    await run.state.record('subnets.public-1', idsFor('subnets', 'public-1'));
    fakeRemoval('subnets', async () => ({ kept: 'the account needs it' }));
    await removeSubnet();
    expect(events).toMatchObject([
      { status: 'kept', text: 'subnetId-of-subnets.public-1: the account needs it' },
    ]);
    expect(run.state.data.resources).toEqual({});
  });

  test('if a resource was removed together with another one, the report names both', async () => {
    fakeRemoval('subnets', async () => ({ removedWith: 'with its VPC' }));
    await removeSubnet();
    expect(events).toMatchObject([{ status: 'removed', text: 'subnetId-of-subnets.public-1, with its VPC' }]);
  });

  test('waits and notes are reported for the resource', async () => {
    let probeCount = 0;
    fakeRemoval('subnets', async (context) => {
      await context.until('it', 'leftovers', async () =>
        (probeCount += 1) < 2 ? pending('in use') : ready(undefined),
      );
      context.note('a note');
    });
    await removeSubnet();
    expect(events).toMatchObject([
      { status: 'waiting', noun: 'subnets', key: 'public-1', text: 'in use' },
      { type: 'note', text: 'a note' },
      { status: 'removed' },
    ]);
  });
});
