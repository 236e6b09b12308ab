/** Waits for AWS: repeats a probe until the probe reports ready or failed, or the deadline passes. */
import type { Clock } from '../model/clock.ts';
import { nowAfter, problem } from '../model/problem.ts';
import type { Wait } from './waits.ts';

/** The result of a probe. */
export type ProbeResult<T> =
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'pending'; readonly note: string }
  | { readonly state: 'failed'; readonly reason: string; readonly cause?: Error };

export const ready = <T>(value: T): ProbeResult<T> => ({ state: 'ready', value });
/** @param note what is still missing, e.g. `1/2 targets healthy` */
export const pending = (note: string): ProbeResult<never> => ({ state: 'pending', note });
/** @param reason why waiting longer is pointless */
export const failed = (reason: string, cause?: Error): ProbeResult<never> => ({
  state: 'failed',
  reason,
  cause,
});

/** The clock of a wait, the signal that aborts it, and the listener for its progress. */
export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The command that waits; by default `npm run provision`. */
  readonly command?: string;
  /** Called with every pending note and the milliseconds waited so far. */
  readonly onPending?: (note: string, elapsed: number) => void;
}

/**
 * Waits until `probe` reports ready, and returns the reported value. Probes run at multiples of the interval, so that concurrent
 * waits with the same interval probe at the same moments and can share calls.
 * @param what the awaited event, e.g. `NAT gateway nat-0a1b to be available`
 * @throws FAILED_STATE, or the cause in the probe's result, when the probe reports failed; TIMEOUT when the deadline passes;
 *   the signal's reason when it is aborted; any error that the probe throws: calls already retry transient errors
 */
export async function until<T>(
  what: string,
  wait: Omit<Wait, 'usual'>,
  probe: () => Promise<ProbeResult<T>>,
  { clock, signal, command = 'npm run provision', onPending }: WaitOptions,
): Promise<T> {
  const start = clock.now();
  if (wait.first > 0) await clock.sleep(wait.first, signal);
  for (;;) {
    signal.throwIfAborted();
    const probed = await probe();
    if (probed.state === 'ready') return probed.value;
    if (probed.state === 'failed') throw probed.cause ?? failedState(what, probed.reason, command);
    const elapsed = clock.now() - start;
    if (elapsed + wait.every > wait.deadline) throw timedOut(what, elapsed, probed.note, command);
    onPending?.(probed.note, elapsed);
    await clock.sleep(wait.every - (clock.now() % wait.every), signal);
  }
}

const failedState = (what: string, reason: string, command: string) =>
  problem('FAILED_STATE', {
    what: `The wait for ${what} failed.`,
    why: reason,
    now: nowAfter(command),
    fix: [`${command}, to continue from here`, ...teardownInstead(command)],
  });

const timedOut = (what: string, elapsed: number, note: string, command: string) =>
  problem('TIMEOUT', {
    what: `Gave up waiting for ${what} after ${Math.round(elapsed / 1000)} s.`,
    why: `The last check reported: ${note}.`,
    now: `${nowAfter(command).replace(/\.$/, '')}; AWS may still finish the operation.`,
    fix: [`${command}, to look again and continue`, ...teardownInstead(command)],
  });

const teardownInstead = (command: string): string[] =>
  command.startsWith('npm run teardown')
    ? []
    : [`${command.replace('npm run provision', 'npm run teardown')}, to remove everything`];
