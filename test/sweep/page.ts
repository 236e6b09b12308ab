/** Renders docs/survival.md: a table of all sweeps, and a matrix of operations and the ways in which they failed. */
import { table } from '../../docs/table.ts';
import type { ReportLine } from './report.ts';

/** The page is handwritten above this line. The sweep generates the part below it. */
const MARK = '<!-- Below this line: npm run sweep -->';

type EveryCall = Extract<ReportLine, { sweep: 'every call' }>;
type OtherLine = Exclude<ReportLine, EveryCall>;

const isEveryCall = (line: ReportLine): line is EveryCall => line.sweep === 'every call';
const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;

/** Returns the page with its generated part replaced. @param ms the duration of all sweeps in milliseconds */
export function survivalPage(text: string, lines: readonly ReportLine[], ms: number): string {
  const callLines = lines.filter(isEveryCall);
  const others = lines.filter((line): line is OtherLine => !isEveryCall(line));
  return [
    `${text.split(MARK)[0]}${MARK}`,
    `On Node ${process.version}, ${minutes(ms)} in total. Every case counted here ended as expected; any other case fails the sweep.`,
    '## Sweeps',
    sweepsTable(callLines, others),
    '## Calls and failures',
    'The number of times each operation failed in each way, across all scenarios.',
    matrix(callLines),
    '',
  ].join('\n\n');
}

function sweepsTable(callLines: readonly EveryCall[], others: readonly OtherLine[]): string {
  const scenarioRows = [...new Set(callLines.map(({ scenario }) => scenario))].sort().map((scenario) => {
    const linesOfScenario = callLines.filter((line) => line.scenario === scenario);
    const count = linesOfScenario.reduce((sum, { operations }) => sum + operations.length, 0);
    return [`every call of ${scenario}`, String(count), '', minutes(totalMs(linesOfScenario))];
  });
  const otherRows = [...new Set(others.map(({ sweep, what }) => `${sweep}: ${what}`))].sort().map((name) => {
    const linesOfName = others.filter(({ sweep, what }) => `${sweep}: ${what}` === name);
    const seeds = [...new Set(linesOfName.flatMap(({ seed }) => seed ?? []))];
    return [
      name,
      String(linesOfName.reduce((sum, { count }) => sum + count, 0)),
      seeds.join(', '),
      minutes(totalMs(linesOfName)),
    ];
  });
  return table([['sweep', 'cases', 'seed', 'duration'], ...scenarioRows, ...otherRows]);
}

const totalMs = (lines: readonly { readonly ms: number }[]): number =>
  lines.reduce((sum, { ms }) => sum + ms, 0);

function matrix(callLines: readonly EveryCall[]): string {
  const failures = [...new Set(callLines.map(({ failure }) => failure))].sort();
  const operations = [...new Set(callLines.flatMap((line) => line.operations))].sort();
  const cell = (operation: string, failure: string): string => {
    const count = callLines
      .filter((line) => line.failure === failure)
      .reduce((sum, line) => sum + line.operations.filter((one) => one === operation).length, 0);
    return count === 0 ? '' : String(count);
  };
  return table([
    ['call', ...failures],
    ...operations.map((operation) => [operation, ...failures.map((failure) => cell(operation, failure))]),
  ]);
}
