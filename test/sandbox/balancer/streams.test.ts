/** Streaming: large and slow bodies, and WebSockets. */
import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  ask,
  echo,
  exchange,
  gate,
  keepAlive,
  open,
  startRawTarget,
  startTarget,
  FakeWorld,
} from './targets.ts';

const CHUNK = Buffer.alloc(64 * 1024, 'slipway ');
const CHUNKS = 500;

async function openListenerFor(targetPort: number, attributes: Record<string, string> = {}): Promise<number> {
  const world = new FakeWorld();
  world.attributes = attributes;
  world.register('10.0.0.1', targetPort);
  return (await open(world)).port;
}

describe('bodies', () => {
  test('of 32 MB are forwarded unchanged in both directions at the same time', async () => {
    const { port: targetPort } = await startTarget((request, response) => request.pipe(response));
    const port = await openListenerFor(targetPort);
    const request = http.request({ port, method: 'POST', agent: false });
    const responded = once(request, 'response');
    const [sent, received] = [createHash('sha256'), createHash('sha256')];
    const source = Readable.from(
      (function* () {
        for (let count = 0; count < CHUNKS; count += 1) {
          sent.update(CHUNK);
          yield CHUNK;
        }
      })(),
    );
    const upload = pipeline(source, request);
    const [response] = (await responded) as [http.IncomingMessage];
    let bytes = 0;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      received.update(chunk as Buffer);
    }
    await upload;
    expect(bytes).toBe(CHUNK.length * CHUNKS);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  });

  test('are not buffered for a client that does not read, so the target waits until the idle timeout', async () => {
    const written = gate<number>();
    const { port: targetPort } = await startTarget((_request, response) => {
      const { socket } = response;
      response.once('close', () => written.open(socket?.bytesWritten ?? 0));
      response.on('error', () => {});
      Readable.from(Array<Buffer>(CHUNKS).fill(CHUNK)).pipe(response);
    });
    const port = await openListenerFor(targetPort, { 'idle_timeout.timeout_seconds': '0.2' });
    const client = net.connect(port, '127.0.0.1').on('error', () => {});
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await written.opened).toBeLessThan((CHUNK.length * CHUNKS) / 2);
    client.destroy();
  });

  test('are streamed in both directions while they are still being sent', async () => {
    const { port: targetPort } = await startTarget((request, response) => request.pipe(response));
    const request = http.request({ port: await openListenerFor(targetPort), method: 'POST', agent: false });
    request.write('one');
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(String((await once(response, 'data'))[0])).toBe('one');
    request.write('two');
    expect(String((await once(response, 'data'))[0])).toBe('two');
    request.end();
    await once(response, 'end');
  });

  test('of server-sent events arrive one by one, after the headers', async () => {
    const next = gate();
    const { port: targetPort } = await startTarget((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      void next.opened.then(() => response.write('data: 1\n\n'));
    });
    const request = http.get({ port: await openListenerFor(targetPort), agent: false });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.headers['content-type']).toBe('text/event-stream');
    next.open();
    expect(String((await once(response, 'data'))[0])).toBe('data: 1\n\n');
    request.destroy();
  });

  test('can be left unread by the target without delaying its response or blocking the connection', async () => {
    const targetPort = await startRawTarget((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Payload Too Large\r\nContent-Length: 8\r\n\r\ntoo much');
      });
    });
    const port = await openListenerFor(targetPort);
    const agent = keepAlive(1);
    const sockets = new Set<unknown>();
    for (let turn = 0; turn < 2; turn += 1) {
      const request = http.request({ port, agent, method: 'POST' });
      request.on('socket', (socket) => sockets.add(socket));
      request.end(Buffer.alloc(20_000_000));
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      expect(response.statusCode).toBe(413);
      expect(String((await once(response, 'data'))[0])).toBe('too much');
      await once(request, 'close');
    }
    expect(sockets.size).toBe(1);
  });

  test('of consecutive requests are sent over the same connection to the target', async () => {
    const connections = new Set<unknown>();
    const { port: targetPort } = await startTarget((request, response) => {
      connections.add(request.socket);
      echo()(request, response);
    });
    const port = await openListenerFor(targetPort, { 'idle_timeout.timeout_seconds': '0.5' });
    for (const method of ['GET', 'POST', 'PUT', 'GET'])
      expect((await ask(port, '/', { method })).status).toBe(200);
    expect(connections.size).toBe(1);
  });
});

const UPGRADE = [
  'GET /chat?room=1 HTTP/1.1',
  'Host: a',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: k',
];

/** Starts a target that accepts upgrades and echoes its input; `onHead` receives the head of the request. */
async function startEchoSocket(onHead: (head: string) => void = () => {}): Promise<number> {
  return await startRawTarget((socket) => {
    socket.once('data', (head) => {
      onHead(String(head));
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: k\r\n\r\nhello',
      );
      socket.pipe(socket);
    });
  });
}

/** Upgrades a connection; the returned reader waits for a number of bytes. */
async function upgrade(
  port: number,
): Promise<{ socket: net.Socket; read: (bytes: number) => Promise<string> }> {
  const socket = net.connect(port, '127.0.0.1');
  socket.write([...UPGRADE, '', ''].join('\r\n'));
  let buffered = '';
  socket.on('data', (data) => {
    buffered += String(data);
    socket.emit('more');
  });
  const waitUntil = async (enough: () => boolean): Promise<void> => {
    while (!enough()) await once(socket, 'more');
  };
  await waitUntil(() => buffered.includes('\r\n\r\n'));
  expect(buffered).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
  expect(buffered.toLowerCase()).toContain('sec-websocket-accept: k\r\n');
  buffered = buffered.slice(buffered.indexOf('\r\n\r\n') + 4);
  const read = async (bytes: number): Promise<string> => {
    await waitUntil(() => buffered.length >= bytes);
    const taken = buffered.slice(0, bytes);
    buffered = buffered.slice(bytes);
    return taken;
  };
  return { socket, read };
}

