/** For sweeps: what they did, for the page that `npm run sweep` writes. */
import { appendFileSync } from 'node:fs';

/** One line of the report. */
export type Line =
  | {
      readonly sweep: 'every call';
      readonly story: string;
      readonly blow: string;
      /** What was struck, as `service Operation`. */
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

/** Adds a line to the file that SWEEP_REPORT names; without it, nothing is kept. */
export function write(line: Line): void {
  const file = process.env['SWEEP_REPORT'];
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
