/** For journeys: a user's machine with its own folder and ports, on which the real commands run as processes. */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import type { JournalEntry } from '../../sandbox/server/journal.ts';
import { followProcess, type Outcome, type RunningCommand } from './command.ts';

export { httpRequest } from './http-request.ts';
export type { Outcome } from './command.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export const ROOT = resolve(import.meta.dirname, '../..');
const cleanups: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
}, 60_000);

/**
 * The ports of machines. Systems choose the ports of outgoing connections, and those of servers that do not care, from 32768 on:
 * such a port may be taken again before the machine uses it.
 */
const FIRST_PORT = 10_000;
const LAST_PORT = 32_767;

/** Returns a port that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (await canListen(port)) return port;
  }
}

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

type Command =
  | 'provision'
  | 'deploy'
  | 'dev'
  | 'drift'
  | 'status'
  | 'doctor'
  | 'open'
  | 'scale'
  | 'restart'
  | 'logs'
  | 'run'
  | 'exec'
  | 'dashboard'
  | 'history'
  | 'rollback'
  | 'secret'
  | 'teardown'
  | 'sandbox';

/** A user's machine. */
export interface Machine {
  readonly folder: string;
  readonly port: number;
  /** The endpoint of the machine's sandbox. */
  readonly endpoint: string;
  readonly env: NodeJS.ProcessEnv;
  readonly start: (command: Command, ...args: string[]) => RunningCommand;
  /** Runs a command to its end. */
  readonly run: (command: Command, ...args: string[]) => Promise<Outcome>;
  /** Writes a file into the machine's folder and returns its path. */
  readonly write: (name: string, text: string) => string;
  /** Writes a configuration and returns the flags that name it. */
  readonly config: (stack: StackInput | string, name?: string) => string[];
  /** Requests a page of the admin API of the machine's sandbox, as the user who started the sandbox. */
  readonly admin: (path: string, init?: RequestInit) => Promise<Response>;
  /** The process id of the machine's sandbox. */
  readonly sandboxPid: () => Promise<number>;
  readonly census: () => Promise<Record<string, number>>;
  readonly journal: () => Promise<JournalEntry[]>;
  /** The mutating calls, as `service:operation`; empty when no sandbox runs. */
  readonly mutations: () => Promise<string[]>;
  /** The names of state and lock files. */
  readonly stateFiles: () => string[];
  /** Returns the state of the only stack of a stage. */
  readonly state: (stage?: string) => {
    resources: Record<string, Record<string, string>>;
    [field: string]: unknown;
  };
}

/**
 * Creates a machine. After the tests of the file, the machine's sandbox is stopped and its folder is removed.
 * @param extra further environment variables. The sandbox runs at the pace 300 unless they set another pace.
 */
export async function machine(extra: NodeJS.ProcessEnv = {}): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-journey-'));
  const slipwayHome = join(folder, '.slipway');
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: folder,
    SLIPWAY_HOME: slipwayHome,
    SLIPWAY_SANDBOX_PORT: String(port),
    SLIPWAY_SANDBOX_HTTP_PORT: '0',
    SLIPWAY_SANDBOX_PACE: '300',
    ...extra,
  };
  const admin: Machine['admin'] = (path, init) =>
    fetch(`${endpoint}/_sandbox/${path}`, {
      ...init,
      headers: { authorization: authorizationIn(slipwayHome) },
    });
  const askSandbox = async (path: string, method = 'GET') => (await admin(path, { method })).json();
  const sandboxPid = async () => ((await askSandbox('about')) as { pid: number }).pid;
  cleanups.push(async () => {
    const pid = await sandboxPid().catch(() => undefined);
    if (pid !== undefined) await askSandbox('stop', 'POST').then(() => waitForEnd(pid));
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const start: Machine['start'] = (command, ...args) => {
    const running = followProcess(
      spawn(process.execPath, [join(ROOT, 'run.js'), command, ...args], { cwd: ROOT, env }),
    );
    cleanups.push(async () => {
      running.child.kill('SIGKILL');
      await running.done;
    });
    return running;
  };
  const journal = async () => (await askSandbox('journal')) as JournalEntry[];
  return {
    folder,
    port,
    endpoint,
    env,
    start,
    run: (command, ...args) => start(command, ...args).done,
    write,
    config: (stack, name = 'slipway.config.ts') => {
      const text = typeof stack === 'string' ? stack : `export default ${JSON.stringify(stack)};\n`;
      return ['--config', write(name, text)];
    },
    admin,
    sandboxPid,
    census: async () => (await askSandbox('census')) as Record<string, number>,
    journal,
    mutations: async () =>
      (await journal().catch(() => []))
        .filter(({ mutating }) => mutating)
        .map(({ service, operation }) => `${service}:${operation}`),
    stateFiles: () => namesIn(slipwayHome).filter((name) => name !== 'sandbox' && !name.startsWith('.')),
    state: (stage = 'dev') => {
      const name = namesIn(slipwayHome).find((file) => file.endsWith(`-${stage}.json`)) ?? '';
      return JSON.parse(readFileSync(join(slipwayHome, name), 'utf8')) as ReturnType<Machine['state']>;
    },
  };
}

/** Reads the `authorization` header for the admin API from a SLIPWAY_HOME. The header is empty when no sandbox runs. */
export function authorizationIn(slipwayHome: string): string {
  try {
    return readFileSync(join(slipwayHome, 'sandbox', 'authorization'), 'utf8')
      .replace('Authorization: ', '')
      .trim();
  } catch {
    return '';
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Waits until a process has ended. After ten seconds, the process is killed. */
async function waitForEnd(pid: number): Promise<void> {
  for (const start = Date.now(); isAlive(pid);) {
    if (Date.now() - start > 10_000) process.kill(pid, 'SIGKILL');
    await new Promise((later) => setTimeout(later, 20));
  }
}

/** Whether a process is alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Polls until the result is defined. Use it only for conditions that no event announces. */
export async function eventually<T>(check: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const result = await check();
    if (result !== undefined) return result;
    await new Promise((later) => setTimeout(later, 50));
  }
}
