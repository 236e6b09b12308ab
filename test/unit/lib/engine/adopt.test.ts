// A create that AWS refuses because its name or place is taken, by this stack or by someone else.
import { expect, test } from '@jest/globals';
import { adopt } from '../../../../lib/engine/adopt.ts';
import { awsError } from '../../errors.ts';
import { testClock } from '../../clock.ts';

const conflict = awsError('InvalidSubnet.Conflict', "The CIDR '10.0.0.0/20' conflicts with another subnet");

/** A resource whose tags become visible at the look with this number. The first look has the number 1. */
function makeScenario(visibleFrom: number) {
  const clock = testClock();
  const start = clock.now();
  let lookCount = 0;
  const duplicateGuard = {
    clock,
    signal: new AbortController().signal,
    isResumed: false,
    intent: { at: start },
    lookInterval: 1000,
    withdraw: async () => undefined,
  };
  const lookAgain = async () => ((lookCount += 1) >= visibleFrom ? 'subnet-1' : undefined);
  return {
    run: () => adopt({ duplicateGuard, lookAgain }, 'the block 10.0.0.0/20 of vpc-1', conflict),
    elapsed: () => clock.now() - start,
  };
}

test('a resource with our tags is adopted immediately', async () => {
  const scenario = makeScenario(1);
  await expect(scenario.run()).resolves.toBe('subnet-1');
  expect(scenario.elapsed()).toBe(0);
});

test('a resource whose tags become visible late is adopted', async () => {
  const scenario = makeScenario(4);
  await expect(scenario.run()).resolves.toBe('subnet-1');
  expect(scenario.elapsed()).toBe(3000);
});

test('a resource whose tags never become visible is left alone, and the problem names the block that it uses', async () => {
  const scenario = makeScenario(Infinity);
  await expect(scenario.run()).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'A resource that does not belong to this stack already uses the block 10.0.0.0/20 of vpc-1.',
    why: "The CIDR '10.0.0.0/20' conflicts with another subnet",
    cause: conflict,
  });
  expect(scenario.elapsed()).toBe(60_000);
});
