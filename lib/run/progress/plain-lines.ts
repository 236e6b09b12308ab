/** Shows a run as plain lines, for files, pipes and screen readers. After a silence, a line says what the run is waiting for. */
import type { Event, Report } from '../../model/report.ts';
import { addressOf } from '../../model/resources.ts';
import { durationText } from './duration-text.ts';
import { eventLine } from './event-lines.ts';
import { roughTime } from './region.ts';
import type { RunProgress } from './run-progress.ts';

/** The longest silence, in milliseconds. */
const MAX_SILENCE_MS = 15_000;

/** The output, and the source of the facts that a line after a silence states. */
export interface PlainOutput {
  readonly write: (text: string) => void;
  readonly colour: boolean;
  readonly progress: RunProgress;
  /** Returns the time, in milliseconds of any clock that does not jump. */
  readonly now: () => number;
}

/** Plain lines, and what has to be called every second so that a silence ends. */
export interface PlainLines {
  readonly report: Report;
  readonly tick: () => void;
}

export function plainLines({ write, colour, progress, now }: PlainOutput): PlainLines {
  const lastWaiting = new Map<string, string>();
  let writtenAt = now();
  const writeLine = (line: string) => {
    writtenAt = now();
    write(`${line}\n`);
  };
  return {
    report(event) {
      progress.receive(event, now());
      if (isRepeated(event, lastWaiting)) return;
      const line = eventLine(event, { colour });
      if (line !== undefined) writeLine(line);
    },
    tick() {
      const time = now();
      if (time - writtenAt < MAX_SILENCE_MS) return;
      const text = heartbeat(progress, time);
      if (text !== undefined) writeLine(text);
    },
  };
}

/** Whether an event says again that a resource waits for the same. */
function isRepeated(event: Event, lastWaiting: Map<string, string>): boolean {
  if (event.type !== 'resource' || event.status !== 'waiting') return false;
  const address = addressOf(event.noun, event.key);
  const isSame = lastWaiting.get(address) === event.text;
  lastWaiting.set(address, event.text);
  return isSame;
}

/** E.g. `  still running: natGateway (pending, 1 min 05 s, usually 2 min); 12 of 33 done, about 1 min 40 s left`. */
function heartbeat(progress: RunProgress, now: number): string | undefined {
  const { activity } = progress;
  const steps = progress.running(now).map(({ address, text, startedAt, usualMs }) => {
    const usual = usualMs === undefined ? [] : [`usually ${roughTime(usualMs)}`];
    return `${address} (${[text, durationText(now - startedAt), ...usual].join(', ')})`;
  });
  if (steps.length === 0)
    return activity && `  still ${activity.text}, ${durationText(now - activity.startedAt)}`;
  const { done, total, ms } = progress.remaining(now);
  const left = ms === undefined ? '' : `, about ${roughTime(ms)} left`;
  const counts = total === 0 ? '' : `; ${done} of ${total} done${left}`;
  return `  still running: ${steps.join(', ')}${counts}`;
}
