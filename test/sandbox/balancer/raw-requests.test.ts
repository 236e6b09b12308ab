/** Whatever bytes a client sends, a target receives exactly the requests that the rules have checked. */
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { FakeWorld, defaultRule, open, startRawTarget, startTarget, GROUP } from './targets.ts';

/** A request as a target parsed it. */
interface ParsedRequest {
  line: string;
  headers: string[];
  body: string;
}

/** The first rule, which blocks the administration pages. */
const NO_ADMIN: Rule = {
  Priority: '1',
  Conditions: [{ Field: 'path-pattern', Values: ['/admin', '/admin/*'] }],
  Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '403', MessageBody: 'NO' } }],
};
/** A request that clients hide in the body of another request. */
const HIDDEN = 'DELETE /admin HTTP/1.1\r\nHost: a\r\n\r\n';
/** A request that ends the connection, so that a test need not wait for more responses. */
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const MANY_HEADERS = 'a:b\r\n'.repeat(2_100);
const HOST = 'Host: a\r\n';

/** Opens a listener whose target records every request that it receives. */
async function openRecordingListener(
  attributes: Record<string, string> = {},
): Promise<{ port: number; seen: ParsedRequest[] }> {
  const seen: ParsedRequest[] = [];
  const { port: targetPort, server } = await startTarget(
    (request, response) => {
      let body = '';
      request.setEncoding('latin1').on('data', (data) => (body += String(data)));
      request.on('end', () => {
        seen.push({ line: `${request.method} ${request.url}`, headers: request.rawHeaders, body });
        response.end('ok');
      });
    },
    { maxHeaderSize: 128 * 1024 },
  );
  server.maxHeadersCount = 0;
  const world = new FakeWorld();
  world.attributes = attributes;
  world.currentRules = [NO_ADMIN, defaultRule({ Type: 'forward', TargetGroupArn: GROUP })];
  world.register('10.0.0.1', targetPort);
  return { port: (await open(world)).port, seen };
}

/** Sends bytes, waits until the connection ends, and returns the response with one character per byte. */
async function send(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1').on('error', () => {});
  socket.setEncoding('latin1').write(Buffer.from(text, 'latin1'));
  let received = '';
  socket.on('data', (data) => (received += String(data)));
  await once(socket, 'close');
  return received;
}

const statusesIn = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));

const withLength = (head: string, body: string): string =>
  `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
const chunked = (head: string, body: string): string =>
  `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

