// A client finds, starts and stops a sandbox in another process.
import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder } from '../../sandbox/state/claim.ts';
import { authorizationOf } from '../../sandbox/state/token.ts';
import { findSandbox, openSandbox } from '../../sandbox/client.ts';
import { SandboxError } from '../../sandbox/running-sandbox.ts';
import { eventually, freePort } from '../journeys/harness.ts';
import { zombie } from '../zombie.ts';

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

const TOKEN = 'ab'.repeat(32);
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Creates a folder with a token, as a sandbox does. */
function folderWithToken(token = TOKEN): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-client-'));
  folders.push(folder);
  writeFileSync(join(folder, 'token'), `${token}\n`, { mode: 0o600 });
  return folder;
}

/** Starts a process that responds like a sandbox with the process `reportedPid`; a stop request runs the code `onStop`. */
async function startFakeSandbox(
  onStop: string,
  folder = folderWithToken(),
  reportedPid?: number,
  closing = false,
): Promise<{ port: number; pid: number | undefined; folder: string }> {
  const program = `
    const { createHmac } = require('node:crypto');
    const folder = ${JSON.stringify(folder)};
    const about = { sandbox: 'slipway', pid: ${reportedPid ?? 'process.pid'}, folder, background: true, limits: 60, closing: ${closing} };
    const server = require('node:http').createServer((request, response) => {
      if (request.url === '/_sandbox/stop') { ${onStop} }
      if (request.url === '/end') process.exit();
      const body = JSON.stringify(about);
      const proven = ['sandbox', server.address().port, request.headers['slipway-challenge'], body].join('\\n');
      response.setHeader('slipway-proof', createHmac('sha256', '${TOKEN}').update(proven).digest('hex'));
      response.setHeader('connection', 'close').end(body);
    });
    server.listen(${await freePort()}, '127.0.0.1', () => console.log(server.address().port));
  `;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(port), pid: child.pid, folder };
}

test('a sandbox reports its process and the folder of its state', async () => {
  const { port, pid, folder } = await startFakeSandbox('');
  expect(await findSandbox(port)).toMatchObject({ pid, folder, rateLimitFactor: 60, started: false });
});

test('stopping a sandbox resolves when its process has ended', async () => {
  const { port } = await startFakeSandbox("response.once('close', () => process.exit());");
  const found = await findSandbox(port);
  expect(found?.isAlive()).toBe(true);
  await found?.stop();
  expect(found?.isAlive()).toBe(false);
  expect(await findSandbox(port)).toBeUndefined();
});

test('stopping a sandbox resolves when its process has ended, even if nothing reaps the process', async () => {
  const { pid } = await zombie(async () => undefined);
  const { port } = await startFakeSandbox('', folderWithToken(), pid);
  const found = await findSandbox(port);
  expect(found?.isAlive()).toBe(false);
  await found?.stop(100);
});

test('stopping a sandbox fails when its process does not end in time', async () => {
  const { port, pid } = await startFakeSandbox('');
  const found = await findSandbox(port);
  const stopping = found?.stop(100);
  await expect(stopping).rejects.toBeInstanceOf(SandboxError);
  await expect(stopping).rejects.toMatchObject({
    kind: 'did not stop',
    message: `Its process ${pid} is still running 0.1 s after it was asked to stop.`,
  });
});

test.each([
  ['immediately', (socket: Socket) => socket.end()],
  ['after the request', (socket: Socket) => socket.once('data', () => socket.end())],
  ['with a reset', (socket: Socket) => socket.resetAndDestroy()],
])(
  'a server that closes the connection %s without sending a byte is not a sandbox',
  async (_, closeSocket) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      closeSocket(socket);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      // findSandbox must reject because the connection closed, not because of this timeout.
      const timeout = AbortSignal.timeout(4000);
      await expect(findSandbox(port, timeout)).rejects.toMatchObject({ kind: 'port taken' });
      // The server received only one connection.
      expect(connections).toBe(1);
    } finally {
      server.close();
    }
  },
);

test('a sandbox that is shutting down is not used: its end is awaited, and another one is started', async () => {
  const folder = folderWithToken();
  const { port, pid = 0 } = await startFakeSandbox('', folder, undefined, true);
  const sleeps: number[] = [];
  const clock = {
    now: () => 0,
    sleep: async (ms: number) => {
      sleeps.push(ms);
      // While the sandbox runs, it is awaited; it ends after the second look.
      if (sleeps.length === 2) await endProcess(port, pid);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const opened = await openSandbox({ port, folder, clock });
  await opened.stop();
  expect(opened).toMatchObject({ started: true, folder });
  expect(opened.pid).not.toBe(pid);
  expect(sleeps.slice(0, 2)).toEqual([20, 20]);
});

test('waiting for the end of a sandbox that is shutting down has a deadline', async () => {
  const { port, pid } = await startFakeSandbox('', folderWithToken(), undefined, true);
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  await expect(findSandbox(port, undefined, clock)).rejects.toMatchObject({
    kind: 'did not stop',
    message: `Its process ${pid} is still running 10 s after it was asked to stop.`,
  });
  expect(now).toBe(10_000);
});

test('a real sandbox reports that it is shutting down, and is replaced when it has ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-client-'));
  folders.push(folder);
  const port = await freePort();
  const first = await openSandbox({ port, folder });
  const token = readFileSync(join(folder, 'token'), 'utf8').trim();
  await fetch(`${first.url}/_sandbox/stop`, {
    method: 'POST',
    headers: { authorization: authorizationOf(token) },
  });
  const second = await openSandbox({ port, folder });
  expect(second.pid).not.toBe(first.pid);
  expect(await second.census()).toEqual({});
  await second.stop();
});

/** Ends the process of a fake sandbox, and waits until it is gone. */
async function endProcess(port: number, pid: number): Promise<void> {
  const child = children.find((one) => one.pid === pid);
  const ended = child && once(child, 'exit');
  await fetch(`http://127.0.0.1:${port}/end`).catch(() => undefined);
  await ended;
}

test('a sandbox that lost the race for its folder is started again if the winner stops without responding', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-client-'));
  try {
    const release = await claimFolder(folder);
    const opening = openSandbox({ port: await freePort(), folder });
    const log = join(folder, 'sandbox.log');
    await eventually(
      () => (existsSync(log) && readFileSync(log, 'utf8').includes('Another sandbox')) || undefined,
    );
    await release();
    const found = await opening;
    await found.stop();
    expect(found).toMatchObject({ started: true, background: true, folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
