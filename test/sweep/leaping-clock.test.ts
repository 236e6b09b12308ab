// The clock of the sweeps leaps to the next thing to come, and nowhere when there is none.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { leapingClock } from './leaping-clock.ts';

test('a wait takes no time, and is over when it should be', async () => {
  const clock = leapingClock(0);
  await clock.sleep(3_600_000);
  expect(clock.now()).toBeGreaterThanOrEqual(3_600_000);
  expect(clock.now()).toBeLessThan(3_601_000);
});

test.each([1, 2, 3, 4, 5, 6])('a wait that is called off after %d turns leads nowhere', async (turns) => {
  const clock = leapingClock(0);
  const callOff = clock.at(3_600_000, () => undefined);
  for (let passed = 0; passed < turns; passed += 1) await turn();
  callOff();
  await turn();
  await turn();
  expect(clock.now()).toBeLessThan(Infinity);
});
