// Converting the events of a run into spans, and drawing spans as a chart.
import { expect, test } from '@jest/globals';
import { gantt, gridStep } from '../../../bench/gantt.ts';
import { spansOf } from '../../../bench/run-spans.ts';
import type { TimedEvent } from '../../../lib/run/timeline.ts';

const resourceEvent = (at: number, noun: 'vpc' | 'subnets', key: string, elapsed?: number): TimedEvent => ({
  at,
  type: 'resource',
  noun,
  key,
  status: 'created',
  text: 'id',
  ...(elapsed === undefined ? {} : { elapsed }),
});
const events: TimedEvent[] = [
  { at: 1500, type: 'phase', text: 'provision' },
  { at: 2000, type: 'phase', text: 'plan: 2 to create' },
  { at: 2500, type: 'resource', noun: 'vpc', key: '', status: 'waiting', text: 'pending', elapsed: 400 },
  resourceEvent(4000, 'subnets', 'public-1', 900),
  resourceEvent(3000, 'vpc', '', 1000),
  { at: 4500, type: 'phase', text: 'is up' },
];

test('every resource is a span, and so are start-up, survey and verification', () => {
  expect(spansOf(events, 1000, 5000).map(({ label, start, end }) => [label, start, end])).toEqual([
    ['start-up', 0, 500],
    ['survey', 500, 1000],
    ['vpc', 1000, 2000],
    ['subnets.public-1', 2100, 3000],
    ['verify', 3000, 4000],
  ]);
});

test('a run without events has only the start-up span', () => {
  expect(spansOf([], 1000, 5000)[0]).toEqual({ node: 'start-up', label: 'start-up', start: 0, end: 4000 });
});

test('a chart has one bar per span, and highlights the bars and names of the critical path', () => {
  const spans = spansOf(events, 1000, 5000);
  const chart = gantt('A <run> & more', spans, spans.slice(2, 4));
  expect(chart.match(/<rect /g)).toHaveLength(spans.length);
  expect(chart.match(/class="name critical"/g)).toHaveLength(2);
  expect(chart).toContain('A &lt;run&gt; &amp; more');
  expect(chart).not.toContain('NaN');
});

test.each([
  [4000, 500],
  [70_000, 10_000],
  [189_000, 50_000],
  [0, 0.2],
])('a chart of %d ms has a grid line every %d ms', (total, step) => {
  expect(gridStep(total)).toBeCloseTo(step);
});