describe('a body that looks like a request', () => {
  test.each([
    ['GET with a length', withLength(`GET /x HTTP/1.1\r\n${HOST}${MANY_HEADERS}`, HIDDEN)],
    ['GET in chunks', chunked(`GET /x HTTP/1.1\r\n${HOST}${MANY_HEADERS}`, HIDDEN)],
    ['DELETE in chunks', chunked(`DELETE /x HTTP/1.1\r\n${HOST}${MANY_HEADERS}`, HIDDEN)],
    ['POST with a length', withLength(`POST /x HTTP/1.1\r\n${HOST}${MANY_HEADERS}`, HIDDEN)],
    ['POST with Host at the end', withLength(`POST /x HTTP/1.1\r\n${MANY_HEADERS}${HOST}`, HIDDEN)],
    [
      'GET with a length that Connection names',
      withLength(`GET /x HTTP/1.1\r\n${HOST}Connection: Content-Length\r\n`, HIDDEN),
    ],
    [
      'POST that asks for an upgrade',
      withLength(`POST /x HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: h2c\r\n`, HIDDEN),
    ],
  ])('stays a body, whatever headers precede it: %s', async (_, text) => {
    const { port, seen } = await openRecordingListener();
    expect(statusesIn(await send(port, text + LAST))).toEqual([200, 200]);
    expect(seen.map(({ line }) => line)).toEqual([`${text.split(' ')[0]} /x`, 'GET /last']);
    expect(seen[0]?.body).toBe(HIDDEN);
    expect(seen[0]?.headers.filter((name) => name === 'a')).toHaveLength(
      text.includes(MANY_HEADERS) ? 2_101 : 1,
    );
  });

  test.each([
    [
      'two framings',
      `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n${HIDDEN}`,
    ],
    ['two lengths', `POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc${HIDDEN}`],
    ['a list of lengths', `POST / HTTP/1.1\r\n${HOST}Content-Length: 3, 3\r\n\r\nabc${HIDDEN}`],
    ['a signed length', `POST / HTTP/1.1\r\n${HOST}Content-Length: +3\r\n\r\nabc${HIDDEN}`],
    ['a hexadecimal length', `POST / HTTP/1.1\r\n${HOST}Content-Length: 0x3\r\n\r\nabc${HIDDEN}`],
    [
      'chunks twice',
      `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
    ],
    ['an empty encoding', withLength(`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding:\r\n`, HIDDEN)],
    [
      'an encoding in HTTP/1.0',
      `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
    ],
    ['a space before the colon', `POST / HTTP/1.1\r\n${HOST}Content-Length : 3\r\n\r\nabc${HIDDEN}`],
    ['a folded header', `POST / HTTP/1.1\r\n${HOST}X: y\r\n Content-Length: 3\r\n\r\n${HIDDEN}`],
    ['a line feed alone', `POST / HTTP/1.1\n${HOST}Content-Length: 3\n\nabc${HIDDEN}`],
    ['a carriage return in a header', `GET / HTTP/1.1\r\n${HOST}X: y\rContent-Length: 3\r\n\r\n${HIDDEN}`],
    ['a NUL in a header', `GET / HTTP/1.1\r\n${HOST}X: y\0z\r\n\r\n${HIDDEN}`],
    [
      'a negative chunk',
      `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n${HIDDEN}`,
    ],
    [
      'a WebSocket with a body',
      withLength(`GET / HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n`, HIDDEN),
    ],
    [
      'a WebSocket with chunks',
      chunked(`GET / HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n`, HIDDEN),
    ],
  ])('is refused, and the connection is closed, if the framing is ambiguous: %s', async (_, text) => {
    const { port, seen } = await openRecordingListener();
    const received = await send(port, text);
    expect(statusesIn(received)).toEqual([400]);
    expect(received).toContain('Connection: close\r\n');
    expect(seen.map(({ line }) => line)).not.toContain('DELETE /admin');
    expect(seen.length).toBeLessThanOrEqual(1); // the start of an incomplete body may already have been forwarded
  });

  test.each(['xchunked', 'gzip, chunked'])('is refused if the encoding is unknown: %s', async (encoding) => {
    const { port, seen } = await openRecordingListener();
    const head = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: ${encoding}\r\n\r\n`;
    expect(statusesIn(await send(port, `${head}0\r\n\r\n${HIDDEN}`))[0]).toBe(501);
    expect(seen).toEqual([]);
  });

  test('is judged by the rules when it follows a complete request', async () => {
    const { port, seen } = await openRecordingListener();
    const received = await send(port, `${withLength(`POST /x HTTP/1.1\r\n${HOST}`, 'abc')}${HIDDEN}${LAST}`);
    expect(statusesIn(received)).toEqual([200, 403, 200]);
    expect(seen.map(({ line, body }) => [line, body])).toEqual([
      ['POST /x', 'abc'],
      ['GET /last', ''],
    ]);
  });
});

describe('the URL of a request', () => {
  test.each([
    ['/admin#x', [403], []],
    ['/x#/admin', [200], ['GET /x']],
    ['/x?#y', [200], ['GET /x?']],
    ['/x?', [200], ['GET /x?']],
    ['//admin', [200], ['GET //admin']],
    ['/x/../admin', [403], []],
    ['/%61dmin', [403], []],
    ['/x?a?b#', [200], ['GET /x?a?b']],
    ['http://b/admin', [403], []],
    ['http://b/x?', [200], ['GET /x?']],
    ['http://b', [200], ['GET /']],
    ['*', [400], []],
    ['admin', [400], []],
    ['ftp://b/admin', [400], []],
    ['http:///admin', [400], []],
    ['http://a@b/admin', [400], []],
    ['/a b', [400], []],
    ['/\x01', [400], []],
  ])('%j leads to the statuses %j and the requests %j', async (target, statuses, lines) => {
    const { port, seen } = await openRecordingListener();
    const received = await send(port, `GET ${target} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    expect(statusesIn(received)).toEqual(statuses);
    expect(seen.map(({ line }) => line)).toEqual(lines);
  });

  test('cannot be an asterisk, even for OPTIONS, because no rule could apply to it', async () => {
    const { port, seen } = await openRecordingListener();
    expect(statusesIn(await send(port, `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`))).toEqual([400]);
    expect(seen).toEqual([]);
  });
});

describe('the host of a request at the target', () => {
  test.each([
    ['is that of an absolute URL', `GET http://b:81/x HTTP/1.1\r\n${HOST}`, 'b:81'],
    ['needs no header if the URL is absolute', 'GET http://b/x HTTP/1.0\r\n', 'b'],
    ['is the first of several Host headers', `GET /x HTTP/1.1\r\n${HOST}Host: b\r\n`, 'a'],
    [
      'is the address of the load balancer if an HTTP/1.0 request has no Host header',
      'GET /x HTTP/1.0\r\n',
      '127.0.0.1',
    ],
  ])('%s', async (_, head, host) => {
    const { port, seen } = await openRecordingListener();
    expect(statusesIn(await send(port, `${head}Connection: close\r\n\r\n`))).toEqual([200]);
    const { headers = [] } = seen[0] ?? {};
    const hosts = headers.flatMap((name, index) => (/^host$/i.test(name) ? [headers[index + 1]] : []));
    expect(hosts).toEqual([host]);
  });
});

