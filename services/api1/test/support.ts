/** Test support: an app on a loopback port, the service as a real process, and requests with full control of headers. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { Agent, IncomingHttpHeaders, IncomingMessage, RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll } from '@jest/globals';

/** One line of a service's log. */
export type LogLine = Record<string, unknown> & { msg?: string };

/** Serves a request handler, such as an Express app, on a free loopback port. */
export async function listen(handler: RequestListener): Promise<{ url: string; close: () => void }> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  function close(): void {
    server.close();
    server.closeAllConnections();
  }
  return { url: `http://127.0.0.1:${port}`, close };
}

/** A log stream that collects its lines. */
export function logLines(): { lines: LogLine[]; write: (line: string) => void } {
  const lines: LogLine[] = [];
  return { lines, write: (line) => lines.push(JSON.parse(line) as LogLine) };
}

/** A service that runs as a separate process. */
export interface Service {
  readonly url: string;
  readonly lines: readonly LogLine[];
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exit: Promise<{ code: number | null; stderr: string }>;
}

// Even a failing test leaves no process behind.
const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

/** Starts `node ...args` in the folder of a service (by default this one), and waits until it listens on a free loopback port. */
export async function start(args: string[], env: Record<string, string>, cwd = FOLDER): Promise<Service> {
  const child = spawn(process.execPath, args, { cwd, env: { PORT: '0', HOST: '127.0.0.1', ...env } });
  children.push(child);
  const stderr = text(child.stderr);
  const exit = once(child, 'close').then(async ([code]) => ({
    code: code as number | null,
    stderr: await stderr,
  }));
  const lines: LogLine[] = [];
  const port = new Promise<number>((resolvePort) => {
    createInterface(child.stdout).on('line', (line) => {
      const entry = JSON.parse(line) as LogLine;
      lines.push(entry);
      if (entry.msg === 'listening') resolvePort(entry.port as number);
    });
  });
  const earlyExit = exit.then(({ code, stderr }) => Promise.reject(new Error(`exit ${code}: ${stderr}`)));
  const url = `http://127.0.0.1:${await Promise.race([port, earlyExit])}`;
  earlyExit.catch(() => undefined); // From here on, the test decides whether an exit is an error.
  return { url, lines, kill: (signal) => child.kill(signal), exit };
}

/** The folder of the service under test. */
export const FOLDER = resolve(__dirname, '..');

/** The arguments that run the service from its source. */
export const SOURCE = ['--import', 'tsx', 'src/main.ts'];

/** A response with all its headers. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a GET, or a POST when there is a body; rejects when the connection fails. */
export async function ask(url: string, options: { agent?: Agent; body?: unknown } = {}): Promise<Answer> {
  const method = options.body === undefined ? 'GET' : 'POST';
  const req = request(url, {
    method,
    agent: options.agent ?? false,
    headers: { 'content-type': 'application/json' },
  });
  req.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  return { status: res.statusCode ?? 0, headers: res.headers, body: await text(res) };
}

/** Polls until the condition holds; the time limit of the test is the deadline. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(50);
}

/** Whether nothing listens at the URL any more. Tries to connect, without sending a request. */
export async function refuses(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
