/** The client of the sandbox for the rest of Slipway: finds, starts, queries and stops a sandbox, always over HTTP. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ListenedAddress } from './runtime/ports.ts';
import { isZombie } from './runtime/process-start-time.ts';
import { openIntercepts, type InterceptSession } from './intercept-client.ts';
import { lastLogLines, LOST_RACE_EXIT_CODE, spawnSandbox } from './background.ts';
import { AUTHORITY_FILE } from './state/folder.ts';
import { identify, type ProvenSandbox } from './identify.ts';

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
  /** What the user should know about this sandbox, e.g. that it runs as root. */
  readonly warnings: readonly string[];
  /** What this machine cannot enforce about containers, and why. */
  readonly limitations: readonly string[];
  /** Resolves a name through the sandbox's Route 53 and load balancers; undefined when nothing serves it. */
  resolve(name: string, port: number): Promise<{ readonly host: string; readonly port: number } | undefined>;
  /** Returns the authority that signs the sandbox's certificates: its certificate in PEM, and the file that contains it. */
  authority(): Promise<{ readonly certificate: string; readonly file: string }>;
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
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;
/** How long the sandbox that won the race for the port or the folder may take to respond, in milliseconds. */
const RIVAL_START_TIMEOUT_MS = 5000;

/** The reasons why the program on a port is not the user's own sandbox. They never repeat what that program sent. */
const reasonNotToUse = {
  other: 'is in use by something that is not a sandbox',
  'another user': 'is in use by a sandbox of another user',
  unproven:
    'is in use by a program that answers like a sandbox but cannot prove that it is yours: it does not know the token in the folder that it names',
} as const;

/**
 * Finds the sandbox on a port.
 * @returns undefined when nothing listens on the port
 * @throws SandboxError `port taken` when another program, or the sandbox of another user, listens on the port
 */
export async function findSandbox(port: number, signal?: AbortSignal): Promise<SandboxClient | undefined> {
  const identity = await identify(port, signal);
  if (identity === 'nothing') return undefined;
  if (typeof identity === 'string')
    throw new SandboxError('port taken', `Port ${port} ${reasonNotToUse[identity]}.`);
  return clientOf(port, identity, false);
}

export interface StartOptions {
  readonly port: number;
  /** The folder in which the sandbox keeps its state. */
  readonly folder: string;
  /** Aborts waiting for the sandbox. */
  readonly signal?: AbortSignal;
}

/**
 * Returns the sandbox on a port, starting one in the background if necessary. The sandbox outlives this process.
 * @throws SandboxError
 */
export async function openSandbox(options: StartOptions): Promise<SandboxClient> {
  const running = await findSandbox(options.port, options.signal);
  if (running) return running;
  // When two provisions start a sandbox at the same time, the sandbox that loses the race exits, and both provisions use
  // the winner. If the winner is killed before it responds, the second attempt below starts another sandbox.
  return (
    (await startInBackground(options)) ??
    (await findSandbox(options.port, options.signal)) ??
    (await startInBackground(options)) ??
    throwDidNotStart(options)
  );
}

/**
 * Starts a sandbox, and waits until a sandbox on the port responds.
 * @returns undefined when the sandbox lost the race for the port and the winner does not respond
 * @throws SandboxError
 */
async function startInBackground(options: StartOptions): Promise<SandboxClient | undefined> {
  const { port, folder, signal } = options;
  const child = spawnSandbox(port, folder);
  // performance.now() is monotonic, unlike the system time, which may be changed during the wait.
  let deadline = performance.now() + START_TIMEOUT_MS;
  child.once('exit', (code) => {
    deadline = performance.now() + (code === LOST_RACE_EXIT_CODE ? RIVAL_START_TIMEOUT_MS : 0);
  });
  let isStartedHere = false;
  try {
    for (let isLastTry = false; !isLastTry; await delay(50, undefined, { signal })) {
      isLastTry = performance.now() >= deadline;
      const identity = await identify(port, signal);
      if (typeof identity === 'string') continue;
      isStartedHere = identity.about.pid === child.pid;
      return clientOf(port, identity, isStartedHere);
    }
  } finally {
    // It is safe to kill a sandbox that has not responded: no other process can be using it.
    if (!isStartedHere) child.kill();
  }
  return child.exitCode === LOST_RACE_EXIT_CODE ? undefined : throwDidNotStart(options);
}

function throwDidNotStart({ folder }: StartOptions): never {
  throw new SandboxError('did not start', `Its log ends with: ${lastLogLines(folder)}`);
}

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
    authority: async () => {
      const file = join(about.folder, AUTHORITY_FILE);
      return { certificate: await readFile(file, 'utf8'), file };
    },
    nameServers: async (zone) => (await call(`name-servers?name=${encodeURIComponent(zone)}`)) as string[],
    listeners: async (taskId) =>
      ((await call(`listeners?task=${encodeURIComponent(taskId)}`)) ?? undefined) as
        ListenedAddress[] | undefined,
    intercept: () => openIntercepts(url, authorization),
    pullsOnlyFromEcr: true,
    census: async () => (await call('census')) as Record<string, number>,
    isAlive: () => isAlive(about.pid),
    async stop(withinMs = STOP_TIMEOUT_MS) {
      const deadline = performance.now() + withinMs;
      await call('stop', 'POST');
      for (; isAlive(about.pid); await delay(20)) {
        if (performance.now() < deadline) continue;
        throw new SandboxError(
          'did not stop',
          `Its process ${about.pid} is still running ${withinMs / 1000} s after it was asked to stop.`,
        );
      }
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}
