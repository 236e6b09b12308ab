// A stack of twenty services against AWS's rate limits: hardly any call is throttled, since Slipway limits its own request rate.
import { expect, test } from '@jest/globals';
import { calm } from '../../sandbox/chaos/weather.ts';
import { account } from '../converge/harness.ts';
import { container, stack } from '../converge/stacks.ts';
import { leapingClock } from './leaping-clock.ts';

const SERVICE_COUNT = 20;

const names = Array.from({ length: SERVICE_COUNT }, (_, index) => `web${index + 1}`);
const twenty = stack({
  services: Object.fromEntries(
    names.map((name) => [name, { containers: { [name]: container(name, 5000) } }]),
  ),
});

/** Provisions the twenty services. @returns the number of calls, and the share that was throttled */
async function provisionTwenty(limitsRequestRate: boolean) {
  const user = await account({
    clock: leapingClock(),
    weather: { ...calm, throttle: true },
    limitsRequestRate,
  });
  await user.provision(twenty);
  expect(user.census()).toMatchObject({ 'ecs.services': SERVICE_COUNT });
  const entries = user.sandbox.journal.entries();
  return {
    calls: entries.length,
    throttledShare: entries.filter(({ throttled }) => throttled).length / entries.length,
  };
}

test('at most 1 % of the calls are throttled, and more than 5 % if Slipway does not limit its request rate', async () => {
  const limited = await provisionTwenty(true);
  expect(limited.calls).toBeGreaterThan(10 * SERVICE_COUNT);
  expect(limited.throttledShare).toBeLessThanOrEqual(0.01);
  const unlimited = await provisionTwenty(false);
  expect(unlimited.throttledShare).toBeGreaterThan(0.05);
});
