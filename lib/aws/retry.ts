/** Sends a call again if its error is in the table of transient errors; no other error is retried. */
import pRetry from 'p-retry';
import { messageOf } from './errors.ts';
import type { Clock } from '../model/clock.ts';
import { trackRecentlyCreated, type RecentlyCreated } from './recently-created.ts';
import { retryDelayMs } from './retry-delay.ts';
import { transientErrorFor, type TransientError } from './transient-errors.ts';

/** The parts of a run that its calls use. */
export interface CallContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds before a retry, for errors whose delays do not grow; 1000 by default. */
  readonly constantDelayMs?: number | undefined;
  /** The recently created resources; by default only those that this run's calls create. */
  readonly recentlyCreated?: RecentlyCreated;
  /** Called at intervals with the reason why a call is being retried. */
  readonly onWait?: (text: string) => void;
}

/** One call. */
export interface Call {
  /** The name of the command, without the suffix `Command`. */
  readonly name: string;
  readonly input: object;
  /** `once` if the call must not take effect twice: it is then not sent again after a lost response. */
  readonly kind: 'repeatable' | 'once';
  send(): Promise<unknown>;
  /**
   * Called with each kind of transient error before its first retry. If it throws, the call is not sent again and fails with
   * that error: waiting does not help against every error that looks transient.
   */
  readonly beforeRetry?: BeforeRetry | undefined;
}

export type BeforeRetry = (error: Error) => Promise<void>;

/** Milliseconds until the first report of a retried call, and between two reports. */
const FIRST_REPORT_MS = 5000;
const REPORT_EVERY_MS = 10_000;

/**
 * Makes the function that sends the calls of a run and retries them.
 * @throws the last error of a call, once it is permanent or has lasted too long
 */
export function retryingSender(context: CallContext): (call: Call) => Promise<unknown> {
  const { clock, signal, onWait, constantDelayMs = 1000 } = context;
  const recentlyCreated = context.recentlyCreated ?? trackRecentlyCreated(clock);
  return (call) => {
    const start = clock.now();
    let lastReport = start + FIRST_REPORT_MS - REPORT_EVERY_MS;
    const attempts = new Map<TransientError, number>();

    const send = async (): Promise<unknown> => {
      signal.throwIfAborted();
      const output = await call.send();
      if (isCreate(call.name)) recentlyCreated.recordCreated(output);
      return output;
    };

    /**
     * Returns the row for an error if the call is to be sent again, and counts the attempts. Returns undefined if the error is
     * permanent or has lasted too long, or if the call must not be repeated.
     */
    const transientErrorToRetry = (error: unknown): TransientError | undefined => {
      const transient = transientErrorFor(call.name, error);
      if (!transient || signal.aborted || clock.now() - start > transient.seconds * 1000) return undefined;
      if (transient.mayHaveTakenEffect && call.kind === 'once') return undefined;
      if (transient.onlyRecentlyCreated && !recentlyCreated.isNamedIn(call.input)) return undefined;
      const attempt = (attempts.get(transient) ?? 0) + 1;
      attempts.set(transient, attempt);
      return attempt < (transient.maxAttempts ?? Number.POSITIVE_INFINITY) ? transient : undefined;
    };

    const reportWait = ({ why }: TransientError, error: unknown): void => {
      const now = clock.now();
      if (now - lastReport <= REPORT_EVERY_MS) return;
      lastReport = now;
      onWait?.(`${call.name} waits, ${Math.round((now - start) / 1000)} s: ${why} (${messageOf(error)})`);
    };

    return pRetry(send, {
      // The table of transient errors decides when to give up, and the delays use the injected clock.
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 0,
      factor: 1,
      shouldRetry: async ({ error }) => {
        const transient = transientErrorToRetry(error);
        if (!transient) return false;
        if (attempts.get(transient) === 1) await call.beforeRetry?.(error);
        reportWait(transient, error);
        const attempt = attempts.get(transient) ?? 1;
        await clock.sleep(retryDelayMs(transient, attempt, constantDelayMs, Math.random()), signal);
        return true;
      },
    });
  };
}

const isCreate = (name: string): boolean => /^(Create|Allocate|Register|Run)/.test(name);
