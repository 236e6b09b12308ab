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

/** The seed of a sweep: another one each time, or the one that SEED says. */
export const seedOf = (): number => Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Adds a line to the file that SWEEP_REPORT names; without it, nothing is kept. */
export function write(line: Line): void {
  const file = process.env['SWEEP_REPORT'];
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
