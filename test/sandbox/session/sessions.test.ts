// A session admits one client with its token, over a WebSocket that no web page can open, and ends with it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { makeSessions, type ServeSession } from '../../../sandbox/session/sessions.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Opens one session, and counts how often it is served. */
async function scene() {
  const sessions = makeSessions((error) => {
    throw error;
  });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.on('upgrade', (request, socket, head: Buffer) => sessions.upgrade(request, socket, head));
  cleanUps.push(async () => {
    await sessions.close();
    server.close();
  });
  let served = 0;
  const serve: ServeSession = async (_, socket) => {
    served += 1;
    socket.send('welcome');
    await once(socket, 'close');
  };
  const { port } = server.address() as AddressInfo;
  const opened = sessions.open(port, serve);
  /** Connects, shows a token, and returns what happens. */
  const connect = async (token: unknown, options: WebSocket.ClientOptions = {}, url = opened.streamUrl) => {
    const socket = new WebSocket(url, options);
    cleanUps.push(async () => socket.terminate());
    socket.on('open', () => socket.send(JSON.stringify({ TokenValue: token })));
    return new Promise<string>((resolve) => {
      socket.on('message', (data: Buffer) => resolve(data.toString()));
      socket.on('close', (code) => resolve(`closed ${code}`));
      socket.on('error', ({ message }) => resolve(message));
    });
  };
  return { opened, connect, served: () => served };
}

test('a client with the token is served, once', async () => {
  const { opened, connect, served } = await scene();
  expect(await connect(opened.tokenValue)).toBe('welcome');
  expect(await connect(opened.tokenValue)).toBe('Unexpected server response: 404');
  expect(served()).toBe(1);
});

test.each([
  ['another token', 'x'.repeat(43)],
  ['none', undefined],
  ['a number', 7],
  ['a longer one', 'x'.repeat(900)],
])('a client with a wrong token is refused, and the session is used up: %s', async (_, token) => {
  const { opened, connect, served } = await scene();
  expect(await connect(token)).toBe('closed 4003');
  expect(await connect(opened.tokenValue)).toBe('Unexpected server response: 404');
  expect(served()).toBe(0);
});

test('a web page is refused, even with the token, and a session that does not exist is not found', async () => {
  const { opened, connect, served } = await scene();
  const { tokenValue: token, streamUrl } = opened;
  for (const origin of ['http://evil.example', 'http://127.0.0.1:8080', 'null'])
    expect(await connect(token, { origin })).toBe('Unexpected server response: 403');
  expect(await connect(token, { headers: { host: 'evil.example' } })).toBe('Unexpected server response: 403');
  expect(await connect(token, {}, `${streamUrl}0`)).toBe('Unexpected server response: 404');
  expect(await connect(token, {}, new URL('/', streamUrl).href)).toBe('Unexpected server response: 404');
  expect(served()).toBe(0);
  expect(await connect(token)).toBe('welcome');
});
