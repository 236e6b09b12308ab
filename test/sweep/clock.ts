/** For sweeps: a clock that both sides go by, and that leaps to the next thing to come when nobody is at work. */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Clock } from '../../lib/model/clock.ts';
import type { SandboxClock as SandboxClock } from '../../sandbox/world/clock.ts';

/** Requests that are under way in this process. */
let underWay = 0;
subscribe('http.client.request.start', (message) => {
  underWay += 1;
  (message as { request: ClientRequest }).request.once('close', () => (underWay -= 1));
});

/** How much time goes by while somebody is at work, from one turn of the event loop to the next. Milliseconds. */
const TURN_MS = 10;
/** After so many turns without a request nobody is at work. */
const QUIET_TURNS = 4;

/**
 * Makes a clock on which a wait takes no time: however slow the machine, calls take as long as so many turns of the
 * event loop, and minutes of waiting are passed over. One clock at a time, since requests are not told apart.
 * @param from milliseconds since 1970; now, unless told
 */
export function leapingClock(from = Date.now()): Clock & SandboxClock {
  let time = from;
  let quiet = 0;
  let isTurning = false;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();

  const turn = () => {
    time += TURN_MS;
    quiet = underWay > 0 ? 0 : quiet + 1;
    // Whatever was waited for may have been called off: then there is nothing to leap to.
    if (quiet > QUIET_TURNS && timers.size > 0) {
      quiet = 0;
      time = Math.max(time, Math.min(...[...timers].map(({ at }) => at)));
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
      quiet = 0;
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
