/** Formats events as lines; on a terminal they are coloured, but colour never carries meaning alone. */
import { styleText } from 'node:util';
import { printable } from '../../model/printable.ts';
import type { Event, ResourceStatus } from '../../model/report.ts';
import { addressOf } from '../../model/resources.ts';
import { durationText } from './duration-text.ts';
import { paintedLine } from '../plan/paint.ts';
import { lineWidths, shortenedMiddle } from './fit.ts';

type Style = Parameters<typeof styleText>[0];
const STYLES: Readonly<Record<ResourceStatus, Style>> = {
  started: 'cyan',
  created: 'green',
  updated: 'green',
  replaced: 'green',
  removed: 'yellow',
  gone: 'yellow',
  exists: 'dim',
  kept: 'dim',
  waiting: 'cyan',
};

const STATUS_WIDTH = 9;
const SOURCE_WIDTH = 10;
/** The colours that distinguish the sources of log lines. */
const SOURCE_STYLES: readonly Style[] = ['cyan', 'magenta', 'green', 'yellow', 'blue'];

/** Returns the colour of a source: the same in every run. */
export const sourceStyle = (source: string): Style =>
  SOURCE_STYLES[[...source].reduce((sum, char) => sum + char.charCodeAt(0), 0) % SOURCE_STYLES.length] ??
  'cyan';

/** The format of a line. */
export interface LineFormat {
  readonly colour: boolean;
  /** The width of the terminal in characters; undefined if the lines do not go to a terminal. */
  readonly columns?: number | undefined;
}

/** Formats an event as one line; undefined for an event that is not shown as a line, such as the start of a step. */
export function eventLine(event: Event, { colour, columns }: LineFormat): string | undefined {
  // The caller decides whether to use colour: Node would check stdout, which may be a file.
  const paint = (style: Style, text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const text = printable(event.text);
  if (event.type === 'steps' || event.type === 'activity') return undefined;
  if (event.type === 'plan') return colour ? paintedLine(text) : text;
  if (event.type === 'phase') return paint('bold', text);
  if (event.type === 'log')
    return `${paint(sourceStyle(event.source), printable(event.source).padEnd(SOURCE_WIDTH))} │ ${text}`;
  if (event.type === 'note') return `  ${text}`;
  if (event.type === 'warning') return `${paint('yellow', 'warning')} ${text}`;
  const { noun, key, status, elapsed = 0 } = event;
  if (status === 'started') return undefined;
  const duration = elapsed >= 100 ? durationText(elapsed) : '';
  const widths = lineWidths(columns, STATUS_WIDTH + duration.length + 8);
  const address = printable(addressOf(noun, key));
  const shownAddress = columns === undefined ? address : shortenedMiddle(address, widths.address);
  const shownText = widths.text === undefined ? text : shortenedMiddle(text, widths.text);
  const time = duration === '' ? '' : `  ${paint('dim', duration)}`;
  const name = shownAddress.padEnd(widths.address);
  return `  ${name}  ${paint(STYLES[status], status.padEnd(STATUS_WIDTH))}  ${shownText}${time}`;
}