describe('a request', () => {
  test.each([
    ['without Host', 'GET /x HTTP/1.1\r\n', 400],
    ['with an invalid Host', 'GET /x HTTP/1.1\r\nHost: a/admin\r\n', 400],
    ['in HTTP/0.9', 'GET /x\r\n', 400],
    ['in HTTP/2 without an upgrade', `GET /x HTTP/2.0\r\n${HOST}`, 505],
  ])('%s is refused', async (_, head, status) => {
    const { port, seen } = await openRecordingListener();
    expect(statusesIn(await send(port, `${head}\r\n`))).toEqual([status]);
    expect(seen).toEqual([]);
  });
});

describe('the limits of a request', () => {
  const line = (length: number): string =>
    `GET /${'x'.repeat(length - 'GET / HTTP/1.1\r\n'.length)} HTTP/1.1\r\n${HOST}Connection: close\r\n`;
  const header = (name: string, length: number): string => `${name}: ${'x'.repeat(length - 7)}\r\n`;
  const start = `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n`;
  const threeHeaders = header('X-1', 16_384) + header('X-2', 16_384) + header('X-3', 16_384);

  test.each([
    [200, 'a request line of 16 KB', line(16_384)],
    [414, 'a longer request line', line(16_385)],
    [414, 'a request line of 100 KB', line(100_000)],
    [200, 'a header of 16 KB', start + header('X-1', 16_384)],
    [400, 'a longer header', start + header('X-1', 16_385)],
    [
      200,
      'a head of 64 KB',
      start + threeHeaders + header('X-4', 65_536 - threeHeaders.length - start.length),
    ],
    [400, 'a longer head', start + threeHeaders + header('X-4', 65_537 - threeHeaders.length - start.length)],
    [400, 'more headers than a head can have', start + 'a:\r\n'.repeat(20_000)],
    [400, 'an endless head', start + 'a:bcd\r\n'.repeat(100_000)],
  ])('lead to %d for %s', async (status, _, head) => {
    const { port, seen } = await openRecordingListener();
    expect(statusesIn(await send(port, `${head}\r\n`))).toEqual([status]);
    expect(seen).toHaveLength(status === 200 ? 1 : 0);
  });
});

describe('the bytes of headers', () => {
  const BYTES = Array.from({ length: 128 }, (_, index) => String.fromCharCode(128 + index)).join('');

  test('are the same at the target', async () => {
    const { port, seen } = await openRecordingListener();
    await send(
      port,
      `POST /x HTTP/1.1\r\n${HOST}X-Bytes: ${BYTES}\r\nConnection: close\r\nContent-Length: 3\r\n\r\n\xe4\xf6\xfc`,
    );
    expect(seen[0]?.headers).toContain(BYTES);
    expect(seen[0]?.body).toBe('\xe4\xf6\xfc');
  });

  test('are the same at the client', async () => {
    const world = new FakeWorld();
    const answer = `HTTP/1.1 200 \xdcber\r\nX-Bytes: ${BYTES}\r\nContent-Length: 3\r\nConnection: close\r\n\r\n\xe4\xf6\xfc`;
    world.register(
      '10.0.0.1',
      await startRawTarget((socket) => socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')))),
    );
    const received = await send(
      (await open(world)).port,
      `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
    );
    expect(received).toMatch(/^HTTP\/1\.1 200 \xdcber\r\n/);
    expect(received).toContain(`X-Bytes: ${BYTES}\r\n`);
    expect(received.endsWith('\r\n\r\n\xe4\xf6\xfc')).toBe(true);
  });

  test('are the same in the location of a redirect', async () => {
    const world = new FakeWorld();
    world.currentRules = [
      defaultRule({
        Type: 'redirect',
        RedirectConfig: { Host: 'b', Query: 'q=\xe4', StatusCode: 'HTTP_302' },
      }),
    ];
    const received = await send(
      (await open(world)).port,
      `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
    );
    expect(received).toContain('?q=\xe4\r\n');
  });
});

describe('headers that are removed', () => {
  test('include those that the client names in Connection', async () => {
    const { port, seen } = await openRecordingListener();
    const head = `GET /x HTTP/1.1\r\n${HOST}X-Role: admin\r\nX_Role: admin\r\nConnection: close, X-Role\r\n\r\n`;
    await send(port, head);
    expect(seen[0]?.headers).not.toContain('X-Role');
    expect(seen[0]?.headers).toContain('X_Role');
  });

  test.each([
    ['X-Role', { 'X-Role': 'admin', Connection: 'X-Role' }, {}],
    ['X_Role', { X_Role: 'admin' }, { 'routing.http.drop_invalid_header_fields.enabled': 'true' }],
  ])('cannot satisfy a rule (%s)', async (HttpHeaderName, headers, attributes) => {
    const world = new FakeWorld();
    world.attributes = attributes;
    const condition = { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName, Values: ['admin'] } };
    world.currentRules = [
      { ...NO_ADMIN, Conditions: [condition] },
      defaultRule({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '204' } }),
    ];
    const { port } = await open(world);
    const [response] = (await once(http.get({ port, headers, agent: false }), 'response')) as [
      http.IncomingMessage,
    ];
    expect(response.statusCode).toBe(204);
    response.resume();
  });
});
