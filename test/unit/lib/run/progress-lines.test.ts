// Events as lines on stderr.
import { describe, expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import type { Event } from '../../../../lib/model/report.ts';
import { durationText, progressLines } from '../../../../lib/run/progress-lines.ts';

/** Formats events as lines. */
function linesOf(events: Event[], colour = false): string[] {
  const written: string[] = [];
  const report = progressLines((text) => void written.push(text), colour);
  events.forEach(report);
  expect(written.every((text) => text.endsWith('\n'))).toBe(true);
  return written.map((text) => text.slice(0, -1));
}
const resourceEvent = (status: 'created' | 'waiting', text: string, elapsed?: number, key = ''): Event => ({
  type: 'resource',
  noun: 'natGateway',
  key,
  status,
  text,
  elapsed,
});

describe('a line', () => {
  test('of a resource has its address, its status, its id and the time it took', () => {
    expect(linesOf([resourceEvent('created', 'nat-1', 92_000)])).toEqual([
      '  natGateway                    created    nat-1  1 min 32 s',
    ]);
  });

  test('of a resource omits a time below 100 ms', () => {
    expect(linesOf([resourceEvent('created', 'nat-1', 42), resourceEvent('created', 'nat-2')])).toEqual([
      '  natGateway                    created    nat-1',
      '  natGateway                    created    nat-2',
    ]);
  });

  test('has no control characters from the event', () => {
    expect(
      linesOf([
        { type: 'phase', text: 'a\u001b[2J' },
        { type: 'note', text: 'b\u0007' },
        { type: 'warning', text: 'c\td\u009b' },
        resourceEvent('waiting', 'e\b', 0, 'f\u001b'),
      ]),
    ).toEqual([
      'a\\u001b[2J',
      '  b\\u0007',
      'warning c d\\u009b',
      `  ${'natGateway.f\\u001b'.padEnd(28)}  waiting    e\\u0008`,
    ]);
  });

  test('is not indented for a phase, is indented for a note, and starts with "warning" for a warning', () => {
    expect(
      linesOf([
        { type: 'phase', text: 'provision shop-dev' },
        { type: 'note', text: 'GET /api1  200' },
        { type: 'warning', text: 'mind this' },
      ]),
    ).toEqual(['provision shop-dev', '  GET /api1  200', 'warning mind this']);
  });

  test('in colour has the same words', () => {
    const events: Event[] = [
      resourceEvent('created', 'nat-1', 5000),
      { type: 'phase', text: 'p' },
      { type: 'warning', text: 'w' },
    ];
    const colourful = linesOf(events, true);
    expect(colourful.join('')).toContain('\u001b[');
    expect(colourful.map(stripVTControlCharacters)).toEqual(linesOf(events));
    expect(linesOf(events).join('')).not.toContain('\u001b[');
  });
});

describe('a waiting line', () => {
  test('is repeated within ten seconds only if its text changes', () => {
    expect(
      linesOf([
        resourceEvent('waiting', 'pending', 0),
        resourceEvent('waiting', 'pending', 3000),
        resourceEvent('waiting', 'available soon', 6000),
        resourceEvent('waiting', 'available soon', 9000),
      ]),
    ).toHaveLength(2);
  });

  test('is repeated after ten seconds even if its text stays the same, as a sign of life', () => {
    const every3s = Array.from({ length: 11 }, (_, index) =>
      resourceEvent('waiting', 'pending', index * 3000),
    );
    expect(linesOf(every3s)).toEqual([
      '  natGateway                    waiting    pending',
      '  natGateway                    waiting    pending  12 s',
      '  natGateway                    waiting    pending  24 s',
    ]);
  });

  test('for one resource does not suppress the line of another', () => {
    expect(
      linesOf([resourceEvent('waiting', 'pending', 0, 'a'), resourceEvent('waiting', 'pending', 0, 'b')]),
    ).toHaveLength(2);
  });
});

test.each([
  [0, '0.0 s'],
  [449, '0.4 s'],
  [9949, '9.9 s'],
  [9951, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 min 00 s'],
  [125_000, '2 min 05 s'],
  [3_600_000, '60 min 00 s'],
])('%i ms are formatted as %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
