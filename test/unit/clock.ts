/** A clock on which a sleep takes no real time. */
import type { Clock } from '../../lib/model/clock.ts';

/** A clock whose time advances only during a sleep. */
export function testClock(): Clock {
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
    },
  };
}
