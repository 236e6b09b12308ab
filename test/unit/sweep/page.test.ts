// The page of the sweeps: a complete sweep replaces its results, and single sweeps are merged into them.
import { expect, test } from '@jest/globals';
import { mergedSurvivalPage, survivalPage } from '../../sweep/page.ts';
import type { ReportLine } from '../../sweep/report.ts';

const MARK = '<!-- Below this line: npm run sweep -->';
const callsOf = (scenario: string, failure: string, operations: string[]): ReportLine => ({
  ...{ sweep: 'every call', scenario, failure, operations, ms: 60_000 },
});
const complete = survivalPage(
  `Written.\n\n${MARK}\n\nold\n`,
  [
    callsOf('a teardown', 'refused', ['ec2 DeleteVpc', 'ec2 DeleteVpc']),
    callsOf('a teardown', 'killed', ['ec2 DeleteVpc']),
    { sweep: 'fuzz', what: 'configurations', count: 10, seed: 7, ms: 6000 },
  ],
  120_000,
);
/** The cells of each row of the tables. */
const rowsIn = (page: string) =>
  page
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.includes('---'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test('a complete sweep replaces the results', () => {
  expect(complete).toMatch(new RegExp(`^Written\\.\n\n${MARK}\n\nOn Node .*, 2\\.0 min in total\\.`));
  expect(complete).not.toContain('old');
  expect(rowsIn(complete)).toEqual([
    ['sweep', 'cases', 'seed', 'duration'],
    ['every call of a teardown', '3', '', '2.0 min'],
    ['fuzz: configurations', '10', '7', '0.1 min'],
    ['call', 'killed', 'refused'],
    ['ec2 DeleteVpc', '1', '2'],
  ]);
});

test('single sweeps replace and add rows, and only calls that are not counted yet are added to the matrix', () => {
  const lines = [
    callsOf('a teardown', 'refused', ['ec2 DeleteVpc']),
    callsOf('an end', 'refused', ['ec2 DeleteVpc', 's3 DeleteBucket']),
  ];
  const merged = mergedSurvivalPage(complete, lines, '2026-12-01');
  expect(merged).toContain('Sweeps of 2026-12-01: every call of a teardown, every call of an end.\n');
  expect(rowsIn(merged)).toEqual([
    ['sweep', 'cases', 'seed', 'duration'],
    ['every call of a teardown', '1', '', '1.0 min'],
    ['every call of an end', '2', '', '1.0 min'],
    ['fuzz: configurations', '10', '7', '0.1 min'],
    ['call', 'killed', 'refused'],
    ['ec2 DeleteVpc', '1', '3'],
    ['s3 DeleteBucket', '', '1'],
  ]);
});
