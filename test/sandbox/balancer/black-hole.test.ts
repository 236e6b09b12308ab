/** The load balancer does not respond to clients that security groups or routes do not admit. */
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { makeBlackHole } from '../../../sandbox/balancer/black-hole.ts';
import { ask, defaultRule, keepAlive, open, FakeWorld } from './targets.ts';

/** A load balancer with the fixed response `hello`. */
function answering(): FakeWorld {
  const world = new FakeWorld();
  world.rulesNow = [
    defaultRule({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'hello' } }),
  ];
  return world;
}

/** Connects a client, and resolves with the client and its received data when the request has reached the listener. */
async function client(port: number, text = 'GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n') {
  const socket = net.connect(port, '127.0.0.1');
  const heard: string[] = [];
  socket.on('data', (bytes) => heard.push(String(bytes))).on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return { socket, heard };
}

describe('a listener that no client can reach', () => {
  test.each(['GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n', 'garbage\r\n\r\n', 'OPTIONS'])(
    'neither responds to %j nor disconnects',
    async (text) => {
      const world = answering();
      const { port } = await open(world);
      world.reached = false;
      const { socket, heard } = await client(port, text);
      world.reached = true;
      // By now a client that connected later has its response.
      expect(await ask(port)).toMatchObject({ status: 200, body: 'hello' });
      expect({ heard, closed: socket.destroyed }).toEqual({ heard: [], closed: false });
      socket.destroy();
    },
  );

  test('still responds on existing connections, because tracked connections survive on AWS', async () => {
    const world = answering();
    const { port } = await open(world);
    const agent = keepAlive(1);
    expect((await ask(port, '/', { agent })).status).toBe(200);
    world.reached = false;
    expect((await ask(port, '/', { agent })).status).toBe(200);
    const another = http.get({ port, host: '127.0.0.1', agent: false, timeout: 100 });
    another.on('error', () => {});
    await once(another, 'timeout');
    another.destroy();
  });

  test('can be closed immediately, even while clients are waiting', async () => {
    const world = answering();
    const listener = await open(world, { closeTimeoutMs: 60_000 });
    world.reached = false;
    const { socket, heard } = await client(listener.port);
    const hungUp = new Promise((resolve) => socket.once('close', resolve));
    await listener.close();
    await hungUp;
    expect(heard).toEqual([]);
  }, 10_000);
});

describe('a black hole', () => {
  /** Returns both ends of `count` connections to a black hole. */
  async function pairs(count: number) {
    const blackHole = makeBlackHole();
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      blackHole.hold(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const clients: net.Socket[] = [];
    for (let index = 0; index < count; index += 1) {
      const socket = net.connect(port, '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      clients.push(socket);
    }
    return {
      server,
      clients,
      close: async () => {
        blackHole.close();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  test('closes the oldest connection when it holds too many', async () => {
    const { clients, close } = await pairs(257);
    const [first, second] = clients;
    await new Promise((resolve) => first?.resume().once('close', resolve));
    expect(second?.destroyed).toBe(false);
    await close();
  });

  test('releases the connection of a client that has given up', async () => {
    const { server, clients, close } = await pairs(1);
    const count = () =>
      new Promise<number>((resolve) => server.getConnections((_error, connections) => resolve(connections)));
    clients[0]?.end();
    while ((await count()) > 0) await new Promise(setImmediate);
    await close();
  }, 10_000);
});
