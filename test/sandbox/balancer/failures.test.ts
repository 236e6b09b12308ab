/** The load balancer's behaviour when targets or clients fail or break the protocol. */
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { Readable } from 'node:stream';
import {
  ask,
  askEcho,
  defaultRule,
  echo,
  exchange,
  gate,
  keepAlive,
  open,
  startRawTarget,
  startTarget,
  FakeWorld,
} from './targets.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n';

async function worldWithTarget(
  portOrFailure: number | 'timeout' | 'refused',
  attributes: Record<string, string> = {},
): Promise<FakeWorld> {
  const world = new FakeWorld();
  world.attributes = attributes;
  world.register('10.0.0.1', portOrFailure);
  return world;
}

describe('a 503 response', () => {
  test('is sent when the group has no registered target, byte for byte as on AWS', async () => {
    const { port } = await open(new FakeWorld());
    const response = await exchange(port, `${GET}Connection: close\r\n\r\n`);
    const [head = '', body] = response.split('\r\n\r\n');
    expect(head.replace(/Date: .*/, 'Date: now').split('\r\n')).toEqual([
      'HTTP/1.1 503 Service Temporarily Unavailable',
      'Server: awselb/2.0',
      'Date: now',
      'Content-Type: text/html',
      'Content-Length: 162',
      'Connection: close',
    ]);
    expect(body).toBe(
      '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n' +
        '<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n',
    );
  });

  test('is sent when all targets are draining', async () => {
    const world = await worldWithTarget(1);
    world.setState('10.0.0.1', 'draining');
    const { port } = await open(world);
    expect((await ask(port)).status).toBe(503);
  });

  test('has no body when the request was HEAD', async () => {
    const { port } = await open(new FakeWorld());
    const response = await ask(port, '/', { method: 'HEAD' });
    expect(response).toMatchObject({ status: 503, body: '' });
    expect(response.headers['content-length']).toBe('162');
  });

  test('leaves the connection usable, even when the request had a body', async () => {
    const { port } = await open(new FakeWorld());
    const agent = keepAlive(1);
    const sockets = new Set<unknown>();
    for (const body of ['x'.repeat(1_000_000), 'y']) {
      const request = http.request({ port, agent, method: 'POST' });
      request.on('socket', (socket) => sockets.add(socket));
      request.end(body);
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      expect(response.statusCode).toBe(503);
      expect(response.headers.connection).toBe('keep-alive');
      response.resume();
      await once(response, 'close');
    }
    expect(sockets.size).toBe(1);
  });
});

