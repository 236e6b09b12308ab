/** Writes every event of a run to a file, one line of JSON per event with its time; charts are drawn from this file. */
import { appendFileSync } from 'node:fs';
import type { Event, Report } from '../model/report.ts';

/** An event with its time, in milliseconds since 1970. */
export type TimedEvent = Event & { readonly at: number };

/**
 * Returns a report that also writes to a file. If the file cannot be written, the report warns and continues.
 * @param file undefined or empty for no file
 */
export function timeline(report: Report, file: string | undefined): Report {
  if (!file) return report;
  return (event) => {
    const timed: TimedEvent = { at: Date.now(), ...event };
    try {
      appendFileSync(file, `${JSON.stringify(timed)}\n`);
    } catch (error) {
      report({ type: 'warning', text: `${file} cannot be written: ${(error as Error).message}` });
    }
    report(event);
  };
}
