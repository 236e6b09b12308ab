/** Renders figures as Markdown tables that are also readable in a terminal. Pure. */
import { WORKLOADS } from './contender.ts';
import type { WorkloadFigures, Figures, CallCounts, Spread } from './figures.ts';
import { isMet, WORKLOAD_NAMES, type SizeResult, type Verdict } from './goals.ts';

/**
 * Formats a table as Prettier would. The first column is left-aligned, and the others are right-aligned.
 * @param rows the header and the rows, all with the same number of cells
 */
export function table(rows: readonly (readonly string[])[]): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(header), line(rule), ...body.map(line)].join('\n');
}

const decimalsFor = (value: number): number => (value < 10 ? 1 : 0);

/** Formats seconds, e.g. `2.1 s (1.9–2.4)`. The range is left out if it is empty, as it is for a single round. */
export function secondsText({ median, min, max }: Spread): string {
  const numberText = (value: number) => value.toFixed(decimalsFor(median));
  return min === max
    ? `${numberText(median)} s`
    : `${numberText(median)} s (${numberText(min)}–${numberText(max)})`;
}

const callsText = ({ median, min, max }: Spread): string =>
  min === max ? String(median) : `${median} (${min}–${max})`;
const memoryText = ({ megabytes }: WorkloadFigures): string =>
  megabytes === undefined ? '' : `${Math.round(megabytes.median)} MB`;
/** Formats a ratio. */
export const ratioText = (ratio: number): string => ratio.toFixed(3);

/** Renders one table for all sizes, with the time, ratio, calls and memory of every workload. */
export function comparisonTable(sizes: readonly SizeResult[]): string {
  const header = [
    'workload',
    'time',
    "Terraform's time",
    'ratio',
    'calls',
    "Terraform's calls",
    'memory',
    "Terraform's memory",
  ];
  const rows = sizes.flatMap(({ additionalServices, slipway, terraform }) =>
    WORKLOADS.map((workload) => {
      const [ofSlipway, ofTerraform] = [slipway[workload], terraform?.[workload]];
      return [
        additionalServices === 0
          ? WORKLOAD_NAMES[workload]
          : `${WORKLOAD_NAMES[workload]}, ${additionalServices} more services`,
        secondsText(ofSlipway.seconds),
        ofTerraform ? secondsText(ofTerraform.seconds) : '',
        ofTerraform ? ratioText(ofSlipway.seconds.median / ofTerraform.seconds.median) : '',
        callsText(ofSlipway.calls),
        ofTerraform ? callsText(ofTerraform.calls) : '',
        memoryText(ofSlipway),
        ofTerraform ? memoryText(ofTerraform) : '',
      ];
    }),
  );
  return table([header, ...rows]);
}

/** Lists every goal with the measured value. */
export const verdictTable = (verdicts: readonly Verdict[]): string =>
  table([
    ['goal', 'at most', 'measured', ''],
    ...verdicts.map((verdict) => [
      verdict.what,
      figureText(verdict.atMost),
      figureText(verdict.measured),
      isMet(verdict) ? 'met' : 'missed',
    ]),
  ]);

const figureText = (value: number): string =>
  Number.isInteger(value) ? String(value) : value >= 10 ? value.toFixed(1) : value.toFixed(3);

/** Matches the names of operations that only read. */
const READ_ONLY_OPERATION = /\.(Describe|Get|List)/;

/** Counts the calls to each AWS service as `reads + writes`, with one column per workload. Terraform's counts follow a slash. */
export function callsTable({ slipway, terraform }: SizeResult): string {
  const operationsIn = (figures: Figures) =>
    WORKLOADS.flatMap((workload) => Object.keys(figures[workload].callCounts));
  const operations = [...operationsIn(slipway), ...(terraform ? operationsIn(terraform) : [])];
  const services = [...new Set(operations.map((operation) => operation.split('.')[0] ?? ''))].sort();
  const countsText = (service: string, counts: CallCounts) => {
    const ofService = Object.entries(counts).filter(([operation]) => operation.startsWith(`${service}.`));
    const sum = (isRead: boolean) =>
      ofService.reduce(
        (total, [operation, count]) => total + (READ_ONLY_OPERATION.test(operation) === isRead ? count : 0),
        0,
      );
    return `${sum(true)} + ${sum(false)}`;
  };
  return table([
    ['service', ...WORKLOADS.map((workload) => WORKLOAD_NAMES[workload])],
    ...services.map((service) => [
      service,
      ...WORKLOADS.map((workload) =>
        [slipway, ...(terraform ? [terraform] : [])]
          .map((figures) => countsText(service, figures[workload].callCounts))
          .join(' / '),
      ),
    ]),
  ]);
}
