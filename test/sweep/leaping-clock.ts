/** For sweeps: a clock that Slipway and the sandbox share. While no request is in flight, it leaps to the next timer. */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Clock } from '../../lib/model/clock.ts';
import type { SandboxClock } from '../../sandbox/world/clock.ts';

/** The number of requests in flight in this process. */
let requestsInFlight = 0;
subscribe('http.client.request.start', (message) => {
  requestsInFlight += 1;
  (message as { request: ClientRequest }).request.once('close', () => (requestsInFlight -= 1));
});

/** Milliseconds that pass per turn of the event loop. */
const TURN_MS = 10;
/** The number of turns without a request in flight after which the clock leaps. */
const QUIET_TURNS = 4;
/** No run waits this long, in milliseconds. Later timers belong to renewals and expiries, which are not due while a run writes files. */
const LONGEST_WAIT_MS = 6 * 3_600_000;

/**
 * Returns a clock on which waits take no real time, since the clock skips them. Its time advances with the turns of the
 * event loop, so the speed of the machine does not matter. Only one such clock may be in use at a time, since each
 * counts all requests of the process.
 * @param from milliseconds since 1970; by default now
 * @param maxLeapMs the clock does not leap further than this. While files are written or images are built, no request is in flight, and the
 * clock would leap to the next renewal of a certificate or expiry of images
 */
export function leapingClock(from = Date.now(), maxLeapMs = LONGEST_WAIT_MS): Clock & SandboxClock {
  let time = from;
  let quietTurns = 0;
  let isTurning = false;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();

  const turn = () => {
    time += TURN_MS;
    quietTurns = requestsInFlight > 0 ? 0 : quietTurns + 1;
    // Without a timer, for example after a cancelled wait, the clock cannot leap.
    if (quietTurns > QUIET_TURNS && timers.size > 0) {
      quietTurns = 0;
      const next = Math.min(...[...timers].map((timer) => timer.at));
      if (next - time <= maxLeapMs) time = Math.max(time, next);
    }
    for (const timer of [...timers].sort((one, other) => one.at - other.at)) {
      if (timer.at > time || !timers.delete(timer)) continue;
      timer.run();
    }
    isTurning = timers.size > 0;
    if (isTurning) setImmediate(turn);
  };
  const at = (when: number, run: () => void) => {
    const timer = { at: when, run };
    timers.add(timer);
    if (!isTurning) {
      quietTurns = 0;
      setImmediate(turn);
    }
    isTurning = true;
    return () => void timers.delete(timer);
  };
  return {
    now: () => time,
    at,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const stop = () => {
          cancel();
          reject(signal?.reason as Error);
        };
        const cancel = at(time + ms, () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        });
        signal?.addEventListener('abort', stop, { once: true });
      }),
  };
}
