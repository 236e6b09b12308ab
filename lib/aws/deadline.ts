/** Deadlines of calls, and abort signals that are linked to each other. */
import { setMaxListeners } from 'node:events';

/**
 * Sends a call that is aborted after a while, or with `parent`.
 * @throws TimeoutError, which counts as a lost response
 */
export async function withDeadline<T>(
  name: string,
  ms: number,
  parent: AbortSignal,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, abort, unlink } = linkedSignal(parent);
  const timer = setTimeout(abort, ms);
  try {
    return await send(signal);
  } catch (error) {
    if (!signal.aborted || parent.aborted) throw error;
    const message = `${name} had no complete response within ${ms / 1000} s`;
    throw Object.assign(new Error(message, { cause: error }), { name: 'TimeoutError' });
  } finally {
    clearTimeout(timer);
    unlink();
  }
}

/** Makes a signal that is aborted together with `parent`, or earlier by a call of `abort`. */
export function linkedSignal(parent: AbortSignal): {
  readonly signal: AbortSignal;
  readonly abort: () => void;
  /** Ends the link. The signal is then no longer aborted. */
  readonly unlink: () => void;
} {
  const controller = new AbortController();
  // Every call under way listens to the signal: many listeners are not a leak.
  setMaxListeners(0, controller.signal);
  const unlink = () => parent.removeEventListener('abort', abort);
  const abort = () => {
    unlink();
    controller.abort(parent.reason);
  };
  parent.addEventListener('abort', abort, { once: true });
  if (parent.aborted) abort();
  return { signal: controller.signal, abort, unlink };
}
