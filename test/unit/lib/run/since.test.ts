// The times that users type for --since.
import { expect, test } from '@jest/globals';
import { checkSince, timeOf } from '../../../../lib/run/since.ts';

const NOW = Date.UTC(2026, 2, 4, 12);

test.each([
  ['30s', NOW - 30_000],
  ['10m', NOW - 600_000],
  ['2h', NOW - 7_200_000],
  ['1d', NOW - 86_400_000],
  ['1w', NOW - 604_800_000],
  ['999999w', 0],
  ['2026-03-04T11:59:00Z', NOW - 60_000],
  ['2026-03-04T11:59:00.500Z', NOW - 59_500],
  ['2026-03-04T12:59+01:00', NOW - 60_000],
  ['2026-03-04', Date.UTC(2026, 2, 4)],
])('%s is a time', (text, time) => {
  expect(timeOf(text, NOW)).toBe(time);
  expect(() => checkSince('logs', text)).not.toThrow();
});

test.each(['10', '10min', 'yesterday', '-1h', '1.5h', '2026-13-40', '2026', '12:00'])('%s is not', (text) => {
  expect(() => checkSince('logs', text)).toThrow(
    expect.objectContaining({ code: 'ARGUMENTS', what: `'${text}' is not a time.` }),
  );
});
