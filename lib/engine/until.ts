/** The one waiter: looks again and again until a probe says ready or failed, or time is up. */
import type { Clock } from '../model/clock.ts';
import { problem } from '../model/problem.ts';
import type { Wait } from './waits.ts';

/** What one look says. */
export type ProbeResult<T> =
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'pending'; readonly note: string }
  | { readonly state: 'failed'; readonly reason: string; readonly cause?: Error };

export const ready = <T>(value: T): ProbeResult<T> => ({ state: 'ready', value });
/** @param note what is still missing, e.g. `1/2 targets healthy` */
export const pending = (note: string): ProbeResult<never> => ({ state: 'pending', note });
/** @param reason why waiting longer is no use */
export const failed = (reason: string, cause?: Error): ProbeResult<never> => ({
  state: 'failed',
  reason,
  cause,
});

/** What a wait needs from its surroundings. */
export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told every pending note, with the milliseconds waited so far. */
  readonly onPending?: (note: string, elapsed: number) => void;
}

/**
 * Waits until `probe` says ready, and returns its value. Looks that are so far apart fall on the same moments, whoever
 * waits: then they can share calls.
 * @param what what is waited for, e.g. `NAT gateway nat-0a1b to be available`
 * @throws FAILED_STATE when the probe says failed (or the probe's own cause), TIMEOUT when the deadline passes,
 *   whatever the probe throws (what may pass is retried where the call is made), and the signal's reason
 */
export async function until<T>(
  what: string,
  wait: Wait,
  probe: () => Promise<ProbeResult<T>>,
  { clock, signal, onPending }: WaitOptions,
): Promise<T> {
  const start = clock.now();
  if (wait.first > 0) await clock.sleep(wait.first, signal);
  for (;;) {
    signal.throwIfAborted();
    const probed = await probe();
    if (probed.state === 'ready') return probed.value;
    if (probed.state === 'failed') throw probed.cause ?? failedState(what, probed.reason);
    const elapsed = clock.now() - start;
    if (elapsed + wait.every > wait.deadline) throw timedOut(what, elapsed, probed.note);
    onPending?.(probed.note, elapsed);
    await clock.sleep(wait.every - (clock.now() % wait.every), signal);
  }
}

const failedState = (what: string, reason: string) =>
  problem('FAILED_STATE', {
    what: `Waiting for ${what} ended in a failed state.`,
    why: reason,
    now: 'What was made so far is kept and recorded.',
    fix: ['npm run provision, to continue from here', 'npm run teardown, to remove everything'],
  });

const timedOut = (what: string, elapsed: number, note: string) =>
  problem('TIMEOUT', {
    what: `Gave up waiting for ${what} after ${Math.round(elapsed / 1000)} s.`,
    why: `The last look said: ${note}.`,
    now: 'What was made so far is kept and recorded; AWS may still finish it.',
    fix: ['npm run provision, to look again and continue', 'npm run teardown, to remove everything'],
  });
