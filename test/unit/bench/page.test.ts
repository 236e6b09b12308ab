// Rendering results for a terminal and for docs/speed.md, with tables formatted as Prettier formats them.
import { expect, test } from '@jest/globals';
import { WORKLOADS, type Round } from '../../../bench/contender.ts';
import { figuresOf } from '../../../bench/figures.ts';
import { reportOf, pageWith } from '../../../bench/page.ts';
import type { Results } from '../../../bench/results.ts';
import { secondsText } from '../../../bench/table.ts';
import { verdicts } from '../../../bench/goals.ts';

const roundTaking = (seconds: number): Round =>
  Object.fromEntries(
    WORKLOADS.map((work) => [
      work,
      { seconds, megabytes: 200, calls: [{ service: 'ec2', operation: 'DescribeVpcs', mutating: false }] },
    ]),
  ) as unknown as Round;
const sizes = [
  {
    additionalServices: 0,
    slipway: figuresOf([roundTaking(2), roundTaking(2.4)]),
    terraform: figuresOf([roundTaking(20)]),
  },
  { additionalServices: 50, slipway: figuresOf([roundTaking(5)]), terraform: undefined },
];
const results: Results = {
  about: ['two cores'],
  sizes,
  everything: [],
  verdicts: verdicts(sizes),
  minimum: {
    workloads: [
      { workload: 'update', seconds: 28.4, minimum: 27, path: ['services', 'deployment completes'] },
    ],
    secondsWithDefaults: 480,
    failures: [{ what: 'a program that throws', seconds: 71.2, secondsAfterReport: 6.34 }],
    spans: [],
    criticalSpans: [],
  },
  throughput: [
    { what: 'requests', sandbox: 500, other: 1000, otherName: 'nginx' },
    { what: 'calls', sandbox: 500, other: undefined, otherName: 'moto' },
  ],
  idle: { percent: 0.456, seconds: 120 },
  skipped: ['nginx'],
  failures: ['minimum: it broke\nwith details'],
};

test('printed results have medians with ranges, ratios, calls and verdicts', () => {
  const text = reportOf(results);
  expect(text).toContain('2.2 s (2.0–2.4)');
  expect(text).toMatch(/first provision: time, relative to Terraform's +\| +0\.050 \| +0\.110 \| missed/);
  expect(text).toMatch(/\| ec2 +\| +1 \+ 0 \/ 1 \+ 0/);
  expect(text).toContain('services → deployment completes');
  expect(text).toContain('every 30 s) took 480.0 s');
  expect(text).toMatch(/a program that throws +\| +71\.2 s \| +6\.3 s/);
  expect(text).toContain('moto is not installed');
  expect(text).toContain('used 0.46 % of a core during 120 s');
  expect(text).toContain('- failed: minimum: it broke\n');
});

test('the page keeps its handwritten part, and its generated part is replaced with aligned tables', () => {
  const mark = '<!-- Below this line: npm run bench -- --write -->';
  const page = pageWith(`# Speed\n\nWritten.\n\n${mark}\n\nold\n`, results);
  expect(page.startsWith(`# Speed\n\nWritten.\n\n${mark}\n\n- two cores\n`)).toBe(true);
  expect(page).not.toContain('old\n');
  for (const table of page.split('\n\n').filter((paragraph) => paragraph.startsWith('|'))) {
    expect(
      new Set(
        table
          .trimEnd()
          .split('\n')
          .map((line) => line.length),
      ).size,
    ).toBe(1);
  }
});

test.each([
  [{ median: 2.123, min: 1.9, max: 2.44 }, '2.1 s (1.9–2.4)'],
  [{ median: 104.6, min: 99.9, max: 113 }, '105 s (100–113)'],
  [{ median: 3, min: 3, max: 3 }, '3.0 s'],
])('the figure %j is formatted as %s', (spread, text) => {
  expect(secondsText(spread)).toBe(text);
});
