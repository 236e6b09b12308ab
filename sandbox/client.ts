/** The client of the sandbox for the rest of Slipway: finds, starts, queries and stops a sandbox, always over HTTP. */
import type { ListenedAddress } from './runtime/ports.ts';
import { openIntercepts, type InterceptSession } from './intercept-client.ts';
import { lastLogLines, LOST_RACE_EXIT_CODE, spawnSandbox } from './background.ts';
import { identify, reasonNotToUse, type ProvenSandbox } from './identify.ts';
import {
  isProcessAlive,
  isFolderInUse,
  monotonicClock,
  STOP_TIMEOUT_MS,
  waitForEnd,
  type WaitClock,
} from './shutdown.ts';

/** A running sandbox. */
export interface SandboxClient {
  /** The endpoint for AWS clients. */
  readonly url: string;
  readonly pid: number;
  /** The folder in which the sandbox keeps its state. */
  readonly folder: string;
  /** Whether the call that returned this client started the sandbox. */
  readonly started: boolean;
  /** Whether a provision started the sandbox in the background. A teardown stops only such a sandbox. */
  readonly background: boolean;
  /** The factor by which the sandbox's rate-limit buckets refill faster than AWS's; undefined when calls are not throttled. */
  readonly rateLimitFactor: number | undefined;
  /** Whether its machine lacks an OCI runtime, which this image, or any image without Node, needs. */
  lacksRuntime(image?: {
    readonly reference: string;
    readonly region: string;
    readonly command: readonly string[];
  }): Promise<boolean>;
  /** What the user should know about this sandbox, e.g. that it runs as root. */
  readonly warnings: readonly string[];
  /** What this machine cannot enforce about containers, and why. */
  readonly limitations: readonly string[];
  /** Resolves a name through the sandbox's Route 53 and load balancers; undefined when nothing serves it. */
  resolve(name: string, port: number): Promise<{ readonly host: string; readonly port: number } | undefined>;
  /** Returns the name servers to which the parent of a zone delegates the zone's name; empty if there are none. */
  nameServers(zone: string): Promise<readonly string[]>;
  /**
   * Returns the addresses on which the containers of a task listen, or listened if they have ended; undefined when the
   * sandbox does not know the task. Addresses of a stopped task are kept as long as the task can be described.
   * @param taskId the last part of the task's ARN
   */
  listeners(taskId: string): Promise<readonly ListenedAddress[] | undefined>;
  /**
   * Opens intercepts: while this process holds them, other versions of programs receive the requests of deployed tasks.
   * @throws Error if another client holds intercepts
   */
  intercept(): Promise<InterceptSession>;
  /** Whether tasks pull images only from the sandbox's own ECR. */
  readonly pullsOnlyFromEcr: boolean;
  census(): Promise<Readonly<Record<string, number>>>;
  /** Whether the sandbox's process is alive, even if it does not respond. */
  isAlive(): boolean;
  /**
   * Stops the sandbox, and resolves when its process has ended.
   * @param withinMs how long the process may take to end, in milliseconds
   * @throws SandboxError when the process takes longer
   */
  stop(withinMs?: number): Promise<void>;
}

/** Thrown when a sandbox cannot be found, started or stopped. */
export class SandboxError extends Error {
  readonly kind: 'port taken' | 'did not start' | 'did not stop';
  constructor(kind: SandboxError['kind'], message: string) {
    super(message);
    this.name = 'SandboxError';
    this.kind = kind;
  }
}

const CALL_TIMEOUT_MS = 5000;
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

const didNotStop = (pid: number, withinMs: number): SandboxError =>
  new SandboxError(
    'did not stop',
    `Its process ${pid} is still running ${withinMs / 1000} s after it was asked to stop.`,
  );

function clientOf(port: number, { about, authorization }: ProvenSandbox, started: boolean): SandboxClient {
  const url = `http://127.0.0.1:${port}`;
  const call = async (path: string, method = 'GET'): Promise<unknown> => {
    const response = await fetch(`${url}/_sandbox/${path}`, {
      method,
      headers: { authorization },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    if (!response.ok)
      throw new Error(`The sandbox responded with ${response.status}: ${await response.text()}`);
    return response.json();
  };
  return {
    url,
    pid: about.pid,
    folder: about.folder,
    started,
    background: about.background,
    rateLimitFactor: about.limits,
    warnings: about.warnings ?? [],
    limitations: about.limitations ?? [],
    resolve: async (name, port) =>
      ((await call(`resolve?name=${encodeURIComponent(name)}&port=${port}`)) ?? undefined) as
        { host: string; port: number } | undefined,
    nameServers: async (zone) => (await call(`name-servers?name=${encodeURIComponent(zone)}`)) as string[],
    listeners: async (taskId) =>
      ((await call(`listeners?task=${encodeURIComponent(taskId)}`)) ?? undefined) as
        ListenedAddress[] | undefined,
    lacksRuntime: async (image) => {
      const query = image && {
        image: image.reference,
        region: image.region,
        command: JSON.stringify(image.command),
      };
      return (await call(`lacks-runtime?${new URLSearchParams(query ?? {}).toString()}`)) as boolean;
    },
    intercept: () => openIntercepts(url, authorization),
    pullsOnlyFromEcr: true,
    census: async () => (await call('census')) as Record<string, number>,
    isAlive: () => isProcessAlive(about.pid),
    async stop(withinMs = STOP_TIMEOUT_MS) {
      await call('stop', 'POST');
      if (!(await waitForEnd(about.pid, withinMs))) throw didNotStop(about.pid, withinMs);
    },
  };
}