describe('a WebSocket', () => {
  test('connects client and target, without losing the first bytes', async () => {
    let head = '';
    const port = await openListenerFor(await startEchoSocket((received) => (head = received)));
    const { socket, read } = await upgrade(port);
    expect(await read(5)).toBe('hello');
    socket.write('ping');
    expect(await read(4)).toBe('ping');
    const large = 'x'.repeat(1_000_000);
    socket.write(large);
    expect(await read(large.length)).toBe(large);
    socket.end();
    await once(socket, 'close');

    expect(head).toMatch(/^GET \/chat\?room=1 HTTP\/1\.1\r\n/);
    for (const line of [
      'Host: a',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: k',
      'X-Forwarded-For: 127.0.0.1',
    ]) {
      expect(head).toContain(`${line}\r\n`);
    }
  });

  test.each<[string, (socket: net.Socket) => void]>([
    ['ends', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
  ])(
    'ends for the client, without further data, when the target %s the connection',
    async (_, disconnect) => {
      const targetPort = await startRawTarget((socket) => {
        socket.once('data', () => {
          socket.write(
            'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: k\r\n\r\n',
          );
          socket.once('data', () => disconnect(socket));
        });
      });
      const { socket } = await upgrade(await openListenerFor(targetPort));
      const more: unknown[] = [];
      socket.on('data', (data) => more.push(String(data)));
      socket.write('bye');
      await once(socket, 'close');
      expect(more).toEqual([]);
    },
  );

  test('is closed only when neither side sends anything during the idle timeout', async () => {
    const { socket, read } = await upgrade(
      await openListenerFor(await startEchoSocket(), { 'idle_timeout.timeout_seconds': '0.5' }),
    );
    await read(5);
    const startedAt = performance.now();
    while (performance.now() - startedAt < 800) {
      socket.write('ping');
      expect(await read(4)).toBe('ping');
      await new Promise((resolve) => setTimeout(resolve, 50)); // shorter than the idle timeout
    }
    await once(socket, 'close');
  });

  test("is declined with the target's own response", async () => {
    const { port: targetPort, server } = await startTarget(echo());
    server.on('upgrade', (_request, socket) => {
      socket.end(
        'HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive\r\n\r\ngo off',
      );
    });
    const response = await exchange(await openListenerFor(targetPort), [...UPGRADE, '', ''].join('\r\n'));
    expect(response).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(response).toMatch(/connection: close\r\n/i);
    expect(response).not.toMatch(/keep-alive/i);
    expect(response).toMatch(/\r\n\r\ngo off$/);
  });

  test('is cut off when the target disconnects while declining', async () => {
    const targetPort = await startRawTarget((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\ngo o')),
    );
    expect(await exchange(await openListenerFor(targetPort), [...UPGRADE, '', ''].join('\r\n'))).toMatch(
      /\r\n\r\ngo o$/,
    );
  });

  test.each<[number, string, 'refused' | 'timeout' | undefined]>([
    [502, 'refuses the connection', 'refused'],
    [504, 'receives no packets', 'timeout'],
    [503, 'is not registered', undefined],
  ])('gets a %d when the target %s', async (status, _, failure) => {
    const world = new FakeWorld();
    if (failure !== undefined) world.register('10.0.0.1', failure);
    const { port } = await open(world, { connectTimeoutMs: 20 });
    const response = await exchange(port, [...UPGRADE, '', ''].join('\r\n'));
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(response).toContain('Server: awselb/2.0\r\n');
  });

  test('gets a 502 when the target disconnects, even on a connection that has been used before', async () => {
    const targetPort = await startRawTarget((socket) => {
      socket.on('data', (data) => {
        if (String(data).includes('websocket')) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    const socket = net.connect(await openListenerFor(targetPort), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    let received = '';
    socket.on('data', (data) => {
      received += String(data);
      if (received.endsWith('ok')) socket.write([...UPGRADE, '', ''].join('\r\n'));
    });
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(received).toMatch(/\r\n\r\nokHTTP\/1\.1 502 Bad Gateway\r\n/);
  });

  test('that is requested before an earlier request is answered closes the connection without a response', async () => {
    const port = await openListenerFor(await startRawTarget(() => {}));
    expect(await exchange(port, ['GET / HTTP/1.1', 'Host: a', '', '', ...UPGRADE, '', ''].join('\r\n'))).toBe(
      '',
    );
    expect(await exchange(port, 'TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toContain('405');
  });

  test('gets a 504 when the target sends nothing', async () => {
    const port = await openListenerFor(await startRawTarget(() => {}), {
      'idle_timeout.timeout_seconds': '0.05',
    });
    expect(await exchange(port, [...UPGRADE, '', ''].join('\r\n'))).toMatch(/^HTTP\/1\.1 504 /);
  });
});

describe('an upgrade to another protocol', () => {
  test('is ignored', async () => {
    const { port: targetPort } = await startTarget(echo());
    const head = [
      'GET /x HTTP/1.1',
      'Host: a',
      'Connection: Upgrade, HTTP2-Settings, close',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABk',
      '',
      '',
    ];
    const response = await exchange(await openListenerFor(targetPort), head.join('\r\n'));
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(response).toContain('"url":"/x"');
    expect(response).not.toContain('h2c');
    expect(response).not.toContain('AAMAAABk');
  });
});
