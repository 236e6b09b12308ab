// The sandbox's clock and agenda: timers for distant times, and events that fail.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { manualClock, machineClock } from '../../../sandbox/world/clock.ts';
import { World } from '../../../sandbox/world/world.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('a timer for next year does not fire immediately', () => {
  const YEAR = 365 * 24 * 3600 * 1000;
  const run = jest.fn();
  machineClock.at(Date.now() + YEAR, run);
  jest.advanceTimersByTime(3600 * 1000);
  expect(run).not.toHaveBeenCalled();
});

test('the error of a failed event is reported, and later events still happen', () => {
  const clock = manualClock();
  const reportError = jest.fn();
  const happened: string[] = [];
  const events = {
    'test:fails': () => {
      throw new Error('no');
    },
    'test:works': (_: unknown, subject: string) => void happened.push(subject),
  };
  const region = new World({ clock, pace: 1, events, reportError }).region('eu-west-1');
  region.after(1000, 'test:fails', 'one');
  region.after(2000, 'test:works', 'two');
  clock.advance(3000);
  expect(reportError).toHaveBeenCalledWith(new Error('no'));
  expect(happened).toEqual(['two']);
});
