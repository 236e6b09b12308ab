/** Ctrl-C: the first asks the run to stop and save, the second ends it at once. */

import { setMaxListeners } from 'node:events';

/** npm passes a Ctrl-C on to its child, which the terminal has told already: twice within this counts once. */
const SAME_PRESS_MS = 300;
/** How long a run may take to stop. What is asked to stop does so at once, but not all of it can be asked. */
const STOP_MS = 1000;

/** Ctrl-C, a terminal that was closed, and what stops a container or a service. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
  /** Says to stop. */
  readonly signal: AbortSignal;
  /** Rejects with the signal's reason when the run was told to stop and should have by now. */
  readonly overdue: Promise<never>;
  /** Stops listening. */
  readonly stop: () => void;
}

/** Listens for what says to stop. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const { signal } = controller;
  // Every call and every wait of a run listens to it: that is many, not a leak.
  setMaxListeners(0, signal);
  const overdue = new Promise<never>((_, reject) => {
    const soon = () => setTimeout(() => reject(signal.reason as Error), STOP_MS);
    signal.addEventListener('abort', soon, { once: true });
  });
  // Nobody may be waiting for it any more.
  overdue.catch(() => undefined);
  let first = 0;
  const interrupt = () => {
    const now = performance.now();
    if (first > 0 && now - first > SAME_PRESS_MS) process.exit(130);
    first ||= now;
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
