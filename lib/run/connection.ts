/** The connection of a run to its target, which finds the sandbox again if another run stops it right after it was found. */
import { isUnreachable } from '../aws/explain.ts';
import type { ConnectedTarget } from './target.ts';

/** A connected target. */
export interface TargetConnection {
  /** The target as it was connected last. */
  target(): ConnectedTarget;
  /**
   * Sends the first calls of a run. They change nothing, so if the sandbox does not answer any more, it is found or started again,
   * once, and they are repeated. The new sandbox has the same address and the same contents.
   */
  send<T>(calls: () => Promise<T>): Promise<T>;
  /** Waits until all calls have ended, even if their results are not awaited. Later failures no longer start a sandbox. */
  close(): Promise<void>;
}

/** Connects a target. @param connect finds or starts it; called at most twice */
export async function openConnection(connect: () => Promise<ConnectedTarget>): Promise<TargetConnection> {
  let target = await connect();
  let reconnecting: Promise<void> | undefined;
  let isClosed = false;
  const pending = new Set<Promise<unknown>>();
  const sendTwice = async <T>(calls: () => Promise<T>): Promise<T> => {
    try {
      return await calls();
    } catch (error) {
      if (isClosed || !target.sandbox || !isUnreachable(error)) throw error;
      await (reconnecting ??= connect().then((found) => void (target = found)));
      return calls();
    }
  };
  return {
    target: () => target,
    async send(calls) {
      const sent = sendTwice(calls);
      pending.add(sent);
      try {
        return await sent;
      } finally {
        pending.delete(sent);
      }
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(pending);
    },
  };
}
