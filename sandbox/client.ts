/** Finds and starts the sandbox for the rest of Slipway. */
import { lastLogLines, LOST_RACE_EXIT_CODE, spawnSandbox } from './background.ts';
import { identify, reasonNotToUse } from './identify.ts';
import { clientOf, didNotStop, SandboxError, type SandboxClient } from './running-sandbox.ts';
import { isFolderInUse, monotonicClock, STOP_TIMEOUT_MS, waitForEnd, type WaitClock } from './shutdown.ts';

/** A process that lives may still start: with every core in use, that takes more than 20 s. */
const START_TIMEOUT_MS = 60_000;
/**
 * How long the sandbox that won the race for the port or the folder may take to respond, or the one that is shutting down may
 * take to end, in milliseconds.
 */
const RIVAL_TIMEOUT_MS = 5000;
/** How often a sandbox is looked for and started, before Slipway gives up. */
const MAX_ATTEMPTS = 2;
/** Milliseconds until a port is looked at again. */
const RETRY_DELAY_MS = 500;

/**
 * Finds the sandbox on a port. A sandbox that is shutting down is not found: this function waits for its end.
 * @returns undefined when nothing listens on the port
 * @throws SandboxError `port taken` when another program, or the sandbox of another user, listens on the port; `did not stop` when
 *   the sandbox does not end in time
 */
export async function findSandbox(
  port: number,
  signal?: AbortSignal,
  clock: WaitClock = monotonicClock,
): Promise<SandboxClient | undefined> {
  const identity = await identify(port, signal);
  if (identity === 'nothing') return undefined;
  if (typeof identity === 'string')
    throw new SandboxError('port taken', `Port ${port} ${reasonNotToUse[identity]}.`);
  if (!identity.about.closing) return clientOf(port, identity, false);
  const { pid } = identity.about;
  if (await waitForEnd(pid, STOP_TIMEOUT_MS, { clock, signal })) return undefined;
  throw didNotStop(pid, STOP_TIMEOUT_MS);
}

export interface StartOptions {
  readonly port: number;
  /** The folder in which the sandbox keeps its state. */
  readonly folder: string;
  /** Aborts waiting for the sandbox. */
  readonly signal?: AbortSignal;
  /** The clock of the waits; by default the machine's. */
  readonly clock?: WaitClock;
}

/**
 * Returns the sandbox on a port, starting one in the background if necessary. The sandbox outlives this process.
 * @throws SandboxError
 */
export async function openSandbox(options: StartOptions): Promise<SandboxClient> {
  const { port, folder, signal, clock } = options;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    try {
      // When two provisions start a sandbox at the same time, the sandbox that loses the race exits, and both provisions use
      // the winner. If the winner ends before it responds, the next attempt starts another sandbox.
      const opened = (await findSandbox(port, signal, clock)) ?? (await startInBackground(options));
      if (opened) return opened;
    } catch (error) {
      // A sandbox that shuts down may close the connection in the middle of its response, or lack its token already.
      const mayShutDown =
        error instanceof SandboxError && error.kind === 'port taken' && attempt < MAX_ATTEMPTS;
      if (!mayShutDown || !(await isFolderInUse(folder))) throw error;
      await (clock ?? monotonicClock).sleep(RETRY_DELAY_MS, signal);
    }
  }
  throw didNotStart(options);
}

/**
 * Starts a sandbox, and waits until a sandbox on the port responds.
 * @returns undefined when the sandbox lost the race for the port or the folder, and the winner ended
 * @throws SandboxError
 */
async function startInBackground(options: StartOptions): Promise<SandboxClient | undefined> {
  const { port, folder, signal, clock = monotonicClock } = options;
  const child = spawnSandbox(port, folder);
  let deadline = clock.now() + START_TIMEOUT_MS;
  child.once('exit', (code) => {
    deadline = clock.now() + (code === LOST_RACE_EXIT_CODE ? RIVAL_TIMEOUT_MS : 0);
  });
  let isStartedHere = false;
  try {
    for (let isLastTry = false; !isLastTry; await clock.sleep(50, signal)) {
      isLastTry = clock.now() >= deadline;
      const hasLostRace = child.exitCode === LOST_RACE_EXIT_CODE;
      const identity = await identify(port, signal);
      if (identity === 'nothing' && hasLostRace && !(await isFolderInUse(folder))) return undefined;
      if (typeof identity === 'string' || identity.about.closing) continue;
      isStartedHere = identity.about.pid === child.pid;
      return clientOf(port, identity, isStartedHere);
    }
  } finally {
    // It is safe to kill a sandbox that has not responded: no other process can be using it.
    if (!isStartedHere) child.kill();
  }
  if (child.exitCode === LOST_RACE_EXIT_CODE) return undefined;
  const hasEnded = child.exitCode !== null || child.signalCode !== null;
  throw didNotStart(options, hasEnded ? undefined : LATE);
}

const LATE = `It did not answer within ${START_TIMEOUT_MS / 1000} s.`;

/** @param reason why it did not; by default, its process has ended */
function didNotStart({ folder }: StartOptions, reason = 'Its process has ended.'): SandboxError {
  const log = lastLogLines(folder);
  return new SandboxError(
    'did not start',
    log === '' ? `${reason} Its log is empty.` : `Its log ends with: ${log}`,
  );
}
