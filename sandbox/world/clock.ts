/** The sandbox's clock: the machine's clock, or a manual one that tests advance. */

/** A clock with timers. Times are milliseconds since 1970. */
export interface SandboxClock {
  now(): number;
  /** Calls `run` at `time`, or soon if `time` has passed. Returns a function that cancels the call. */
  at(time: number, run: () => void): () => void;
}

/** The maximum duration of a timer in Node, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. Its timers do not keep the process alive. */
export const machineClock: SandboxClock = {
  now: () => Date.now(),
  at(time, run) {
    // Node would fire a longer timer immediately. When a timer fires too early, the agenda sets another one.
    const timer = setTimeout(run, Math.min(Math.max(0, time - Date.now()), MAX_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A clock that moves only when a test advances it. */
export interface ManualClock extends SandboxClock {
  /** Advances the time by `ms` and runs the timers that become due, in order. */
  advance(ms: number): void;
}

/** Makes a clock that shows `start` until it is advanced. */
export function manualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let time = start;
  const timers = new Set<{ time: number; run: () => void }>();
  const nextDue = (until: number) =>
    [...timers].filter((timer) => timer.time <= until).sort((a, b) => a.time - b.time)[0];
  return {
    now: () => time,
    at(when, run) {
      const timer = { time: Math.max(when, time), run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const until = time + ms;
      for (let due = nextDue(until); due; due = nextDue(until)) {
        timers.delete(due);
        time = due.time;
        due.run();
      }
      time = until;
    },
  };
}
