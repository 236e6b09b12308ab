/** The headers of requests as targets receive them, and of responses as clients receive them. */
import { describe, expect, test } from '@jest/globals';
import { traceId } from '../../../sandbox/balancer/headers.ts';
import type { Echo } from './targets.ts';
import { ask, askEcho, echo, exchange, open, startRawTarget, startTarget, FakeWorld } from './targets.ts';

const ROOT = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/;

async function openEchoListener(attributes: Record<string, string> = {}): Promise<number> {
  const world = new FakeWorld();
  world.attributes = attributes;
  world.register('10.0.0.1', (await startTarget(echo())).port);
  return (await open(world)).port;
}

/** Sends a raw request and returns what the target received. */
async function sendToTarget(port: number, ...lines: string[]): Promise<Echo> {
  const response = await exchange(
    port,
    ['GET / HTTP/1.1', 'Host: a', ...lines, 'Connection: close', '', ''].join('\r\n'),
  );
  return JSON.parse(response.split('\r\n\r\n')[1] ?? '') as Echo;
}

describe('a request at the target', () => {
  test('has headers that name the client, the protocol and the port', async () => {
    const { headers } = await askEcho(await openEchoListener(), '/', {
      headers: { Host: 'shop.example.com:8080' },
    });
    expect(headers).toMatchObject({
      host: 'shop.example.com:8080',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '80',
      'x-amzn-trace-id': expect.stringMatching(ROOT) as unknown,
      connection: 'keep-alive',
    });
  });

  test('has the real protocol and port instead of those that the client claims', async () => {
    const headers = { 'X-Forwarded-Proto': 'https', 'x-forwarded-port': '443' };
    expect((await askEcho(await openEchoListener(), '/', { headers })).headers).toMatchObject({
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '80',
    });
  });

  test.each([
    [undefined, '203.0.113.7, 10.1.1.1', '203.0.113.7, 10.1.1.1, 127.0.0.1'],
    ['append', '203.0.113.7', '203.0.113.7, 127.0.0.1'],
    ['append', undefined, '127.0.0.1'],
    ['preserve', '203.0.113.7', '203.0.113.7'],
    ['preserve', undefined, undefined],
    ['remove', '203.0.113.7', undefined],
    ['remove', undefined, undefined],
  ])('in mode %s has its X-Forwarded-For header changed from "%s" to "%s"', async (mode, sent, expected) => {
    const port = await openEchoListener(
      mode === undefined ? {} : { 'routing.http.xff_header_processing.mode': mode },
    );
    const headers = sent === undefined ? {} : { 'X-Forwarded-For': sent };
    expect((await askEcho(port, '/', { headers })).headers['x-forwarded-for']).toBe(expected);
  });

  test('has one X-Forwarded-For line even if the client sent several', async () => {
    const { rawHeaders } = await sendToTarget(
      await openEchoListener(),
      'X-Forwarded-For: 1.1.1.1',
      'x-forwarded-for: 2.2.2.2',
    );
    expect(rawHeaders.filter((name) => /^x-forwarded-for$/i.test(name))).toHaveLength(1);
    expect(rawHeaders).toContain('1.1.1.1, 2.2.2.2, 127.0.0.1');
  });

  test('keeps the spelling, order and repetition of headers', async () => {
    const { rawHeaders } = await sendToTarget(
      await openEchoListener(),
      'x-LOWER: 1',
      'X-Same: a',
      'X-Other: b',
      'X-Same: c',
    );
    expect(rawHeaders.slice(0, 10)).toEqual([
      'Host',
      'a',
      'x-LOWER',
      '1',
      'X-Same',
      'a',
      'X-Other',
      'b',
      'X-Same',
      'c',
    ]);
  });

  test('keeps only the first of several Host headers', async () => {
    const { rawHeaders } = await sendToTarget(await openEchoListener(), 'Host: b');
    expect(rawHeaders.slice(0, 2)).toEqual(['Host', 'a']);
    expect(rawHeaders).not.toContain('b');
  });

  test('lacks the hop-by-hop headers of the client', async () => {
    const { headers, rawHeaders } = await sendToTarget(
      await openEchoListener(),
      'Keep-Alive: timeout=9',
      'Proxy-Connection: close',
      'TE: trailers',
      'Trailer: X-Sum',
      'X-Hop: gone',
      'Connection: X-Hop, Host',
    );
    expect(headers).toMatchObject({ host: 'a', connection: 'keep-alive' });
    const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    expect(names.sort()).toEqual([
      'connection',
      'host',
      'x-amzn-trace-id',
      'x-forwarded-for',
      'x-forwarded-port',
      'x-forwarded-proto',
    ]);
  });

  test.each([
    [undefined, ['X_Under', 'X.Dot', 'X!Bang', 'X-Good']],
    ['false', ['X_Under', 'X.Dot', 'X!Bang', 'X-Good']],
    ['true', ['X-Good']],
  ])('with drop_invalid_header_fields %s keeps the unusual names %j', async (drop, expected) => {
    const port = await openEchoListener(
      drop === undefined ? {} : { 'routing.http.drop_invalid_header_fields.enabled': drop },
    );
    const { rawHeaders } = await sendToTarget(port, 'X_Under: 1', 'X.Dot: 1', 'X!Bang: 1', 'X-Good: 1');
    expect(rawHeaders.filter((name) => /^X.(Under|Dot|Bang|Good)$/.test(name))).toEqual(expected);
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'PURGE', 'QUERY'])(
    'keeps the method %s and its body',
    async (method) => {
      const port = await openEchoListener();
      expect(
        await askEcho(port, '/', { method, body: 'abc', headers: { 'Content-Length': 3 } }),
      ).toMatchObject({ method, body: 'abc' });
      const chunked = await askEcho(port, '/', {
        method,
        body: 'abc',
        headers: { 'Transfer-Encoding': 'chunked' },
      });
      expect(chunked).toMatchObject({ method, body: 'abc' });
      expect(await askEcho(port, '/', { method })).toMatchObject({ method, body: '' });
    },
  );

  test('does not wait for 100 Continue, because the load balancer sends it', async () => {
    const { headers, body } = await askEcho(await openEchoListener(), '/', {
      method: 'POST',
      body: 'abc',
      headers: { Expect: '100-continue' },
    });
    expect(body).toBe('abc');
    expect(headers.expect).toBeUndefined();
  });
});

