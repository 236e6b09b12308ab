/** The times at which the health checks of a container run. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { watchContainerHealth } from '../../../sandbox/data-plane/container-health.ts';

const MINUTE = 60_000;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Watches a container whose checks end with `exitCode()`; returns the number of checks so far, and the reports. */
function watch(exitCode: () => number, pace: number) {
  const run = jest.fn(async () => ({ exitCode: exitCode(), output: '', timedOut: false }));
  const container = { exited: new Promise<never>(() => {}), run };
  const reports: string[] = [];
  const health = watchContainerHealth(
    container,
    { command: ['CMD', 'true'], interval: 10, retries: 2 },
    (ms) => ms / pace,
    (status) => reports.push(status),
  );
  return { checks: () => run.mock.calls.length, reports, stop: () => health.stop() };
}

describe('a container that stays healthy', () => {
  test("is checked less often after half a minute, at a pace faster than AWS's", async () => {
    const { checks, stop } = watch(() => 0, 60);
    await jest.advanceTimersByTimeAsync(MINUTE / 2);
    const early = checks();
    expect(early).toBeGreaterThanOrEqual(6);
    await jest.advanceTimersByTimeAsync(10 * MINUTE);
    expect(checks() - early).toBeLessThanOrEqual(11);
    expect(checks() - early).toBeGreaterThanOrEqual(9);
    stop();
  });

  test("is checked at its own interval at AWS's pace", async () => {
    const { checks, stop } = watch(() => 0, 1);
    await jest.advanceTimersByTimeAsync(10 * MINUTE);
    expect(checks()).toBe(60);
    stop();
  });
});

test('a container that fails a check after a long time is checked every 5 s again', async () => {
  let exitCode = 0;
  const { checks, reports, stop } = watch(() => exitCode, 60);
  await jest.advanceTimersByTimeAsync(10 * MINUTE);
  exitCode = 1;
  const before = checks();
  while (checks() === before) await jest.advanceTimersByTimeAsync(1_000);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(checks()).toBe(before + 2);
  expect(reports.at(-1)).toBe('UNHEALTHY');
  stop();
});
