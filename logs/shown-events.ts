/** Remembers which events have been shown, so that each is shown once, although events may arrive late. */
import type { LogEvent } from './pages.ts';

/**
 * How long after its time an event may become visible, in milliseconds. CloudWatch Logs orders events by their own time, so a late
 * event appears before events that have been shown already.
 */
const LATE_MS = 30_000;
/** The maximum number of remembered events. Beyond it, the period shrinks in which late events are shown. */
const MAX_EVENTS = 50_000;
/** The events are remembered by the second of their time. */
const SECOND = 1000;

/** The events that have been shown. */
export interface ShownEvents {
  /** Whether an event has not been shown yet; from then on, it counts as shown. */
  add(event: Pick<LogEvent, 'id' | 'at'>): boolean;
  /**
   * Returns the time from which to read next, in milliseconds since 1970.
   * @param now milliseconds since 1970. Programs may set the times of their events, and these may be in the future.
   */
  readFrom(now: number): number;
}

/**
 * @param start the time before which no event is shown, in milliseconds since 1970
 * @param shown the events that have been shown already
 * @param limit the maximum number of remembered events
 */
export function makeShownEvents(
  start: number,
  shown: readonly Pick<LogEvent, 'id' | 'at'>[] = [],
  limit = MAX_EVENTS,
): ShownEvents {
  const bySecond = new Map<number, Set<string>>();
  let count = 0;
  let floor = start;
  let newest = start;

  /** Forgets the events before a time; from then on, none of them is shown. */
  function forgetBefore(time: number): void {
    floor = Math.max(floor, time);
    for (const [second, ids] of bySecond) {
      if ((second + 1) * SECOND > floor) continue;
      bySecond.delete(second);
      count -= ids.size;
    }
  }

  function add({ id, at }: Pick<LogEvent, 'id' | 'at'>): boolean {
    if (at < floor) return false;
    const second = Math.floor(at / SECOND);
    const ids = bySecond.get(second) ?? new Set();
    if (ids.has(id)) return false;
    bySecond.set(second, ids.add(id));
    newest = Math.max(newest, at);
    count += 1;
    // The newest second stays: later events in it would otherwise be lost.
    if (count > limit && bySecond.size > 1) forgetBefore((Math.min(...bySecond.keys()) + 1) * SECOND);
    return true;
  }

  for (const event of shown) add(event);
  return {
    add,
    readFrom(now) {
      forgetBefore(Math.min(newest, now) - LATE_MS);
      return floor;
    },
  };
}
