/** Stops a container once, within a deadline that later calls can only shorten. */

/** How a container is stopped. */
export interface Stoppable<Exit> {
  readonly exited: Promise<Exit>;
  readonly isRunning: () => boolean;
  /** Sends the stop signal. */
  readonly signalStop: () => void;
  readonly kill: () => void;
  /** The time from the stop signal to the kill, in milliseconds. */
  readonly stopTimeoutMs: number;
}

/**
 * Makes the function that stops a container. The first call sends the stop signal. Each call kills the container after its own
 * timeout, so a sandbox that closes need not wait for a task that is already stopping slowly.
 * @returns a function of a shorter timeout in milliseconds
 */
export function stopWithin<Exit>(container: Stoppable<Exit>): (maxMs?: number) => Promise<Exit> {
  const { exited, isRunning, signalStop, kill, stopTimeoutMs } = container;
  let hasSignal = false;
  return async (maxMs = Infinity) => {
    if (!isRunning()) return exited;
    if (!hasSignal) signalStop();
    hasSignal = true;
    const timer = setTimeout(kill, Math.min(maxMs, stopTimeoutMs));
    return exited.finally(() => clearTimeout(timer));
  };
}
