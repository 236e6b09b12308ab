/** Handles Ctrl-C: the first asks the run to stop and record its state, the second ends the process immediately. */

import { setMaxListeners } from 'node:events';

/** Milliseconds within which two signals count as one Ctrl-C: a process that npm starts gets each Ctrl-C from npm and from the terminal. */
const SAME_PRESS_MS = 300;
/** Milliseconds to wait after an interrupt until the run stops. The wait is limited, because some operations cannot be aborted. */
const STOP_MS = 1000;

/** The signals that are sent by Ctrl-C, by service managers and container engines, and when a terminal is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
  /** Aborts on the first interrupt. */
  readonly signal: AbortSignal;
  /** Rejects with the signal's reason when the run has not stopped in time after an interrupt. */
  readonly overdue: Promise<never>;
  /** Stops listening. */
  readonly stop: () => void;
}

/** Listens for interrupts. @param stopMs milliseconds within which the run has to stop after an interrupt */
export function onInterrupt(stopMs = STOP_MS): Interrupt {
  const controller = new AbortController();
  const { signal } = controller;
  // Every call and every wait of a run adds a listener; that is not a leak.
  setMaxListeners(0, signal);
  const overdue = new Promise<never>((_, reject) => {
    const startDeadline = () => setTimeout(() => reject(signal.reason as Error), stopMs);
    signal.addEventListener('abort', startDeadline, { once: true });
  });
  // This promise may reject while nothing awaits it.
  overdue.catch(() => undefined);
  let firstAt = 0;
  const interrupt = () => {
    const now = performance.now();
    if (firstAt > 0 && now - firstAt > SAME_PRESS_MS) process.exit(130);
    firstAt ||= now;
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  return {
    signal,
    overdue,
    stop: () => {
      for (const name of SIGNALS) process.off(name, interrupt);
    },
  };
}
