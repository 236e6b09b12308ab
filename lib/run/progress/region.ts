/** Formats the live region of a terminal: the running steps, what waits for them, and the time left. Pure. */
import { printable } from '../../model/printable.ts';
import { durationText } from './duration-text.ts';
import { cutOff, lineWidths, shortenedMiddle } from './fit.ts';
import type { Remaining, RunningStep, RunProgress } from './run-progress.ts';

/** The number of running steps that are shown. */
const MAX_STEPS = 6;
/** The lines that the region leaves to the finished steps above it. */
const LINES_ABOVE = 3;

/** The size of a terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Returns the lines of the region, none of which is wider than the terminal; none if there is nothing to show.
 * @param now the time, in milliseconds of the clock of `progress`
 */
export function regionLines(progress: RunProgress, now: number, { columns, rows }: Size): string[] {
  const running = progress.running(now);
  const { activity } = progress;
  if (running.length === 0 && activity)
    return [cutOff(`  ${activity.text}  ${durationText(now - activity.startedAt)}`, columns - 1)];
  const remaining = progress.remaining(now);
  if (running.length === 0) return [];
  const room = Math.max(1, Math.min(MAX_STEPS, rows - LINES_ABOVE));
  const shown = running.slice(0, room);
  const more = running.length - shown.length;
  return [
    ...shown.map((step) => stepLine(step, now, columns)),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(rows > 4 ? summaryLines(progress, remaining, columns) : []),
  ].map((line) => cutOff(line, columns - 1));
}

/** E.g. `  natGateway   pending   1 min 05 s, usually 2 min`. */
function stepLine({ address, text, startedAt, usualMs }: RunningStep, now: number, columns: number): string {
  const elapsed = now - startedAt;
  const usual = usualMs === undefined || usualMs < 5_000 ? '' : `, usually ${roughTime(usualMs)}`;
  const time = `${durationText(elapsed)}${columns < 60 ? '' : usual}`;
  const widths = lineWidths(columns - 1, 6 + time.length);
  const parts = [
    shortenedMiddle(printable(address), widths.address).padEnd(widths.address),
    cutOff(printable(text), widths.text ?? Infinity),
    time,
  ];
  return `  ${parts.filter((part) => part !== '').join('  ')}`;
}

/** Returns what waits for the running steps, and how much is left of the run. */
function summaryLines(progress: RunProgress, remaining: Remaining, columns: number): string[] {
  const { done, total, ms, path } = remaining;
  if (total === 0) return [];
  const left = ms === undefined || ms < 1_000 ? '' : `, about ${roughTime(ms)} left`;
  const chain = path.length > 1 && columns >= 60 ? `: ${path.join(' → ')}` : '';
  return [...waitingLine(progress), `  ${done} of ${total} done${left}${left === '' ? '' : chain}`];
}

/** E.g. `  services, record wait for natGateway`; none if nothing waits for a running step. */
export function waitingLine(progress: RunProgress): string[] {
  const waiting = progress.blocked().filter(({ by }) => by.length > 0);
  if (waiting.length === 0) return [];
  const by = [...new Set(waiting.flatMap((one) => one.by))];
  const verb = waiting.length === 1 && !waiting[0]?.noun.endsWith('s') ? 'waits' : 'wait';
  return [`  ${waiting.map(({ noun }) => noun).join(', ')} ${verb} for ${by.join(', ')}`];
}

/** Formats an estimate: `40 s`, `1 min 40 s`, `12 min`. */
export function roughTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 20) return `${Math.max(1, seconds)} s`;
  const rounded = Math.round(seconds / 5) * 5;
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  const rest = rounded % 60;
  return rest === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${String(rest).padStart(2, '0')} s`;
}