describe('the trace ID', () => {
  test('is created by the load balancer if the request has none', () => {
    expect(traceId('')).toMatch(ROOT);
    expect(traceId('')).not.toBe(traceId(''));
  });

  test.each([
    [
      'Root=1-67891233-abcdef012345678912345678',
      /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678$/,
    ],
    ['Root=1-1-a;CalledFrom=app', /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-1-a;CalledFrom=app$/],
    ['Self=1-old-one;Root=1-1-a', /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-1-a$/],
    ['CalledFrom=app', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};CalledFrom=app$/],
  ])('of a request with %s is kept and extended', async (sent, expected) => {
    const { headers } = await askEcho(await openEchoListener(), '/', {
      headers: { 'x-amzn-trace-id': sent },
    });
    expect(headers['x-amzn-trace-id']).toMatch(expected);
  });
});

describe('a response at the client', () => {
  test("has the target's headers except the hop-by-hop ones", async () => {
    const target = await startRawTarget((socket) =>
      socket.once('data', () =>
        socket.end(
          [
            'HTTP/1.1 207 Many Statuses',
            'Set-Cookie: a=1',
            'x-LOWER: kept',
            'Set-Cookie: b=2',
            'Server: mine',
            'Keep-Alive: timeout=5',
            'X-Hop: gone',
            'Connection: close, X-Hop',
            'Content-Length: 2',
            '',
            'ok',
          ].join('\r\n'),
        ),
      ),
    );
    const world = new FakeWorld();
    world.register('10.0.0.1', target);
    const { port } = await open(world);
    const response = await exchange(port, 'GET / HTTP/1.0\r\nConnection: close\r\n\r\n');
    expect(response.replace(/Date: .*\r\n/, '').split('\r\n')).toEqual([
      'HTTP/1.1 207 Many Statuses',
      'Set-Cookie: a=1',
      'x-LOWER: kept',
      'Set-Cookie: b=2',
      'Server: mine',
      'Content-Length: 2',
      'Connection: close',
      '',
      'ok',
    ]);
  });

  test("does not get the load balancer's Server header, and keeps the connection open", async () => {
    const { headers } = await ask(await openEchoListener(), '/', { headers: { Connection: 'keep-alive' } });
    expect(headers.server).toBeUndefined();
    expect(headers['keep-alive']).toBeUndefined();
    expect(headers.connection).toBe('keep-alive');
  });

  test.each([
    ['HEAD', 200, { 'content-length': '1234' }],
    ['GET', 304, { etag: '"x"' }],
    ['GET', 204, {}],
  ])('has no body if the method is %s and the status is %d', async (method, status, headers) => {
    const world = new FakeWorld();
    world.register(
      '10.0.0.1',
      (await startTarget((_request, response) => response.writeHead(status, headers).end())).port,
    );
    const { port } = await open(world);
    const response = await ask(port, '/', { method });
    expect(response).toMatchObject({ status, headers, body: '' });
    expect(response.headers['transfer-encoding']).toBeUndefined();
  });
});
