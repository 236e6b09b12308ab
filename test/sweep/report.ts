/** For sweeps: reports their results for the page that `npm run sweep` writes. */
import { appendFileSync } from 'node:fs';

/** One line of the report. */
export type ReportLine =
  | {
      readonly sweep: 'every call';
      readonly scenario: string;
      readonly failure: string;
      /** The calls for which the injected failure happened, as `service Operation`. */
      readonly operations: readonly string[];
      readonly ms: number;
    }
  | {
      readonly sweep: 'pairs' | 'weather' | 'killed' | 'fuzz';
      readonly what: string;
      readonly count: number;
      readonly seed?: number | string;
      readonly ms: number;
    };

/** Appends a line to the file that SWEEP_REPORT names, if any. */
export function reportLine(line: ReportLine): void {
  const file = process.env['SWEEP_REPORT'];
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