describe('a 502 response', () => {
  test('is sent with a page of 122 bytes when the target refuses the connection', async () => {
    const { port } = await open(await worldWithTarget('refused'));
    const response = await ask(port);
    expect(response.status).toBe(502);
    expect(response.headers).toMatchObject({ server: 'awselb/2.0', 'content-length': '122' });
  });

  test('is sent when nothing listens on the port of the target', async () => {
    const { port: closedPort, server } = await startTarget(echo());
    await new Promise((resolve) => server.close(resolve));
    const { port } = await open(await worldWithTarget(closedPort));
    expect((await ask(port)).status).toBe(502);
  });

  test.each<[string, (socket: net.Socket) => void]>([
    ['resets the connection', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['closes the connection', (socket) => socket.once('data', () => socket.end())],
    [
      'closes the connection in the middle of the headers',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nA: b')),
    ],
    ['responds with garbage', (socket) => socket.once('data', () => socket.end('hello\r\n\r\n'))],
    [
      'responds with an invalid status',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 042 What\r\n\r\n')),
    ],
    [
      'switches protocols without an upgrade request',
      (socket) =>
        socket.once('data', () =>
          socket.write('HTTP/1.1 101 Ok\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
        ),
    ],
  ])('is sent when the target %s', async (_, behave) => {
    const { port } = await open(await worldWithTarget(await startRawTarget(behave)));
    expect((await ask(port)).status).toBe(502);
    expect((await ask(port, '/', { method: 'POST', body: 'x' })).status).toBe(502);
  });
});

describe('a 504 response', () => {
  test('is sent when packets to the target are dropped', async () => {
    const { port } = await open(await worldWithTarget('timeout'), { connectTimeoutMs: 20 });
    expect((await ask(port)).status).toBe(504);
    expect((await ask(port)).body).toContain('<title>504 Gateway Time-out</title>');
  });

  test('is sent when the connection to the target is not established in time', async () => {
    const world = await worldWithTarget((await startTarget(echo())).port);
    const reach = world.reach.bind(world);
    world.reach = (target) => {
      setImmediate(() => {
        const deadline = performance.now() + 20;
        while (performance.now() < deadline); // blocks until the timeout expires, so that the connection goes unnoticed
      });
      return reach(target);
    };
    const { port } = await open(world, { connectTimeoutMs: 1 });
    expect((await ask(port)).status).toBe(504);
  });

  test('is sent when the target accepts the request and sends nothing during the idle timeout', async () => {
    const silentPort = await startRawTarget(() => {});
    const { port } = await open(
      await worldWithTarget(silentPort, { 'idle_timeout.timeout_seconds': '0.05' }),
    );
    expect((await ask(port)).status).toBe(504);
    expect((await ask(port, '/', { method: 'POST', body: 'x' })).status).toBe(504);
  });

  test('is sent when the target stops reading a request', async () => {
    const deafPort = await startRawTarget((socket) => socket.pause());
    const { port } = await open(await worldWithTarget(deafPort, { 'idle_timeout.timeout_seconds': '0.2' }));
    const request = http.request({ port, method: 'POST', agent: false });
    request.on('error', () => {});
    Readable.from(Array<Buffer>(1_000).fill(Buffer.alloc(64 * 1024))).pipe(request);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.statusCode).toBe(504);
    expect(request.socket?.bytesWritten).toBeLessThan(32_000_000); // the load balancer does not buffer the rest
    request.destroy();
  });

  test('is not sent while the target keeps sending data, even if the whole response takes longer than the timeout', async () => {
    const slow = await startTarget((_request, response) => {
      let parts = 0;
      response.flushHeaders();
      const timer = setInterval(() => {
        response.write('.');
        if (++parts === 10) {
          clearInterval(timer);
          response.end();
        }
      }, 30);
    });
    const { port } = await open(await worldWithTarget(slow.port, { 'idle_timeout.timeout_seconds': '0.2' }));
    expect(await ask(port)).toMatchObject({ status: 200, body: '..........' });
  });
});

describe('a response that has begun', () => {
  test.each([
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    ['of known length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello'],
  ])('is cut off rather than completed when the target disconnects (body %s)', async (_, head) => {
    const brokenPort = await startRawTarget((socket) => socket.once('data', () => socket.end(head)));
    const { port } = await open(await worldWithTarget(brokenPort));
    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('is cut off when the target sends nothing during the idle timeout', async () => {
    const brokenPort = await startRawTarget((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello')),
    );
    const { port } = await open(
      await worldWithTarget(brokenPort, { 'idle_timeout.timeout_seconds': '0.05' }),
    );
    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a pooled connection that its target closed', () => {
  /**
   * Starts a target that serves one request per connection, and closes the connection when the next request arrives.
   */
  async function startForgetfulTarget(seen: string[]): Promise<number> {
    return await startRawTarget((socket) => {
      let served = 0;
      socket.on('data', (data) => {
        served += 1;
        seen.push(`${String(data).split(' ')[0]} ${served}`);
        if (served === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        else socket.destroy();
      });
    });
  }

  test('does not fail a request that can be repeated', async () => {
    const seen: string[] = [];
    const { port } = await open(await worldWithTarget(await startForgetfulTarget(seen)));
    expect((await ask(port)).status).toBe(200);
    expect((await ask(port)).status).toBe(200);
    expect((await ask(port, '/', { method: 'DELETE' })).status).toBe(200);
    expect(seen).toEqual(['GET 1', 'GET 2', 'GET 1', 'DELETE 1']);
  });

  test('makes a request that cannot be repeated fail with 502, as on AWS', async () => {
    const seen: string[] = [];
    const { port } = await open(await worldWithTarget(await startForgetfulTarget(seen)));
    expect((await ask(port)).status).toBe(200);
    expect((await ask(port, '/', { method: 'POST', body: 'pay' })).status).toBe(502);
    expect((await ask(port)).status).toBe(200);
    expect((await ask(port, '/', { method: 'PUT', body: 'put' })).status).toBe(502);
    expect(seen).toEqual(['GET 1', 'POST 2', 'GET 1', 'PUT 2']);
  });
});

describe('the load balancer', () => {
  test.each([
    [400, 'a request without Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [400, 'garbage', 'garbage\r\n\r\n'],
    [400, 'a header name with a space', `${GET}X Y: 1\r\n\r\n`],
    [400, 'a control character in a header', `${GET}X: a\u0001\r\n\r\n`],
    [400, 'headers of more than 64 KB', `${GET}X: ${'a'.repeat(66_000)}\r\n\r\n`],
    [
      400,
      'a path that leads above the root',
      'GET /a/../../etc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    ],
    [400, 'CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n'],
    [405, 'TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    [
      463,
      'more than 30 forwarded addresses',
      `${GET}X-Forwarded-For: ${Array(31).fill('1.2.3.4').join(', ')}\r\nConnection: close\r\n\r\n`,
    ],
    [
      501,
      'an unknown transfer encoding',
      `${GET}Transfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`,
    ],
  ])('responds with %d to %s', async (status, _, text) => {
    const { port } = await open(await worldWithTarget((await startTarget(echo())).port));
    const response = await exchange(port, text);
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(response).toContain('Server: awselb/2.0\r\n');
  });

  test('responds with 408 when a client stops sending in the middle of its body', async () => {
    const { port: targetPort } = await startTarget(echo());
    const { port } = await open(
      await worldWithTarget(targetPort, { 'idle_timeout.timeout_seconds': '0.05' }),
    );
    const response = await exchange(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello');
    expect(response).toMatch(/^HTTP\/1\.1 408 Request Time-out\r\n/);
    expect(response).toContain('Connection: close\r\n');
  });
});

describe('a client', () => {
  test('can send headers of more than 16 KB in total', async () => {
    const world = new FakeWorld();
    world.currentRules = [
      defaultRule({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }),
    ];
    const { port } = await open(world);
    expect(
      (
        await ask(port, '/', {
          headers: { 'X-One': 'a'.repeat(16_000), 'X-Two': 'a'.repeat(16_000), 'X-Three': 'a' },
        })
      ).status,
    ).toBe(200);
  });

  test('is disconnected when it sends no further request during the idle timeout', async () => {
    const { port } = await open(await worldWithTarget('refused', { 'idle_timeout.timeout_seconds': '0.05' }));
    expect(await exchange(port, `${GET}\r\n`)).toMatch(/^HTTP\/1\.1 502 /);
  });
});

describe('a client that breaks the protocol', () => {
  test('gets an error page when the body of its request is invalid', async () => {
    const { port } = await open(await worldWithTarget((await startTarget(echo())).port));
    const response = await exchange(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n',
    );
    expect(response).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  test('is disconnected, without an error page, when its response has already begun', async () => {
    const { port: targetPort } = await startTarget((_request, response) => {
      response.write('begun');
    });
    const { port } = await open(await worldWithTarget(targetPort));
    const socket = net.connect(port, '127.0.0.1').on('error', () => {});
    let received = '';
    socket.write(`${GET}\r\n`);
    socket.on('data', (data) => {
      received += String(data);
      if (received.includes('begun')) socket.write('garbage\r\n\r\n');
    });
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(received).not.toContain('400');
  });
});

describe('the request of a client that disconnects', () => {
  test('is aborted at the target', async () => {
    const arrived = gate();
    const disconnected = gate();
    const { port: targetPort } = await startTarget((request) => {
      request.socket.once('close', () => disconnected.open());
      arrived.open();
    });
    const { port } = await open(await worldWithTarget(targetPort));
    const request = http.get({ port, agent: false });
    request.on('error', () => {});
    await arrived.opened;
    request.destroy();
    await disconnected.opened;
  });

  test('is dropped when no target has been selected yet', async () => {
    let connections = 0;
    const { port: targetPort, server } = await startTarget(echo());
    server.on('connection', () => (connections += 1));
    const world = await worldWithTarget(targetPort);
    const [lookupStarted, lookupAllowed] = [gate(), gate()];
    const reach = world.reach.bind(world);
    world.reach = async (target) => {
      lookupStarted.open();
      await lookupAllowed.opened;
      return await reach(target);
    };
    const { port } = await open(world);
    const goneRequest = http.get({ port, path: '/gone', agent: false }).on('error', () => {});
    await lookupStarted.opened;
    goneRequest.destroy();
    expect((await ask(port, '/..')).status).toBe(400); // by now the load balancer has noticed the disconnect
    lookupAllowed.open();
    expect((await askEcho(port, '/here')).url).toBe('/here');
    expect(connections).toBe(1);
  });

  test('causes no error while the load balancer waits for a target that cannot be reached', async () => {
    const world = await worldWithTarget('timeout');
    const { port } = await open(world, { connectTimeoutMs: 60_000 });
    const socket = net.connect(port);
    socket.write(`${GET}\r\n`);
    await once(socket, 'connect');
    socket.destroy();
    world.register('10.0.0.1', (await startTarget(echo())).port);
    expect((await askEcho(port)).name).toBe('echo');
  });
});
