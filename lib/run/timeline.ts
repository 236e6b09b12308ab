/** Writes every event of a run into a file, a line of JSON each with its time: what charts of a run are made of. */
import { appendFileSync } from 'node:fs';
import type { Event, Report } from '../model/report.ts';

/** An event and when it was, in milliseconds since 1970. */
export type TimedEvent = Event & { readonly at: number };

/** A report that also writes to a file, and goes on when that cannot be. @param file none when undefined or empty */
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
