/** Sends a call again when what stood in its way passes by itself, as the table of truths has it, and never otherwise. */
import pRetry, { AbortError } from 'p-retry';
import { messageOf } from './errors.ts';
import type { Clock } from '../model/clock.ts';
import { trackRecentlyCreated, type RecentlyCreated } from './recently-created.ts';
import { retryDelayMs, transientErrorFor, type TransientError } from './transient-errors.ts';

/** What the calls share with the rest of a run. */
export interface CallContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How often what passes by itself is looked at again, milliseconds; a second when left out. */
  readonly every?: number | undefined;
  /** What was made moments ago, as far as it is known; of these calls alone when left out. */
  readonly recentlyCreated?: RecentlyCreated;
  /** Told, now and then, what a call waits for that is tried again. */
  readonly onWait?: (text: string) => void;
}

/** One call. */
export interface Call {
  /** The command, without `Command`. */
  readonly name: string;
  readonly input: object;
  /** `once` when it may have no second effect: then a lost answer is not asked for again. */
  readonly kind: 'repeatable' | 'once';
  send(): Promise<unknown>;
}

/** How long nobody wonders why nothing happens: the first word comes at half of it. */
const REPORT_EVERY_MS = 10_000;

/** Makes what sends the calls of a run. */
export function withRetries(calling: CallContext): (call: Call) => Promise<unknown> {
  const {
    clock,
    signal,
    onWait,
    every = 1000,
    recentlyCreated: fresh = trackRecentlyCreated(clock),
  } = calling;
  return (call) => {
    const start = clock.now();
    let told = start - REPORT_EVERY_MS / 2;
    const tries = new Map<TransientError, number>();
    let pause = 0;

    /** Whether it passes: the truth that an error is, when its time and its tries are not over. */
    const passing = (error: unknown): TransientError | undefined => {
      const truth = transientErrorFor(call.name, error);
      if (!truth || signal.aborted || clock.now() - start > truth.seconds * 1000) return undefined;
      if (truth.ambiguous && call.kind === 'once') return undefined;
      if (truth.onlyRecentlyCreated && !fresh.isNamedIn(call.input)) return undefined;
      const sent = (tries.get(truth) ?? 0) + 1;
      tries.set(truth, sent);
      pause = retryDelayMs(truth, sent, every, Math.random());
      return sent < (truth.maxAttempts ?? Number.POSITIVE_INFINITY) ? truth : undefined;
    };

    const tell = ({ why }: TransientError, error: unknown): void => {
      const now = clock.now();
      if (now - told <= REPORT_EVERY_MS) return;
      told = now;
      onWait?.(`${call.name} waits, ${Math.round((now - start) / 1000)} s: ${why} (${messageOf(error)})`);
    };

    const attempt = async (): Promise<unknown> => {
      signal.throwIfAborted();
      try {
        const output = await call.send();
        if (isCreate(call.name)) fresh.recordCreated(output);
        return output;
      } catch (error) {
        const truth = passing(error);
        if (!truth) throw new AbortError(error as Error);
        tell(truth, error);
        throw error;
      }
    };
    return pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 0,
      factor: 1,
      onFailedAttempt: () => clock.sleep(pause, signal),
    });
  };
}

const isCreate = (name: string): boolean => /^(Create|Allocate|Register|Run)/.test(name);
