// The sweeps' clock leaps to the next timer, and does not leap if no timer is set.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { leapingClock } from './leaping-clock.ts';

test('a wait on the leaping clock takes no real time, and ends at its due time', async () => {
  const clock = leapingClock(0);
  await clock.sleep(3_600_000);
  expect(clock.now()).toBeGreaterThanOrEqual(3_600_000);
  expect(clock.now()).toBeLessThan(3_601_000);
});

test.each([1, 2, 3, 4, 5, 6])(
  'if the only wait is cancelled after %d turns, the clock does not leap to infinity',
  async (turns) => {
    const clock = leapingClock(0);
    const cancel = clock.at(3_600_000, () => undefined);
    for (let passed = 0; passed < turns; passed += 1) await turn();
    cancel();
    await turn();
    await turn();
    expect(clock.now()).toBeLessThan(Infinity);
  },
);

test('the clock does not leap to a timer that is further away than any wait', async () => {
  const clock = leapingClock(0);
  const cancel = clock.at(24 * 3_600_000, () => undefined);
  for (let passed = 0; passed < 20; passed += 1) await turn();
  cancel();
  expect(clock.now()).toBeLessThan(60_000);
});
