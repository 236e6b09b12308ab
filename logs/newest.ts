/** Finds the last lines of a log. AWS reads several streams only forwards, so the search begins with a short period. */
import type { LogEvent, ReadPages } from './pages.ts';

const MINUTE = 60_000;
/** The periods before now that are searched, in sequence, until one has lines, in milliseconds. */
const PERIODS = [10 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE, Number.POSITIVE_INFINITY];
/** How many times as many lines as wanted a shorter period should have, since programs do not print evenly. */
const MARGINS = [20, 160];

/** What to find. */
interface Wanted {
  /** The number of lines. */
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether every event that is read is a line that is wanted, so that the number of lines in a period can be estimated. */
  readonly isEveryLine: boolean;
}

/** The lines that were found. */
export interface NewestLines {
  /** The oldest first. */
  readonly events: readonly LogEvent[];
  /** The time from which every later line is new, in milliseconds since 1970. */
  readonly from: number;
}

/** Returns the last lines of the newest period that has any. */
export async function newestLines(read: ReadPages, wanted: Wanted): Promise<NewestLines> {
  for (const period of PERIODS) {
    const events = await lastLines(read, Math.max(0, wanted.now - period), wanted, MARGINS);
    const [first] = events;
    if (first) return { events, from: first.at + 1 };
  }
  return { events: [], from: wanted.now - (PERIODS[0] ?? 0) };
}

/** Returns the last lines since a time, without reading all of them if there are many. */
async function lastLines(
  read: ReadPages,
  from: number,
  wanted: Wanted,
  [margin, ...margins]: readonly number[],
): Promise<readonly LogEvent[]> {
  let last: readonly LogEvent[] = [];
  for await (const page of read(from)) {
    last = [...last, ...page.events].slice(-wanted.count);
    const { count, first, last: end } = page.read;
    if (!page.hasMore || !wanted.isEveryLine || margin === undefined || count === 0) continue;
    const msPerLine = Math.max(1, end - first) / count;
    const nearer = Math.floor(wanted.now - margin * wanted.count * msPerLine);
    if (nearer <= end) continue;
    const found = await lastLines(read, nearer, wanted, margins);
    if (found.length >= wanted.count) return found;
    [margin, ...margins] = margins;
  }
  return last;
}
