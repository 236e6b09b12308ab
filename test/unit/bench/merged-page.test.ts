// A benchmark of some parts changes their figures on the page, and no others.
import { describe, expect, test } from '@jest/globals';
import { commandVerdicts } from '../../../bench/command-goals.ts';
import { isMet } from '../../../bench/goals.ts';
import { mergedResults } from '../../../bench/merged-page.ts';
import { table } from '../../../bench/table.ts';

const goals = (...rows: string[][]) => `## Goals\n\n${table([['goal', 'at most', 'measured', ''], ...rows])}`;
const EARLIER = `
- two cores

${goals(['help', '0.25', '0.1', 'met'], ['calls', '30', '22', 'met'])}

## Compared with Terraform

old comparison

## Idle sandbox

- old idle
`;

describe('mergedResults', () => {
  test('replaces the sections that were measured, adds new ones in order, and keeps the others', () => {
    const measured =
      '- four cores\n\n## With everything on, compared\n\nnew\n\n## Idle sandbox\n\n- new idle';
    const merged = mergedResults(EARLIER, measured, '2026-12-01, measured again: idle');
    expect(merged.split('\n\n')).toEqual([
      '- two cores\n- 2026-12-01, measured again: idle',
      ...goals(['help', '0.25', '0.1', 'met'], ['calls', '30', '22', 'met']).split('\n\n'),
      ...['## Compared with Terraform', 'old comparison'],
      ...['## With everything on, compared', 'new'],
      ...['## Idle sandbox', '- new idle'],
    ]);
  });

  test('merges the goals by name, and adds new ones at the end', () => {
    const measured = `- x\n\n${goals(['help', '0.20', '0.3', 'missed'], ['a new goal', '1', '1', 'met'])}`;
    const merged = mergedResults(EARLIER, measured, '2026-12-01, measured again: own');
    expect(merged).toContain(
      goals(['help', '0.20', '0.3', 'missed'], ['calls', '30', '22', 'met'], ['a new goal', '1', '1', 'met']),
    );
  });

  test('a later note about the same parts replaces the earlier one', () => {
    const once = mergedResults(EARLIER, '- x', '2026-12-01, measured again: own');
    const twice = mergedResults(once, '- x', '2026-12-02, measured again: own');
    expect(twice.split('\n\n')[0]).toBe('- two cores\n- 2026-12-02, measured again: own');
  });
});

describe('commandVerdicts', () => {
  test('status may take 1.2 s, and the first line of logs 1 s', () => {
    const spread = (median: number) => ({ median, min: median, max: median });
    const met = (status: number, firstLine: number) =>
      commandVerdicts({ status: spread(status), firstLine: spread(firstLine) }).map(isMet);
    expect(met(1.2, 1)).toEqual([true, true]);
    expect(met(1.3, 1.1)).toEqual([false, false]);
  });
});
