/** Renders docs/survival.md: a matrix of calls and failures, and a row for every other sweep. Pure. */
import { table } from '../../docs/table.ts';
import type { ReportLine } from './report.ts';

/** Above this line the page is written by hand, below it by the sweep. */
const MARK = '<!-- Below this line: npm run sweep -->';

type EveryCall = Extract<ReportLine, { sweep: 'every call' }>;
type Other = Exclude<ReportLine, EveryCall>;

const isEveryCall = (line: ReportLine): line is EveryCall => line.sweep === 'every call';
const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;

/** Returns the page with its generated part replaced. @param ms the duration of all sweeps in milliseconds */
export function survivalPage(text: string, lines: readonly ReportLine[], ms: number): string {
  const calls = lines.filter(isEveryCall);
  const others = lines.filter((line): line is Other => !isEveryCall(line));
  return [
    `${text.split(MARK)[0]}${MARK}`,
    `On Node ${process.version}, ${minutes(ms)} in all. Every number counts cases that ended as expected; any other case fails the sweep.`,
    '## Sweeps',
    sweepsTable(calls, others),
    '## Calls and failures',
    'How often each operation failed in each way, in all scenarios together.',
    matrix(calls),
    '',
  ].join('\n\n');
}

function sweepsTable(calls: readonly EveryCall[], others: readonly Other[]): string {
  const stories = [...new Set(calls.map(({ scenario }) => scenario))].sort().map((scenario) => {
    const ofScenario = calls.filter((line) => line.scenario === scenario);
    const count = ofScenario.reduce((sum, { operations }) => sum + operations.length, 0);
    return [`every call of ${scenario}`, String(count), '', minutes(sumOf(ofScenario))];
  });
  const kinds = [...new Set(others.map(({ sweep, what }) => `${sweep}: ${what}`))].sort().map((name) => {
    const ofKind = others.filter(({ sweep, what }) => `${sweep}: ${what}` === name);
    const seeds = [...new Set(ofKind.flatMap(({ seed }) => seed ?? []))];
    return [
      name,
      String(ofKind.reduce((sum, { count }) => sum + count, 0)),
      seeds.join(', '),
      minutes(sumOf(ofKind)),
    ];
  });
  return table([['sweep', 'cases', 'seed', 'duration'], ...stories, ...kinds]);
}

const sumOf = (lines: readonly { readonly ms: number }[]): number =>
  lines.reduce((sum, { ms }) => sum + ms, 0);

function matrix(calls: readonly EveryCall[]): string {
  const failures = [...new Set(calls.map(({ failure }) => failure))].sort();
  const operations = [...new Set(calls.flatMap((line) => line.operations))].sort();
  const cell = (operation: string, failure: string): string => {
    const count = calls
      .filter((line) => line.failure === failure)
      .reduce((sum, line) => sum + line.operations.filter((one) => one === operation).length, 0);
    return count === 0 ? '' : String(count);
  };
  return table([
    ['call', ...failures],
    ...operations.map((operation) => [operation, ...failures.map((failure) => cell(operation, failure))]),
  ]);
}
