/** The client of the sandbox for the rest of Slipway: finds, starts, queries and stops a sandbox, always over HTTP. */
import { get, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { isZombie } from './runtime/process-start-time.ts';
import { lastLogLines, LOST_RACE_EXIT_CODE, spawnSandbox } from './background.ts';

/** A running sandbox. */
export interface SandboxClient {
  /** The endpoint for AWS clients. */
  readonly url: string;
  readonly pid: number;
  /** The folder in which it keeps its state. */
  readonly folder: string;
  /** Whether the call that returned this client started the sandbox. */
  readonly started: boolean;
  /** Whether a provision started it in the background; only then can a teardown stop it. */
  readonly background: boolean;
  /** How many times faster its rate-limit buckets refill than AWS's; undefined when calls are not throttled. */
  readonly limits: number | undefined;
  /** Resolves a name through the sandbox's Route 53 and load balancers; undefined when nothing serves it. */
  resolve(name: string, port: number): Promise<{ readonly host: string; readonly port: number } | undefined>;
  /** Returns the name servers that the parent of a zone delegates its name to; empty when it does not. */
  nameServers(zone: string): Promise<readonly string[]>;
  census(): Promise<Readonly<Record<string, number>>>;
  /** Whether its process is alive, even if it does not respond. */
  isAlive(): boolean;
  /**
   * Stops the sandbox, and resolves when its process has ended.
   * @param withinMs how long the process may take to end, in milliseconds
   * @throws SandboxError when it takes longer
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

/** The response of `GET /_sandbox/about`. */
interface SandboxAbout {
  readonly sandbox: string;
  readonly pid: number;
  readonly folder: string;
  readonly background: boolean;
  readonly limits?: number;
}

const TIMEOUT_MS = 5000;
const START_MS = 20_000;
const STOP_MS = 10_000;
/** How long the sandbox that won the race for the port or the folder may take to respond, in milliseconds. */
const RIVAL_START_MS = 5000;

/** Identifies what listens on a port. */
async function identify(url: string, signal?: AbortSignal): Promise<SandboxAbout | 'other' | 'nothing'> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await request(
      `${url}/_sandbox/about`,
      signal ? AbortSignal.any([signal, timeout]) : timeout,
    );
    const about = (await json(response)) as Partial<SandboxAbout>;
    return about.sandbox === 'slipway' ? (about as SandboxAbout) : 'other';
  } catch (error) {
    signal?.throwIfAborted();
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'nothing' : 'other';
  }
}

/**
 * Sends a GET request. It does not use fetch, which never settles when the server closes the connection before it has
 * received the request, and does not keep the process alive while it waits.
 */
const request = (url: string, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get(url, { agent: false, signal }, resolve).on('error', reject));

/**
 * Finds the sandbox on a port.
 * @returns undefined when nothing listens on the port
 * @throws SandboxError `port taken` when another program listens on the port
 */
export async function findSandbox(port: number, signal?: AbortSignal): Promise<SandboxClient | undefined> {
  const url = `http://127.0.0.1:${port}`;
  const about = await identify(url, signal);
  if (about === 'nothing') return undefined;
  if (about === 'other') {
    throw new SandboxError('port taken', `Port ${port} is in use by something that is not a sandbox.`);
  }
  return clientOf(url, about, false);
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
    (await startInBackground(options)) ?? (await startInBackground(options)) ?? throwDidNotStart(options)
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
  const url = `http://127.0.0.1:${port}`;
  // performance.now() is monotonic, unlike the system time, which may be changed during the wait.
  let deadline = performance.now() + START_MS;
  child.once('exit', (code) => {
    deadline = performance.now() + (code === LOST_RACE_EXIT_CODE ? RIVAL_START_MS : 0);
  });
  let isStartedHere = false;
  try {
    for (let isLastTry = false; !isLastTry; await delay(50, undefined, { signal })) {
      isLastTry = performance.now() >= deadline;
      const about = await identify(url, signal);
      if (typeof about !== 'object') continue;
      isStartedHere = about.pid === child.pid;
      return clientOf(url, about, isStartedHere);
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

function clientOf(url: string, about: SandboxAbout, started: boolean): SandboxClient {
  const call = async (path: string, method = 'GET'): Promise<unknown> => {
    const response = await fetch(`${url}/_sandbox/${path}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
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
    limits: about.limits,
    resolve: async (name, port) =>
      ((await call(`resolve?name=${encodeURIComponent(name)}&port=${port}`)) ?? undefined) as
        { host: string; port: number } | undefined,
    nameServers: async (zone) => (await call(`name-servers?name=${encodeURIComponent(zone)}`)) as string[],
    census: async () => (await call('census')) as Record<string, number>,
    isAlive: () => isAlive(about.pid),
    async stop(withinMs = STOP_MS) {
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
