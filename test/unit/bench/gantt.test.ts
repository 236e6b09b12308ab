// A run becomes spans, and spans become a picture.
import { expect, test } from '@jest/globals';
import { gantt, gridStep } from '../../../bench/gantt.ts';
import { spansOf } from '../../../bench/run-spans.ts';
import type { TimedEvent } from '../../../lib/run/timeline.ts';

const thing = (at: number, step: 'vpc' | 'subnets', key: string, elapsed?: number): TimedEvent => ({
  at,
  type: 'resource',
  noun: step,
  key,
  status: 'created',
  text: 'id',
  ...(elapsed === undefined ? {} : { elapsed }),
});
const events: TimedEvent[] = [
  { at: 1500, type: 'phase', text: 'provision' },
  { at: 2000, type: 'phase', text: 'plan: 2 to create' },
  { at: 2500, type: 'resource', noun: 'vpc', key: '', status: 'waiting', text: 'pending', elapsed: 400 },
  thing(4000, 'subnets', 'public-1', 900),
  thing(3000, 'vpc', '', 1000),
  { at: 4500, type: 'phase', text: 'is up' },
];

test('what was done has a beginning and an end; start, survey and the rest are spans as well', () => {
  expect(spansOf(events, 1000, 5000).map(({ label, start, end }) => [label, start, end])).toEqual([
    ['start-up', 0, 500],
    ['survey', 500, 1000],
    ['vpc', 1000, 2000],
    ['subnets.public-1', 2100, 3000],
    ['verify', 3000, 4000],
  ]);
});

test('a run that wrote nothing down is its start-up', () => {
  expect(spansOf([], 1000, 5000)[0]).toEqual({ node: 'start-up', label: 'start-up', start: 0, end: 4000 });
});

test('a picture has a bar for each span, and marks those on the critical path by name as well', () => {
  const spans = spansOf(events, 1000, 5000);
  const picture = gantt('A <run> & more', spans, spans.slice(2, 4));
  expect(picture.match(/<rect /g)).toHaveLength(spans.length);
  expect(picture.match(/class="name critical"/g)).toHaveLength(2);
  expect(picture).toContain('A &lt;run&gt; &amp; more');
  expect(picture).not.toContain('NaN');
});

test.each([
  [4000, 500],
  [70_000, 10_000],
  [189_000, 50_000],
  [0, 0.2],
])('%d ms have a line every %d ms', (total, step) => {
  expect(gridStep(total)).toBeCloseTo(step);
});
