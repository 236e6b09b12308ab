/** The load balancer knows which requests are open at each target, and closes its idle connections to targets that drain. */
import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { makeOpenRequests } from '../../../sandbox/data-plane/open-requests.ts';
import { ask, gate, open, startRawTarget, startTarget, FakeWorld } from './targets.ts';

const TARGET = '10.0.0.1:5000';
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n';

async function untilEqual(read: () => unknown, expected: unknown): Promise<void> {
  while (read() !== expected) await delay(5);
}

test('a request is open until its response has ended, or its client has disconnected', async () => {
  const world = new FakeWorld();
  const { opened, open: answer } = gate();
  const { port: targetPort } = await startTarget((request, response) => {
    if (request.url === '/slow') void opened.then(() => response.end('ok'));
  });
  world.register('10.0.0.1', targetPort);
  const { port } = await open(world);
  const slow = ask(port, '/slow');
  await untilEqual(() => world.openRequests[TARGET], 1);
  const abandoned = net.connect(port, '127.0.0.1').on('error', () => {});
  abandoned.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\n');
  await untilEqual(() => world.openRequests[TARGET], 2);
  abandoned.destroy();
  await untilEqual(() => world.openRequests[TARGET], 1);
  answer();
  expect((await slow).body).toBe('ok');
  await untilEqual(() => world.openRequests[TARGET], 0);
});

test('a WebSocket is open until it closes', async () => {
  const world = new FakeWorld();
  world.register(
    '10.0.0.1',
    await startRawTarget((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      ),
    ),
  );
  const { port } = await open(world);
  const client = net.connect(port, '127.0.0.1');
  client.write(UPGRADE);
  await once(client, 'data');
  expect(world.openRequests[TARGET]).toBe(1);
  client.destroy();
  await untilEqual(() => world.openRequests[TARGET], 0);
});

test('a request that fails or cannot be sent is not open any more', async () => {
  const world = new FakeWorld();
  world.register('10.0.0.1', 'refused');
  const { port } = await open(world);
  expect((await ask(port)).status).toBe(502);
  await untilEqual(() => world.openRequests[TARGET], 0);
  world.register('10.0.0.1', await startRawTarget((socket) => socket.destroy()));
  expect((await ask(port)).status).toBe(502);
  await untilEqual(() => world.openRequests[TARGET], 0);
});

test('the idle connections to a draining target are closed, and the others stay open', async () => {
  const world = new FakeWorld();
  const connections: Record<string, number> = {};
  const start = async (id: string) => {
    const { port, server } = await startTarget((_, response) => response.end(id));
    server.on('connection', (socket) => {
      connections[id] = (connections[id] ?? 0) + 1;
      socket.once('close', () => (connections[id] = (connections[id] ?? 0) - 1));
    });
    world.register(id, port);
  };
  await start('10.0.0.1');
  await start('10.0.0.2');
  const listener = await open(world);
  const answers = [(await ask(listener.port)).body, (await ask(listener.port)).body];
  expect(answers.sort()).toEqual(['10.0.0.1', '10.0.0.2']);
  listener.closeUnusedConnections();
  expect(connections).toEqual({ '10.0.0.1': 1, '10.0.0.2': 1 });
  world.setState('10.0.0.1', 'draining');
  await untilEqual(() => {
    listener.closeUnusedConnections();
    return connections['10.0.0.1'];
  }, 0);
  expect(connections['10.0.0.2']).toBe(1);
  expect((await ask(listener.port)).body).toBe('10.0.0.2');
});

test('a wait ends when the last request to any of its targets ends', () => {
  const requests = makeOpenRequests();
  const runs: string[] = [];
  const [first, second, other] = [requests.open('a'), requests.open('b'), requests.open('c')];
  requests.whenNone(['a', 'b'], () => runs.push('drained'));
  requests.whenNone(['d'], () => runs.push('idle'));
  first();
  first();
  expect(runs).toEqual(['idle']);
  second();
  expect(runs).toEqual(['idle', 'drained']);
  other();
  expect(runs).toEqual(['idle', 'drained']);
});
