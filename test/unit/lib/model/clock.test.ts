// The clock of a run: somebody may set the machine's clock meanwhile, and nothing waits longer for it.
import { afterEach, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../../../lib/model/clock.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

test('tells the time of the machine, in whole milliseconds', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000);
  expect(Number.isInteger(systemClock.now())).toBe(true);
});

test("goes on when the machine's clock is put back", () => {
  const before = systemClock.now();
  jest.spyOn(Date, 'now').mockReturnValue(0);
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
});

test('stops waiting when it is told to', async () => {
  const stopping = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, stopping.signal);
  stopping.abort();
  await expect(sleeping).rejects.toThrow('aborted');
});
