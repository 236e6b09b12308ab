/** Formats the lines of a log: `14:02:11.123 web 1f2e3d4c │ GET /`. Pure. */
import { styleText } from 'node:util';
import { printable } from '../lib/model/printable.ts';
import { sourceStyle } from '../lib/run/progress/event-lines.ts';
import type { LogLine } from '../lib/run/logs-results.ts';
import { readableJson } from './json-text.ts';
import type { LogEvent } from './pages.ts';
import type { Selection } from './selection.ts';

/** The number of characters of a task's id that are shown. */
const TASK_DIGITS = 8;

/** The format of the lines. */
export interface LineFormat {
  readonly selection: Pick<Selection, 'label' | 'width'>;
  /** Whether lines are coloured. Colours never carry meaning alone. */
  readonly colour: boolean;
  /** The current time, in milliseconds since 1970: the date of a line is shown only if it is another one. */
  readonly now: number;
}

/** Formats one event as one or more lines, each with a line break at its end. The time is local. */
export function lineText(event: LogEvent, { selection, colour, now }: LineFormat): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const label = printable(selection.label(event));
  const task = printable(event.taskId.slice(0, TASK_DIGITS));
  const prefix = [
    paint('dim', timeText(event.at, now)),
    paint(sourceStyle(label), label.padEnd(selection.width)),
    paint(sourceStyle(event.taskId), task),
    '│ ',
  ].join(' ');
  const readable = readableJson(event.message);
  const level =
    readable?.level === undefined ? '' : `${paint(levelStyle(readable.level), printable(readable.level))} `;
  const lines = readable
    ? [...readable.text.split('\n'), ...readable.stack.map((line) => `  ${line}`)]
    : event.message.split('\n');
  return lines.map((line, index) => `${prefix}${index === 0 ? level : ''}${printable(line)}\n`).join('');
}

const levelStyle = (level: string): Parameters<typeof styleText>[0] =>
  /^(ERR|FATAL|CRIT|ALERT|EMERG)/.test(level) ? 'red' : level.startsWith('WARN') ? 'yellow' : 'dim';

/** Formats a time of today as `14:02:11.123`, and any other time with its date. */
function timeText(at: number, now: number): string {
  const time = new Date(at);
  const digits = (value: number, width = 2) => String(value).padStart(width, '0');
  const clock = `${[time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => digits(part)).join(':')}.${digits(time.getMilliseconds(), 3)}`;
  if (time.toDateString() === new Date(now).toDateString()) return clock;
  return `${time.getFullYear()}-${digits(time.getMonth() + 1)}-${digits(time.getDate())} ${clock}`;
}

/** Returns an event for scripts. */
export const lineJson = ({ at, service, container, taskId, message }: LogEvent): LogLine => ({
  at: new Date(at).toISOString(),
  service,
  container,
  task: taskId,
  message,
});
