/** Renders docs/survival.md: a table of all sweeps, and a matrix of operations and the ways in which they failed. */
import { table } from '../../docs/table.ts';
import type { ReportLine } from './report.ts';

/** The page is handwritten above this line. The sweep generates the part below it. */
const MARK = '<!-- Below this line: npm run sweep -->';

type EveryCall = Extract<ReportLine, { sweep: 'every call' }>;
type OtherLine = Exclude<ReportLine, EveryCall>;
type Rows = readonly (readonly string[])[];

const SWEEPS_HEADER = ['sweep', 'cases', 'seed', 'duration'];

const isEveryCall = (line: ReportLine): line is EveryCall => line.sweep === 'every call';
const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;
const nameOf = (line: ReportLine): string =>
  isEveryCall(line) ? `every call of ${line.scenario}` : `${line.sweep}: ${line.what}`;

/** Returns the page with its generated part replaced. @param ms the duration of all sweeps in milliseconds */
export const survivalPage = (text: string, lines: readonly ReportLine[], ms: number): string =>
  pageOf(
    text,
    [
      `On Node ${process.version}, ${minutes(ms)} in total. Every case counted here ended as expected; any other case fails the sweep.`,
    ],
    sweepRows(lines),
    matrixRows(lines.filter(isEveryCall)),
  );

/**
 * Returns the page with the results of some sweeps. Their rows are replaced or added, and the calls of scenarios without a row are added
 * to the matrix: it already counts those of the others.
 * @param date the day of the sweeps
 */
export function mergedSurvivalPage(text: string, lines: readonly ReportLine[], date: string): string {
  const [intro = '', sweeps = '', matrix = ''] = (text.split(MARK)[1] ?? '').split(/^## .*$/m);
  const earlierRows = rowsIn(sweeps).slice(1);
  const counted = new Set(earlierRows.map(([name]) => name));
  const rows = new Map([...earlierRows, ...sweepRows(lines)].map((row) => [row[0] ?? '', row]));
  const newLines = lines.filter(isEveryCall).filter((line) => !counted.has(nameOf(line)));
  const names = [...new Set(lines.map(nameOf))].sort();
  return pageOf(
    text,
    [intro.trim(), `Sweeps of ${date}: ${names.join(', ')}.`],
    [...rows.values()].sort(([one = ''], [other = '']) => (one < other ? -1 : 1)),
    addedMatrix(rowsIn(matrix), matrixRows(newLines)),
  );
}

const pageOf = (text: string, intro: readonly string[], sweeps: Rows, matrix: Rows): string =>
  [
    `${text.split(MARK)[0]}${MARK}`,
    ...intro,
    '## Sweeps',
    table([SWEEPS_HEADER, ...sweeps]),
    '## Calls and failures',
    'The number of times each operation failed in each way, across all scenarios.',
    table(matrix),
    '',
  ].join('\n\n');

function sweepRows(lines: readonly ReportLine[]): Rows {
  const callLines = lines.filter(isEveryCall);
  const others = lines.filter((line): line is OtherLine => !isEveryCall(line));
  const scenarioRows = [...new Set(callLines.map(nameOf))].sort().map((name) => {
    const linesOfScenario = callLines.filter((line) => nameOf(line) === name);
    const count = linesOfScenario.reduce((sum, { operations }) => sum + operations.length, 0);
    return [name, String(count), '', minutes(totalMs(linesOfScenario))];
  });
  const otherRows = [...new Set(others.map(nameOf))].sort().map((name) => {
    const linesOfName = others.filter((line) => nameOf(line) === name);
    const seeds = [...new Set(linesOfName.flatMap(({ seed }) => seed ?? []))];
    return [
      name,
      String(linesOfName.reduce((sum, { count }) => sum + count, 0)),
      seeds.join(', '),
      minutes(totalMs(linesOfName)),
    ];
  });
  return [...scenarioRows, ...otherRows];
}

const totalMs = (lines: readonly { readonly ms: number }[]): number =>
  lines.reduce((sum, { ms }) => sum + ms, 0);

function matrixRows(callLines: readonly EveryCall[]): Rows {
  const failures = [...new Set(callLines.map(({ failure }) => failure))].sort();
  const operations = [...new Set(callLines.flatMap((line) => line.operations))].sort();
  const cell = (operation: string, failure: string): string => {
    const count = callLines
      .filter((line) => line.failure === failure)
      .reduce((sum, line) => sum + line.operations.filter((one) => one === operation).length, 0);
    return count === 0 ? '' : String(count);
  };
  return [
    ['call', ...failures],
    ...operations.map((operation) => [operation, ...failures.map((failure) => cell(operation, failure))]),
  ];
}

/** Adds the counts of two matrices. */
function addedMatrix(...matrices: readonly Rows[]): Rows {
  const counts = new Map<string, number>();
  const keyOf = (operation: string, failure: string) => `${operation}|${failure}`;
  for (const [[, ...failures] = [], ...rows] of matrices)
    for (const [operation = '', ...cells] of rows)
      failures.forEach((failure, index) => {
        const key = keyOf(operation, failure);
        counts.set(key, (counts.get(key) ?? 0) + Number(cells[index] ?? 0));
      });
  const failures = [...new Set(matrices.flatMap(([header = []]) => header.slice(1)))].sort();
  const operations = [
    ...new Set(matrices.flatMap((rows) => rows.slice(1).map(([name = '']) => name))),
  ].sort();
  return [
    ['call', ...failures],
    ...operations.map((operation) => [
      operation,
      ...failures.map((failure) => String(counts.get(keyOf(operation, failure)) || '')),
    ]),
  ];
}

/** Returns the rows of the table in a section, including its header. */
const rowsIn = (text: string): Rows =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
