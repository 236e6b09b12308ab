/** The load balancer does not respond to clients that security groups or routes do not admit. */
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { makeBlackHole } from '../../../sandbox/balancer/black-hole.ts';
import { ask, defaultRule, keepAlive, open, FakeWorld } from './targets.ts';

/** Returns a world whose load balancer sends the fixed response `hello`. */
function respondingWorld(): FakeWorld {
  const world = new FakeWorld();
  world.currentRules = [
    defaultRule({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'hello' } }),
  ];
  return world;
}

/** Connects a client and sends a request. Returns the socket and the data that the client receives. */
async function connectClient(
  port: number,
  text = 'GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n',
) {
  const socket = net.connect(port, '127.0.0.1');
  const received: string[] = [];
  socket.on('data', (bytes) => received.push(String(bytes))).on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return { socket, received };
}

describe('a listener that no client can reach', () => {
  test.each(['GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n', 'garbage\r\n\r\n', 'OPTIONS'])(
    'neither responds to %j nor disconnects',
    async (text) => {
      const world = respondingWorld();
      const { port } = await open(world);
      world.isListenerReachable = false;
      const { socket, received } = await connectClient(port, text);
      world.isListenerReachable = true;
      // A client that connects later gets its response, so the first client would have a response by now.
      expect(await ask(port)).toMatchObject({ status: 200, body: 'hello' });
      expect({ received, closed: socket.destroyed }).toEqual({ received: [], closed: false });
      socket.destroy();
    },
  );

  test('still responds on existing connections, because tracked connections survive on AWS', async () => {
    const world = respondingWorld();
    const { port } = await open(world);
    const agent = keepAlive(1);
    expect((await ask(port, '/', { agent })).status).toBe(200);
    world.isListenerReachable = false;
    expect((await ask(port, '/', { agent })).status).toBe(200);
    const another = http.get({ port, host: '127.0.0.1', agent: false, timeout: 100 });
    another.on('error', () => {});
    await once(another, 'timeout');
    another.destroy();
  });

  test('can be closed immediately, even while clients are waiting', async () => {
    const world = respondingWorld();
    const listener = await open(world, { closeTimeoutMs: 60_000 });
    world.isListenerReachable = false;
    const { socket, received } = await connectClient(listener.port);
    const hungUp = new Promise((resolve) => socket.once('close', resolve));
    await listener.close();
    await hungUp;
    expect(received).toEqual([]);
  }, 10_000);
});

describe('a black hole', () => {
  /** Opens `count` connections to a black hole. Returns its server and the clients. */
  async function connectClients(count: number) {
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
    const { clients, close } = await connectClients(257);
    const [first, second] = clients;
    await new Promise((resolve) => first?.resume().once('close', resolve));
    expect(second?.destroyed).toBe(false);
    await close();
  });

  test('releases the connection of a client that has given up', async () => {
    const { server, clients, close } = await connectClients(1);
    const connectionCount = () =>
      new Promise<number>((resolve) => server.getConnections((_error, connections) => resolve(connections)));
    clients[0]?.end();
    while ((await connectionCount()) > 0) await new Promise(setImmediate);
    await close();
  }, 10_000);
});
