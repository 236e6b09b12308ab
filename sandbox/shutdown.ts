/** Waits for sandboxes that are shutting down: they still answer, or hold the claim on their folder, but accept no new work. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { claimFileIn, runningHolder } from './state/claim.ts';
import { isZombie } from './runtime/process-start-time.ts';

/** The clock of the waits for a sandbox. */
export interface WaitClock {
  /** Milliseconds since any moment. */
  now(): number;
  /** Waits for `ms` milliseconds; rejects when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** performance.now() is monotonic, unlike the system time, which may be changed during a wait. */
export const monotonicClock: WaitClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};

/** The time in which a sandbox must shut down, in milliseconds. */
export const STOP_TIMEOUT_MS = 10_000;

/** Whether a process runs. A zombie does not: it has ended, and only its parent has not noticed yet. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/**
 * Waits until a process has ended.
 * @param withinMs how long it may take, in milliseconds
 * @returns whether it has ended
 * @throws the reason of the signal when it is aborted
 */
export async function waitForEnd(
  pid: number,
  withinMs: number,
  { clock = monotonicClock, signal }: { readonly clock?: WaitClock; readonly signal?: AbortSignal } = {},
): Promise<boolean> {
  for (const deadline = clock.now() + withinMs; isProcessAlive(pid); await clock.sleep(20, signal)) {
    if (clock.now() >= deadline) return false;
  }
  return true;
}

/** Whether a running process keeps its state in a folder. */
export const isFolderInUse = async (folder: string): Promise<boolean> => {
  const claim = await readFile(claimFileIn(folder), 'utf8').catch(() => '');
  return (await runningHolder(claim)) !== undefined;
};
