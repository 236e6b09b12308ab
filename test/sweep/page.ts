/** Renders the page of the sweeps: a matrix of calls and faults, and a row for every other sweep. Pure. */
import { table } from '../../docs/table.ts';
import type { Line } from './report.ts';

/** Everything above this line is written by hand, everything below it is generated. */
const MARK = '<!-- Below this line: npm run sweep -->';

type EveryCall = Extract<Line, { sweep: 'every call' }>;
type Other = Exclude<Line, EveryCall>;

const isEveryCall = (line: Line): line is EveryCall => line.sweep === 'every call';
const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;

/** Returns the page with its generated part replaced. @param ms how long all sweeps took, milliseconds */
export function survivalPage(text: string, lines: readonly Line[], ms: number): string {
  const calls = lines.filter(isEveryCall);
  const others = lines.filter((line): line is Other => !isEveryCall(line));
  return [
    `${text.split(MARK)[0]}${MARK}`,
    `Node ${process.version}, ${minutes(ms)} in total. Every case counted here passed; a single failure fails the sweep.`,
    '## Sweeps',
    sweepsTable(calls, others),
    '## Faults per call',
    'How often each operation was hit by each kind of fault, in all scenarios together.',
    matrix(calls),
    '',
  ].join('\n\n');
}

function sweepsTable(calls: readonly EveryCall[], others: readonly Other[]): string {
  const stories = [...new Set(calls.map(({ story }) => story))].sort().map((story) => {
    const mine = calls.filter((line) => line.story === story);
    const count = mine.reduce((sum, { operations }) => sum + operations.length, 0);
    return [`every call of ${story}`, String(count), '', minutes(sumOf(mine))];
  });
  const kinds = [...new Set(others.map(({ sweep, what }) => `${sweep}: ${what}`))].sort().map((name) => {
    const mine = others.filter(({ sweep, what }) => `${sweep}: ${what}` === name);
    const seeds = [...new Set(mine.flatMap(({ seed }) => seed ?? []))];
    return [
      name,
      String(mine.reduce((sum, { count }) => sum + count, 0)),
      seeds.join(', '),
      minutes(sumOf(mine)),
    ];
  });
  return table([['sweep', 'cases', 'seed', 'duration'], ...stories, ...kinds]);
}

const sumOf = (lines: readonly { readonly ms: number }[]): number =>
  lines.reduce((sum, { ms }) => sum + ms, 0);

function matrix(calls: readonly EveryCall[]): string {
  const blows = [...new Set(calls.map(({ blow }) => blow))].sort();
  const operations = [...new Set(calls.flatMap((line) => line.operations))].sort();
  const cell = (operation: string, blow: string): string => {
    const count = calls
      .filter((line) => line.blow === blow)
      .reduce((sum, line) => sum + line.operations.filter((one) => one === operation).length, 0);
    return count === 0 ? '' : String(count);
  };
  return table([
    ['call', ...blows],
    ...operations.map((operation) => [operation, ...blows.map((blow) => cell(operation, blow))]),
  ]);
}
