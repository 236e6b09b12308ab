/** Formats events as lines; on a terminal they are coloured, but colour never carries meaning alone. */
import { styleText } from 'node:util';
import type { Event, Report, ResourceStatus } from '../model/report.ts';
import { addressOf } from '../model/resources.ts';
import { printable } from '../model/printable.ts';

type Style = Parameters<typeof styleText>[0];
const STYLES: Readonly<Record<ResourceStatus, Style>> = {
  created: 'green',
  updated: 'green',
  replaced: 'green',
  removed: 'yellow',
  gone: 'yellow',
  exists: 'dim',
  kept: 'dim',
  waiting: 'cyan',
};

/** Milliseconds before the same waiting line is repeated. */
const REPEAT_AFTER_MS = 10_000;
const WIDTH = { address: 28, status: 9, source: 10 };
/** The colours that distinguish the sources of log lines. */
const SOURCE_STYLES: readonly Style[] = ['cyan', 'magenta', 'green', 'yellow', 'blue'];

/** Formats milliseconds: `0.4 s`, `12 s`, `2 min 05 s`. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const wholeSeconds = Math.round(seconds);
  return `${Math.floor(wholeSeconds / 60)} min ${String(wholeSeconds % 60).padStart(2, '0')} s`;
}

/** Returns the colour of a source: the same in every run. */
export const sourceStyle = (source: string): Style =>
  SOURCE_STYLES[[...source].reduce((sum, char) => sum + char.charCodeAt(0), 0) % SOURCE_STYLES.length] ??
  'cyan';

/** Returns a report that writes every event as a line. */
export function progressLines(write: (text: string) => void, colour: boolean): Report {
  // The caller decides whether to use colour: Node would check stdout, which may be a file.
  const paint = (style: Style, text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const lastWaiting = new Map<string, { text: string; elapsed: number }>();
  return (event) => {
    const line = lineOf(event, paint, lastWaiting);
    if (line !== undefined) write(`${line}\n`);
  };
}

function lineOf(
  event: Event,
  paint: (style: Style, text: string) => string,
  lastWaiting: Map<string, { text: string; elapsed: number }>,
): string | undefined {
  const text = printable(event.text);
  if (event.type === 'phase') return paint('bold', text);
  if (event.type === 'log')
    return `${paint(sourceStyle(event.source), printable(event.source).padEnd(WIDTH.source))} │ ${text}`;
  if (event.type === 'note') return `  ${text}`;
  if (event.type === 'warning') return `${paint('yellow', 'warning')} ${text}`;
  const { noun, key, status, elapsed = 0 } = event;
  const address = printable(addressOf(noun, key));
  if (status === 'waiting') {
    const previous = lastWaiting.get(address);
    if (previous && previous.text === text && elapsed - previous.elapsed < REPEAT_AFTER_MS) return undefined;
    lastWaiting.set(address, { text, elapsed });
  }
  const time = elapsed >= 100 ? `  ${paint('dim', durationText(elapsed))}` : '';
  const name = address.padEnd(WIDTH.address);
  return `  ${name}  ${paint(STYLES[status], status.padEnd(WIDTH.status))}  ${text}${time}`;
}
