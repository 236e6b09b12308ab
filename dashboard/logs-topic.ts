/** The last lines that the containers have printed. */
import type { Clock } from '../lib/model/clock.ts';
import { isNotFound } from '../lib/aws/errors.ts';
import type { Options } from '../lib/run/options.ts';
import { redactorFor } from '../lib/run/redact.ts';
import { newestLines } from '../logs/newest.ts';
import { pagesOf, type LogEvent } from '../logs/pages.ts';
import { selectionOf } from '../logs/selection.ts';
import { makeShownEvents, type ShownEvents } from '../logs/shown-events.ts';
import { readableJson } from '../logs/json-text.ts';
import { noticeOf, type Held, type HeldSession, type Notice } from './held-session.ts';
import type { Topic } from './topics.ts';

/** One line, as the page shows it. */
export interface ShownLine {
  readonly id: string;
  /** In ISO 8601. */
  readonly at: string;
  readonly service: string;
  readonly container: string;
  readonly task: string;
  /** E.g. `WARN`; undefined if the line has no level. */
  readonly level?: string | undefined;
  readonly text: string;
}

/** The value of the topic. */
export interface ShownLogs {
  /** The oldest first. */
  readonly lines: readonly ShownLine[];
  /** The lines that were read in this look, but are left out because others are newer. */
  readonly omitted: number;
  readonly notice?: Notice | undefined;
}

/** The number of lines that the page shows. */
const LINES = 500;
/** The maximum length of a line that is sent, in characters. */
const MAX_LENGTH = 4000;
/** Milliseconds between two looks. AWS allows 5 to 25 calls per second in an account and a Region. */
const EVERY_MS = { sandbox: 1000, aws: 3000 } as const;

export function logsTopic(held: HeldSession, options: Options, clock: Clock): Topic {
  let shown: ShownEvents | undefined;
  let lines: readonly ShownLine[] = [];

  async function read({ session }: Held): Promise<ShownLogs> {
    const { aws, names, config } = session.lookContext();
    const selection = selectionOf(config, undefined);
    const redact = redactorFor(config);
    const query = { aws, logGroupName: names.logGroup, selection, grep: undefined, redact };
    const pages = pagesOf(query);
    const events: LogEvent[] = [];
    let count = 0;
    if (shown) {
      for await (const page of pages(shown.readFrom(clock.now()))) {
        const added = page.events.filter((event) => shown?.add(event));
        count += added.length;
        events.push(...added);
        // Thousands of lines may arrive between two looks.
        events.splice(0, Math.max(0, events.length - LINES));
      }
    } else {
      const newest = await newestLines(pages, { count: LINES, now: clock.now(), isEveryLine: true });
      shown = makeShownEvents(newest.from, newest.events);
      events.push(...newest.events);
      count = events.length;
    }
    lines = [...lines, ...events.map(shownLine)]
      .sort((one, other) => one.at.localeCompare(other.at))
      .slice(-LINES);
    return { lines, omitted: count - events.length };
  }

  return {
    name: 'logs',
    everyMs: EVERY_MS[options.target],
    async poll() {
      try {
        return await held.use(async (session) => {
          try {
            return await read(session);
          } catch (error) {
            // A stack that does not exist has no log, and that is no failure of the session.
            if (!isNotFound(error)) throw error;
            shown = undefined;
            lines = [];
            return { lines, omitted: 0 };
          }
        });
      } catch (error) {
        return { lines, omitted: 0, notice: noticeOf(error, options) };
      }
    },
  };
}

function shownLine({ id, at, service, container, taskId, message }: LogEvent): ShownLine {
  const readable = readableJson(message);
  const text = readable ? [readable.text, ...readable.stack].join('\n') : message;
  return {
    ...{ id, at: new Date(at).toISOString(), service, container },
    task: taskId,
    level: readable?.level,
    text: text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text,
  };
}
