// Events as lines of JSON in a file, for charts; events are still reported when the file cannot be written.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { Event } from '../../../../lib/model/report.ts';
import { timeline } from '../../../../lib/run/timeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-timeline-'));
afterAll(() => rmSync(folder, { recursive: true }));

const events: Event[] = [
  { type: 'phase', text: 'plan' },
  { type: 'resource', noun: 'vpc', key: '', status: 'created', text: 'vpc-1', elapsed: 12 },
];

test('every event is written with its time, and also shown', () => {
  const file = join(folder, 'events');
  const shown: Event[] = [];
  const report = timeline((event) => void shown.push(event), file);
  events.forEach(report);
  const written = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  expect(written).toEqual(events.map((event) => ({ ...event, at: expect.any(Number) })));
  expect(shown).toEqual(events);
});

test('the report is unchanged if there is no file', () => {
  const report = () => undefined;
  expect(timeline(report, undefined)).toBe(report);
  expect(timeline(report, '')).toBe(report);
});

test('a file that cannot be written is a warning, and the run continues', () => {
  const shown: Event[] = [];
  timeline((event) => void shown.push(event), join(folder, 'no', 'such'))({ type: 'note', text: 'on' });
  expect(shown).toEqual([
    { type: 'warning', text: expect.stringContaining('cannot be written') },
    { type: 'note', text: 'on' },
  ]);
});
