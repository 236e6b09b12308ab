/** Renders figures as Markdown tables that are also readable in a terminal. Pure. */
import { WORKLOADS } from './contender.ts';
import type { Figure, Figures, Kinds, Spread } from './figures.ts';
import { isMet, WORKLOAD_NAMES, type Size, type Verdict } from './targets.ts';

/**
 * Formats a table as Prettier does: the first column left-aligned, the others right-aligned.
 * @param all the head and the rows, with the same number of cells each
 */
export function table(all: readonly (readonly string[])[]): string {
  const [head = [], ...body] = all;
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...body.map(line)].join('\n');
}

const digits = (value: number): number => (value < 10 ? 1 : 0);

/** Formats seconds, e.g. `2.1 s (1.9–2.4)`; without a range for a single round. */
export function secondsText({ median, min, max }: Spread): string {
  const number = (value: number) => value.toFixed(digits(median));
  return min === max ? `${number(median)} s` : `${number(median)} s (${number(min)}–${number(max)})`;
}

const callsText = ({ median, min, max }: Spread): string =>
  min === max ? String(median) : `${median} (${min}–${max})`;
const memoryText = ({ megabytes }: Figure): string =>
  megabytes === undefined ? '' : `${Math.round(megabytes.median)} MB`;
/** Formats a ratio. */
export const ratioText = (ratio: number): string => ratio.toFixed(3);

/** Renders one table for all sizes, with the time, ratio, calls and memory of every workload. */
export function comparisonTable(sizes: readonly Size[]): string {
  const head = ['work', 'Slipway', 'Terraform', 'ratio', 'calls', "Terraform's", 'memory', "Terraform's"];
  const rows = sizes.flatMap(({ more, slipway, terraform }) =>
    WORKLOADS.map((work) => {
      const [ofSlipway, ofTerraform] = [slipway[work], terraform?.[work]];
      return [
        more === 0 ? WORKLOAD_NAMES[work] : `${WORKLOAD_NAMES[work]}, ${more} more`,
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
  return table([head, ...rows]);
}

/** Lists every target with the measured value. */
export const verdictTable = (verdicts: readonly Verdict[]): string =>
  table([
    ['target', 'at most', 'measured', ''],
    ...verdicts.map((verdict) => [
      verdict.what,
      figureText(verdict.atMost),
      figureText(verdict.is),
      isMet(verdict) ? 'met' : 'missed',
    ]),
  ]);

const figureText = (value: number): string =>
  Number.isInteger(value) ? String(value) : value >= 10 ? value.toFixed(1) : value.toFixed(3);

/** Matches the names of calls that only read. */
const READS = /\.(Describe|Get|List)/;

/** Lists the calls of each service as `reads + writes`, with one column per workload. Terraform's calls follow after a slash. */
export function kindsTable({ slipway, terraform }: Size): string {
  const all = (figures: Figures) => WORKLOADS.flatMap((work) => Object.keys(figures[work].kinds));
  const kinds = [...all(slipway), ...(terraform ? all(terraform) : [])];
  const services = [...new Set(kinds.map((kind) => kind.split('.')[0] ?? ''))].sort();
  const cell = (service: string, of: Kinds) => {
    const ofService = Object.entries(of).filter(([kind]) => kind.startsWith(`${service}.`));
    const sum = (isRead: boolean) =>
      ofService.reduce((total, [kind, count]) => total + (READS.test(kind) === isRead ? count : 0), 0);
    return `${sum(true)} + ${sum(false)}`;
  };
  return table([
    ['service', ...WORKLOADS.map((work) => WORKLOAD_NAMES[work])],
    ...services.map((service) => [
      service,
      ...WORKLOADS.map((work) =>
        [slipway, ...(terraform ? [terraform] : [])]
          .map((figures) => cell(service, figures[work].kinds))
          .join(' / '),
      ),
    ]),
  ]);
}
