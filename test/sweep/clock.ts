/** For sweeps: a clock that both sides go by, on which AWS's minutes are fractions of a second. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../lib/clock.ts';
import type { Clock as SandboxClock } from '../../sandbox/world/clock.ts';

/** Makes a clock that runs so many times faster than the machine's. */
export function quickClock(speed: number): Clock & SandboxClock {
  const start = Date.now();
  const began = performance.now();
  const now = () => start + Math.floor((performance.now() - began) * speed);
  return {
    now,
    sleep: (ms, signal) => delay(ms / speed, undefined, { signal }),
    at(time, run) {
      const timer = setTimeout(run, Math.max(0, time - now()) / speed);
      return () => clearTimeout(timer);
    },
  };
}
