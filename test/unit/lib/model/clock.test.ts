// The clock of a run: setting the machine's clock does not make any wait longer.
import { afterEach, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../../../lib/model/clock.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

test('returns the time of the machine, in whole milliseconds', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000);
  expect(Number.isInteger(systemClock.now())).toBe(true);
});

test("advances when the machine's clock is set back", () => {
  const before = systemClock.now();
  jest.spyOn(Date, 'now').mockReturnValue(0);
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
});

test('stops waiting when it is aborted', async () => {
  const stopping = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, stopping.signal);
  stopping.abort();
  await expect(sleeping).rejects.toThrow('aborted');
});
