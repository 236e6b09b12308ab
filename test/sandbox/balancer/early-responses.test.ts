/** Responses that start before the whole request is sent, large response headers, and bodies that no header announces. */
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { startForwarder } from '../../../sandbox/balancer/forwarder.ts';
import { FakeWorld, ask, defaultRule, open, startRawTarget, startTarget } from './targets.ts';

const TOO_LARGE = 'HTTP/1.1 413 Payload Too Large\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo much';
const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

async function openListenerFor(targetPort: number): Promise<number> {
  const world = new FakeWorld();
  world.register('10.0.0.1', targetPort);
  return (await open(world)).port;
}

/** Uploads more than any buffer holds, reads only after the upload, and returns the whole answer. */
async function upload(port: number, headers: string): Promise<string> {
  const client = net.connect(port, '127.0.0.1').on('error', () => {});
  const closed = once(client, 'close');
  const bytes = 24 * MEGABYTE.length;
  client.write(`POST /x HTTP/1.1\r\nHost: a\r\n${headers}Content-Length: ${bytes}\r\n\r\n`);
  client.pause();
  for (let sent = 0; sent < bytes && client.writable; sent += MEGABYTE.length) {
    if (!client.write(MEGABYTE)) await Promise.race([once(client, 'drain'), closed]);
  }
  let received = '';
  client.on('data', (data) => (received += String(data))).resume();
  while (!received.endsWith('too much') && !client.closed) {
    await Promise.race([once(client, 'data'), closed]);
  }
  client.destroy();
  return received;
}

describe('an early 413', () => {
  test.each<[string, (socket: net.Socket) => void]>([
    ['closes the connection', (socket) => socket.end(TOO_LARGE, () => socket.destroy())],
    [
      'resets the connection',
      (socket) => socket.write(TOO_LARGE, () => setImmediate(() => socket.resetAndDestroy())),
    ],
    ['stops reading', (socket) => void socket.pause().write(TOO_LARGE)],
    ['goes on reading', (socket) => void socket.resume().write(TOO_LARGE)],
  ])('from a target that %s reaches a client that reads only after its upload', async (_, behave) => {
    const port = await openListenerFor(
      await startRawTarget((socket) => socket.once('data', () => behave(socket))),
    );
    for (const headers of ['', 'Connection: close\r\n']) {
      expect(await upload(port, headers)).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n[^]*too much$/);
    }
  });

  test('from a rule reaches a client that reads only after its upload', async () => {
    const world = new FakeWorld();
    const config = { StatusCode: '413', MessageBody: 'too much' };
    world.currentRules = [defaultRule({ Type: 'fixed-response', FixedResponseConfig: config })];
    const { port } = await open(world);
    expect(await upload(port, 'Connection: close\r\n')).toMatch(/^HTTP\/1\.1 413 [^]*too much$/);
  });
});

describe('the headers of a response', () => {
  const respondWith = (headers: Record<string, string>) =>
    startTarget((_request, response) => response.writeHead(200, headers).end('ok'));

  test.each([
    [200, 'are large', { 'X-One': 'a'.repeat(16_000), 'X-Two': 'b'.repeat(16_000) }],
    [502, 'exceed 32 KB', { 'X-One': 'a'.repeat(16_500), 'X-Two': 'b'.repeat(16_500) }],
  ])('lead to %d when they %s', async (status, _, headers) => {
    const port = await openListenerFor((await respondWith(headers)).port);
    // Node's client has a lower limit, which is raised here.
    const reply = await ask(port, '/', { maxHeaderSize: 64 * 1024 });
    expect(reply.status).toBe(status);
    if (status === 200) expect(reply.headers['x-two']).toBe(headers['X-Two']);
  });

  test('may number more than 2,000', async () => {
    const { port: targetPort } = await startTarget((_request, response) => {
      response.writeHead(200, [...Array<string[]>(3_000).fill(['a', 'b']).flat(), 'X-Last', 'yes']).end();
    });
    const request = http.get({
      port: await openListenerFor(targetPort),
      agent: false,
      maxHeaderSize: 64 * 1024,
    });
    request.maxHeadersCount = 0;
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.rawHeaders.filter((name) => name === 'a')).toHaveLength(3_000);
    expect(response.headers['x-last']).toBe('yes');
    response.resume();
  });
});

describe('a body that the forwarded headers do not announce', () => {
  test('is not forwarded, because the target would take it for the next request', async () => {
    let received = '';
    const targetPort = await startRawTarget((socket) =>
      socket.on('data', (data) => (received += String(data))),
    );
    const forwarder = startForwarder(1_000);
    const { port } = await startTarget((request, response) => {
      const target = {
        host: '127.0.0.1',
        port: targetPort,
        protocol: 'HTTP',
        url: '/x',
        mayUsePool: true,
      } as const;
      const headers = ['Host', 'a', 'X-Length', '3'];
      void forwarder
        .forward({ ...target, request, headers, idleTimeoutMs: 60_000 }, response)
        .then((failure) => response.writeHead(failure?.status ?? 200).end());
    });
    const body = 'DELETE /admin HTTP/1.1\r\nHost: a\r\n\r\n';
    expect(
      (await ask(port, '/', { method: 'GET', body, headers: { 'Content-Length': body.length } })).status,
    ).toBe(400);
    expect(received).not.toContain('DELETE');
    forwarder.close();
  });
});
