// A stack of twenty services against AWS's own rate limits: next to no call is refused, since calls wait for their turn.
import { expect, test } from '@jest/globals';
import { calm } from '../../sandbox/chaos/weather.ts';
import { account } from '../converge/harness.ts';
import { container, stack } from '../converge/stacks.ts';
import { leapingClock } from './leaping-clock.ts';

const SERVICES = 20;

const names = Array.from({ length: SERVICES }, (_, index) => `web${index + 1}`);
const twenty = stack({
  services: Object.fromEntries(
    names.map((name) => [name, { containers: { [name]: container(name, 5000) } }]),
  ),
});

/** Provisions the twenty services: how many calls that took, and which part of them was throttled. */
async function throttledShare(limits: boolean) {
  const user = await account({ clock: leapingClock(), weather: { ...calm, throttle: true }, limits });
  await user.provision(twenty);
  expect(user.census()).toMatchObject({ 'ecs.services': SERVICES });
  const entries = user.sandbox.journal.entries();
  return {
    calls: entries.length,
    part: entries.filter(({ throttled }) => throttled).length / entries.length,
  };
}

test('at most one call in a hundred is throttled, and far more are without our own limits', async () => {
  const kept = await throttledShare(true);
  expect(kept.calls).toBeGreaterThan(10 * SERVICES);
  expect(kept.part).toBeLessThanOrEqual(0.01);
  const without = await throttledShare(false);
  expect(without.part).toBeGreaterThan(0.05);
});
