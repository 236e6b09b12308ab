/** Ctrl-C: the first asks the run to stop and save, the second ends it at once. */

import { setMaxListeners } from 'node:events';

/** npm passes a Ctrl-C on to its child, which the terminal has told already: twice within this counts once. */
const SAME_PRESS_MS = 300;

/**
 * Listens for SIGINT and SIGTERM.
 * @returns the signal for the run, and a function that stops listening
 */
export function onInterrupt(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  // Every call and every wait of a run listens to it: that is many, not a leak.
  setMaxListeners(0, controller.signal);
  let first = 0;
  const interrupt = () => {
    const now = performance.now();
    if (first > 0 && now - first > SAME_PRESS_MS) process.exit(130);
    first ||= now;
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}
