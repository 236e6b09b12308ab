// The door to a sandbox in another process: how it is found and stopped.
import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder } from '../../sandbox/state/claim.ts';
import { SandboxError, findSandbox, openSandbox } from '../../sandbox/client.ts';
import { eventually, freePort } from '../journeys/harness.ts';

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** A process that says it is a sandbox, and the port where it does; `onStop` is the code that a stop runs. */
async function pretender(onStop: string): Promise<{ port: number; pid: number | undefined }> {
  const program = `
    const about = { sandbox: 'slipway', pid: process.pid, folder: '/some/where', background: true, limits: 60 };
    const server = require('node:http').createServer((request, response) => {
      if (request.url === '/_sandbox/stop') { ${onStop} }
      response.setHeader('connection', 'close').end(JSON.stringify(about));
    });
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));
  `;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(port), pid: child.pid };
}

test('a sandbox says which process it is and where it keeps its state', async () => {
  const { port, pid } = await pretender('');
  expect(await findSandbox(port)).toMatchObject({ pid, folder: '/some/where', limits: 60, started: false });
});

test('a stop ends when the process is gone', async () => {
  const { port } = await pretender("response.once('close', () => process.exit());");
  const door = await findSandbox(port);
  expect(door?.isAlive()).toBe(true);
  await door?.stop();
  expect(door?.isAlive()).toBe(false);
  expect(await findSandbox(port)).toBeUndefined();
});

test('a sandbox that does not stop is not waited for without end', async () => {
  const { port, pid } = await pretender('');
  const door = await findSandbox(port);
  const stopping = door?.stop(100);
  await expect(stopping).rejects.toBeInstanceOf(SandboxError);
  await expect(stopping).rejects.toMatchObject({
    kind: 'did not stop',
    message: `Its process ${pid} still runs 0.1 s after it was asked to end.`,
  });
});

test.each([
  ['at once', (socket: Socket) => socket.end()],
  ['when it was asked', (socket: Socket) => socket.once('data', () => socket.end())],
  ['rudely', (socket: Socket) => socket.resetAndDestroy()],
])('somebody who closes the connection %s, without a byte, is no sandbox', async (_, closes) => {
  let met = 0;
  const server = createServer((socket) => {
    met += 1;
    socket.on('error', () => undefined);
    closes(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    // Told by the connection, not by the time: nothing may keep the process alive until that has passed.
    const soon = AbortSignal.timeout(4000);
    await expect(findSandbox(port, soon)).rejects.toMatchObject({ kind: 'port taken' });
    // And is not asked again and again.
    expect(met).toBe(1);
  } finally {
    server.close();
  }
});

test('a sandbox starts after all when the one that was quicker is given up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-door-'));
  try {
    const giveUp = await claimFolder(folder);
    const opening = openSandbox({ port: await freePort(), folder });
    const log = join(folder, 'sandbox.log');
    await eventually(
      () => (existsSync(log) && readFileSync(log, 'utf8').includes('Another sandbox')) || undefined,
    );
    await giveUp();
    const door = await opening;
    await door.stop();
    expect(door).toMatchObject({ started: true, background: true, folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
