/** The one door to the sandbox for the rest of Slipway: finds it, starts it, asks it, stops it, all over HTTP. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export const DEFAULT_PORT = 4566;

/** A sandbox that answers. */
export interface SandboxClient {
  /** The endpoint for AWS clients. */
  readonly url: string;
  readonly pid: number;
  /** Where it keeps its state. */
  readonly folder: string;
  /** Whether this call started it. */
  readonly started: boolean;
  /** Whether it was started in the background by a provision, and may be stopped by a teardown. */
  readonly background: boolean;
  /** How many times faster than AWS's its rate limits fill again; undefined when it has none. */
  readonly limits: number | undefined;
  /** Where a name leads, through the sandbox's Route 53 and load balancers; undefined when nowhere. */
  resolve(name: string, port: number): Promise<{ readonly host: string; readonly port: number } | undefined>;
  census(): Promise<Readonly<Record<string, number>>>;
  /** Whether its process lives, whatever it answers. */
  isAlive(): boolean;
  /**
   * Stops it, and resolves when it is gone.
   * @param withinMs how long it may take
   * @throws SandboxError when it takes longer
   */
  stop(withinMs?: number): Promise<void>;
}

/** Why a sandbox cannot be had, or cannot be got rid of. */
export class SandboxError extends Error {
  readonly kind: 'port taken' | 'did not start' | 'did not stop';
  constructor(kind: SandboxError['kind'], message: string) {
    super(message);
    this.name = 'SandboxError';
    this.kind = kind;
  }
}

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
/** How long another sandbox that was quicker to start may still need before it answers. */
const RIVAL_START_MS = 5000;
/** The exit code of a background sandbox that found its port or its folder taken. */
export const LOST_RACE_EXIT_CODE = 75;

/** Who answers on a port: a sandbox, somebody else, or nobody. */
async function identify(
  url: string,
  signal?: AbortSignal,
): Promise<SandboxAbout | 'somebody else' | 'nobody'> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = await request(
      `${url}/_sandbox/about`,
      signal ? AbortSignal.any([signal, timeout]) : timeout,
    );
    const about = (await json(answer)) as Partial<SandboxAbout>;
    return about.sandbox === 'slipway' ? (about as SandboxAbout) : 'somebody else';
  } catch (error) {
    signal?.throwIfAborted();
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'nobody' : 'somebody else';
  }
}

/** Not by fetch: when the other side closes before it was asked, that waits, and nothing keeps the process alive. */
const request = (url: string, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get(url, { agent: false, signal }, resolve).on('error', reject));

/** A sandbox on that port, if one answers. */
export async function findSandbox(port: number, signal?: AbortSignal): Promise<SandboxClient | undefined> {
  const url = `http://127.0.0.1:${port}`;
  const about = await identify(url, signal);
  if (about === 'nobody') return undefined;
  if (about === 'somebody else') {
    throw new SandboxError('port taken', `Port ${port} is in use by something that is not a sandbox.`);
  }
  return clientOf(url, about, false);
}

export interface StartOptions {
  readonly port: number;
  /** Where it keeps its state. */
  readonly folder: string;
  /** Says to give up waiting for it. */
  readonly signal?: AbortSignal;
}

/**
 * The sandbox on that port: the one that runs, or a new one in the background, which goes on after this process.
 * @throws SandboxError
 */
export async function openSandbox(options: StartOptions): Promise<SandboxClient> {
  const running = await findSandbox(options.port, options.signal);
  if (running) return running;
  // Two provisions may start one at the same time: the one that comes late ends, and both use the other. When that is
  // given up before it answers, it leaves the place to a second try.
  return (
    (await startInBackground(options)) ?? (await startInBackground(options)) ?? throwDidNotStart(options)
  );
}

/**
 * Starts one, and waits until it or another on its port answers.
 * @returns undefined when it came late, and the other does not answer
 * @throws SandboxError
 */
async function startInBackground(options: StartOptions): Promise<SandboxClient | undefined> {
  const { port, folder, signal } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const output = openSync(logFileIn(folder), 'a', 0o600);
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../run.js'),
      'sandbox',
      '--port',
      String(port),
      '--folder',
      folder,
      '--background',
    ],
    { detached: true, stdio: ['ignore', output, output], env: withoutCredentials(process.env) },
  );
  closeSync(output);
  child.unref();
  const url = `http://127.0.0.1:${port}`;
  // Not by the clock of the machine, which may be set meanwhile.
  let deadline = performance.now() + START_MS;
  child.once(
    'exit',
    (code) => (deadline = performance.now() + (code === LOST_RACE_EXIT_CODE ? RIVAL_START_MS : 0)),
  );
  let isOurs = false;
  try {
    for (let last = false; !last; await delay(50, undefined, { signal })) {
      last = performance.now() >= deadline;
      const about = await identify(url, signal);
      if (typeof about !== 'object') continue;
      isOurs = about.pid === child.pid;
      return clientOf(url, about, isOurs);
    }
  } finally {
    // Nobody knows of one that has not answered.
    if (!isOurs) child.kill();
  }
  return child.exitCode === LOST_RACE_EXIT_CODE ? undefined : throwDidNotStart(options);
}

function throwDidNotStart({ folder }: StartOptions): never {
  const said = readFileSync(logFileIn(folder), 'utf8').trim().split('\n').slice(-5).join('\n');
  throw new SandboxError('did not start', `It said: ${said}`);
}

const logFileIn = (folder: string): string => join(folder, 'sandbox.log');

/** It is an AWS, and needs no keys to one; it goes on after the shell that they were meant for. */
function withoutCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, AWS_SESSION_TOKEN: ___, ...others } = env;
  return others;
}

function clientOf(url: string, about: SandboxAbout, started: boolean): SandboxClient {
  const ask = async (path: string, method = 'GET'): Promise<unknown> => {
    const response = await fetch(`${url}/_sandbox/${path}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`The sandbox answered ${response.status}: ${await response.text()}`);
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
      ((await ask(`resolve?name=${encodeURIComponent(name)}&port=${port}`)) ?? undefined) as
        { host: string; port: number } | undefined,
    census: async () => (await ask('census')) as Record<string, number>,
    isAlive: () => isAlive(about.pid),
    async stop(withinMs = STOP_MS) {
      const deadline = performance.now() + withinMs;
      await ask('stop', 'POST');
      for (; isAlive(about.pid); await delay(20)) {
        if (performance.now() < deadline) continue;
        throw new SandboxError(
          'did not stop',
          `Its process ${about.pid} still runs ${withinMs / 1000} s after it was asked to end.`,
        );
      }
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
