// The clock of a run: it does not follow changes to the machine's clock.
import { afterEach, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../../../lib/model/clock.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

test("the clock returns the machine's time in whole milliseconds", () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000);
  expect(Number.isInteger(systemClock.now())).toBe(true);
});

test("the clock stays monotonic when the machine's clock is set back", () => {
  const before = systemClock.now();
  jest.spyOn(Date, 'now').mockReturnValue(0);
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
});

test('a sleep ends when its signal is aborted', async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, controller.signal);
  controller.abort();
  await expect(sleeping).rejects.toThrow('aborted');
});
