// The last lines are found without reading the whole log.
import { expect, test } from '@jest/globals';
import { newestLines } from '../../../logs/newest.ts';
import { event, readingOf } from './events.ts';

const HOUR = 3_600_000;
const NOW = 100 * 24 * HOUR;
const wanted = { count: 100, now: NOW, isEveryLine: true };
const range = (count: number, at: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => event(at(index), String(index)));

test.each([
  ['of the last ten minutes', 60_000, 1],
  ['of the last hour', HOUR / 2, 2],
  ['of the last day', 5 * HOUR, 3],
  ['of all times', 90 * 24 * HOUR, 4],
])('the lines %s are found, and no longer period is searched', async (_name, age, periods) => {
  const reads: { from: number; pages: number[] }[] = [];
  const log = [event(NOW - age - 1, 'first'), event(NOW - age, 'second')];
  const { events, from } = await newestLines(readingOf(log, 10_000, reads), wanted);
  expect(events.map(({ message }) => message)).toEqual(['first', 'second']);
  expect(from).toBe(NOW - age);
  expect(reads).toHaveLength(periods);
});

test('an empty log has no lines, and later lines of the last ten minutes are new', async () => {
  expect(await newestLines(readingOf([], 10), wanted)).toEqual({ events: [], from: NOW - HOUR / 6 });
});

test('only a few pages are read of six hundred thousand lines', async () => {
  const reads: { from: number; pages: number[] }[] = [];
  const log = range(600_000, (index) => NOW - 600_000 + index);
  const { events } = await newestLines(readingOf(log, 10_000, reads), wanted);
  expect(events).toHaveLength(100);
  expect(events.at(-1)?.message).toBe('599999');
  expect(reads.flatMap(({ pages }) => pages)).toEqual([10_000, 2000]);
});

test('a burst that is over does not hide the lines after it', async () => {
  const burst = range(30_000, (index) => NOW - 500_000 + Math.floor(index / 100));
  const after = range(150, (index) => NOW - 400_000 + index * 1000);
  const { events } = await newestLines(readingOf([...burst, ...after], 1000), wanted);
  expect(events).toEqual(after.slice(-100));
});

test('fewer lines than wanted after a burst are completed from the burst', async () => {
  const burst = range(5000, (index) => NOW - 500_000 + index);
  const after = range(20, (index) => NOW - 1000 + index);
  const { events } = await newestLines(readingOf([...burst, ...after], 1000), wanted);
  expect(events).toEqual([...burst.slice(-80), ...after]);
});

test('every page is read if only some of the events are wanted', async () => {
  const log = range(5000, (index) => NOW - 500_000 + index);
  const reads: { from: number; pages: number[] }[] = [];
  const { events } = await newestLines(readingOf(log, 1000, reads), { ...wanted, isEveryLine: false });
  expect(events).toEqual(log.slice(-100));
  expect(reads.flatMap(({ pages }) => pages)).toEqual([1000, 1000, 1000, 1000, 1000]);
});
