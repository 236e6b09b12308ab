/** Prints the lines of a one-off task, or collects them for a result. */
import { printable } from '../lib/model/printable.ts';
import type { OutputLine } from '../lib/one-off/output-lines.ts';
import type { Output } from '../lib/run/output.ts';
import type { Redact } from '../lib/run/redact.ts';
import type { RunResult } from '../lib/run/run-results.ts';

/** The maximum number of lines in a result. */
const MAX_LINES = 100_000;

/** Takes the lines of a task. */
export interface LinePrinter {
  /** Takes lines, and resolves when it takes more. */
  take(lines: readonly OutputLine[]): Promise<void>;
  /** The lines that were collected; none if they were printed. */
  result(): Pick<RunResult, 'lines' | 'omitted'>;
}

/**
 * Makes a printer. The lines are printed as the program has printed them, so that they can be piped; only at a terminal, control
 * characters are made visible.
 * @param output undefined to collect the lines
 */
export function linePrinter(output: Output | undefined, redact: Redact): LinePrinter {
  let lines: RunResult['lines'] = [];
  let omitted = 0;
  return {
    async take(added) {
      if (output) {
        const text = added.map((line) => {
          const shown = redact(line.text);
          return `${output.isTerminal ? printable(shown) : shown}\n`;
        });
        if (text.length > 0) await output.write(text.join(''));
        return;
      }
      const all = [
        ...lines,
        ...added.map(({ at, text }) => ({ at: new Date(at).toISOString(), message: redact(text) })),
      ];
      lines = all.slice(-MAX_LINES);
      omitted += all.length - lines.length;
    },
    result: () => ({ lines, omitted }),
  };
}
