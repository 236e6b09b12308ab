/** Follows a log: polls for new events, and shows each of them once. */
import { messageOf } from '../lib/aws/errors.ts';
import { isTemporary } from '../lib/aws/explain.ts';
import type { Clock } from '../lib/model/clock.ts';
import type { LogEvent, ReadPages } from './pages.ts';
import type { ShownEvents } from './shown-events.ts';

/** Milliseconds between two polls. AWS allows 5 to 25 calls per second in an account and a Region. */
const POLL_MS = 1000;
/** The longest time between two polls while AWS does not answer, in milliseconds. */
const MAX_POLL_MS = 15_000;

/** With this many new events in one poll, the next one follows at once: programs print faster than one poll per second reads. */
const BUSY_EVENTS = 5000;

/** The parts of a run that following a log uses. */
export interface Following {
  readonly read: ReadPages;
  readonly shown: ShownEvents;
  readonly clock: Clock;
  /** Aborts when the user ends the command, or closes its output. */
  readonly signal: AbortSignal;
  /** Shows events; resolves when more can be shown. */
  readonly show: (events: readonly LogEvent[]) => Promise<void>;
  /** Reports why no lines arrive for a while. */
  readonly onWait: (text: string) => void;
}

/**
 * Shows new events until the signal is aborted.
 * @throws any error of AWS that does not clear up on its own, such as rejected credentials
 */
export async function followLog({ read, shown, clock, signal, show, onWait }: Following): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let count = 0;
    try {
      for await (const { events } of read(shown.readFrom(clock.now()))) {
        const newEvents = events.filter((event) => shown.add(event));
        count += newEvents.length;
        await show(newEvents);
        if (signal.aborted) return;
      }
      failures = 0;
      if (count >= BUSY_EVENTS) continue;
    } catch (error) {
      if (signal.aborted) return;
      if (!isTemporary(error)) throw error;
      failures += 1;
      if (failures === 1) onWait(`no lines arrive, and the command tries again: ${messageOf(error)}`);
    }
    const delay = Math.min(MAX_POLL_MS, POLL_MS * 2 ** failures);
    await clock.sleep(failures === 0 ? POLL_MS : delay, signal).catch(() => undefined);
  }
}
