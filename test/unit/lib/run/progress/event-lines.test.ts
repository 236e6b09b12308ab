// Events as lines on stderr.
import { describe, expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import type { Event } from '../../../../../lib/model/report.ts';
import { durationText } from '../../../../../lib/run/progress/duration-text.ts';
import { eventLine } from '../../../../../lib/run/progress/event-lines.ts';

/** Formats events as lines. */
const linesOf = (events: Event[], colour = false, columns?: number): string[] =>
  events.flatMap((event) => eventLine(event, { colour, columns }) ?? []);

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

describe('on a terminal', () => {
  const created: Event = {
    type: 'resource',
    noun: 'images',
    key: 'a-service-with-a-long-name-and-its-container',
    status: 'created',
    text: 'shop-dev/a-service-with-a-long-name@sha256:0123456789ab…',
    elapsed: 12_000,
  };

  test.each([60, 80, 120])('of %i columns, a line fits, and keeps its status and its time', (columns) => {
    const [line = ''] = linesOf([created], false, columns);
    expect(line.length).toBeLessThanOrEqual(columns);
    expect(line).toMatch(/^ {2}images\.a.*… ?.*created .*12 s$/);
  });

  test('of 20 columns, a line still names its resource and its status', () => {
    const [line = ''] = linesOf([created], false, 20);
    expect(line).toMatch(/^ {2}imag.*created/);
  });

  test('colour does not change the width of a line', () => {
    expect(linesOf([created], true, 60).map(stripVTControlCharacters)).toEqual(linesOf([created], false, 60));
  });
});

test('the start of a step, the steps and an activity are not lines', () => {
  const started: Event = { type: 'resource', noun: 'vpc', key: '', status: 'started', text: 'creating' };
  expect(
    linesOf([started, { type: 'steps', text: '1 steps', stages: [] }, { type: 'activity', text: 'looking' }]),
  ).toEqual([]);
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
