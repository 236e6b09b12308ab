/** For journeys: a user's machine. A folder of its own, free ports, and the real commands as real processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach } from '@jest/globals';
import type { JournalEntry } from '../../sandbox/journal.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((found, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line on stdout. */
  readonly last: string;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Outcome>;
  /** Resolves when what it wrote matches; rejects when it ends before. */
  says(pattern: RegExp): Promise<void>;
}

/** An answer to an HTTP request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Machine {
  readonly folder: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  start(command: 'provision' | 'teardown' | 'sandbox', ...args: string[]): Running;
  run(command: 'provision' | 'teardown', ...args: string[]): Promise<Outcome>;
  /** Writes a configuration, and returns the flags that name it. */
  config(text: string, name?: string): string[];
  census(): Promise<Record<string, number>>;
  journal(): Promise<JournalEntry[]>;
  state(stage?: string): { resources: Record<string, Record<string, string>>; [field: string]: unknown };
}

/** A new machine; its sandbox is stopped and its folder removed after the test. */
export async function machine(): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-journey-'));
  const port = await freePort();
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: folder,
    SLIPWAY_HOME: join(folder, '.slipway'),
    SLIPWAY_SANDBOX_PORT: String(port),
    SLIPWAY_SANDBOX_HTTP_PORT: '0',
  };
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}/_sandbox/${path}`, { method });
    return response.json();
  };
  closing.push(async () => {
    await stopSandbox(ask);
    rmSync(folder, { recursive: true, force: true });
  });
  const start: Machine['start'] = (command, ...args) => {
    const script = join(ROOT, command, 'main.ts');
    return watch(spawn(process.execPath, ['--import', 'tsx', script, ...args], { cwd: ROOT, env }));
  };
  return {
    folder,
    port,
    env,
    start,
    run: (command, ...args) => start(command, ...args).done,
    config(text, name = 'slipway.config.ts') {
      const file = join(folder, name);
      writeFileSync(file, text);
      return ['--config', file];
    },
    census: async () => (await ask('census')) as Record<string, number>,
    journal: async () => (await ask('journal')) as JournalEntry[],
    state: (stage = 'dev') =>
      JSON.parse(readFileSync(join(folder, '.slipway', `${stage}.json`), 'utf8')) as ReturnType<
        Machine['state']
      >,
  };
}

async function stopSandbox(ask: (path: string, method?: string) => Promise<unknown>): Promise<void> {
  let pid: number;
  try {
    ({ pid } = (await ask('about')) as { pid: number });
    await ask('stop', 'POST');
  } catch {
    return; // none runs
  }
  while (isAlive(pid)) await new Promise((later) => setTimeout(later, 20));
}

/** Whether a process lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function watch(child: ChildProcess): Running {
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const hear = () => listeners.forEach((listener) => listener());
  child.stdout?.on('data', (chunk) => ((stdout += String(chunk)), hear()));
  child.stderr?.on('data', (chunk) => ((stderr += String(chunk)), hear()));
  const done = new Promise<Outcome>((ended, failed) => {
    child.on('error', failed);
    child.on('close', (code) =>
      ended({ code, stdout, stderr, last: stdout.trim().split('\n').at(-1) ?? '' }),
    );
  });
  closing.push(async () => {
    child.kill('SIGKILL');
    await done;
  });
  return {
    child,
    done,
    says: (pattern) =>
      new Promise((heard, failed) => {
        const listen = () => pattern.test(stdout + stderr) && (listeners.delete(listen), heard());
        listeners.add(listen);
        listen();
        void done.then(() =>
          failed(new Error(`It ended without saying ${String(pattern)}:\n${stdout}${stderr}`)),
        );
      }),
  };
}

/** Sends a request to a URL whose name ends in `.localhost`, which this machine's resolver may not know. */
export function ask(
  url: string,
  {
    method = 'GET',
    body,
    headers = {},
  }: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { hostname, port, pathname, search, host } = new URL(url);
  if (!hostname.endsWith('localhost')) throw new Error(`${hostname} is not this machine`);
  return new Promise((answered, failed) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: port || 80,
        path: pathname + search,
        method,
        headers: { host, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        agent: false,
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () =>
          answered({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    sent.on('error', failed);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
