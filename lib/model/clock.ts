/** Time as a parameter: what every wait and every timestamp of ours goes by. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits `ms` milliseconds; rejects when `signal` says to stop. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** It goes on evenly from the process's start, whatever somebody sets the machine's clock to: no wait grows by that. */
export const systemClock: Clock = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};
