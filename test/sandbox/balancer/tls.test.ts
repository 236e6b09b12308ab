/** Targets that use TLS, and the errors when a target and its target group use different protocols. */
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import type { TLSSocket } from 'node:tls';
import { sendHealthCheck } from '../../../sandbox/balancer/health-check.ts';
import {
  ask,
  askEcho,
  echo,
  open,
  startRawTarget,
  startSecureTarget,
  startTarget,
  FakeWorld,
} from './targets.ts';

/** Returns a world with an HTTPS target group that has one target. */
function secureWorld(targetPort: number): FakeWorld {
  const world = new FakeWorld();
  world.targetProtocol = 'HTTPS';
  world.register('10.0.0.1', targetPort);
  return world;
}

describe('a target that uses TLS', () => {
  test('receives requests over TLS, even with a self-signed certificate', async () => {
    const { port } = await open(secureWorld((await startSecureTarget(echo())).port));
    const request = { method: 'POST', body: 'hello', headers: { Host: 'shop.example.com' } };
    expect(await askEcho(port, '/a?b=c', request)).toMatchObject({
      method: 'POST',
      url: '/a?b=c',
      body: 'hello',
      // The header names the client's protocol, which was not TLS.
      headers: { host: 'shop.example.com', 'x-forwarded-proto': 'http' },
    });
  });

  test('receives no server name, and is offered at most TLS 1.2', async () => {
    const offered: unknown[] = [];
    const { port: targetPort } = await startSecureTarget((request, response) => {
      const socket = request.socket as TLSSocket & { servername?: string | false };
      offered.push([socket.servername, socket.getProtocol()]);
      response.end();
    });
    const { port } = await open(secureWorld(targetPort));
    await ask(port, '/', { headers: { Host: 'shop.example.com' } });
    expect(offered).toEqual([[false, 'TLSv1.2']]);
  });

  test('receives consecutive requests over one connection', async () => {
    const { port: targetPort, server } = await startSecureTarget(echo());
    let handshakes = 0;
    server.on('secureConnection', () => (handshakes += 1));
    const { port } = await open(secureWorld(targetPort));
    for (const path of ['/1', '/2', '/3']) expect((await askEcho(port, path)).url).toBe(path);
    expect(handshakes).toBe(1);
  });

  test('can close a pooled connection without making an idempotent request fail', async () => {
    const { port: targetPort, server } = await startSecureTarget(echo());
    const sockets: TLSSocket[] = [];
    server.on('secureConnection', (socket) => sockets.push(socket));
    const { port } = await open(secureWorld(targetPort));
    await ask(port);
    server.once('request', ({ socket }) => socket.destroy());
    expect((await askEcho(port, '/again')).url).toBe('/again');
    expect(sockets).toHaveLength(2);
  });

  test('can accept WebSockets', async () => {
    const { port: targetPort, server } = await startSecureTarget(echo());
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.once('data', (data: Buffer) => socket.end(`you said ${data.toString()}`));
    });
    const { port } = await open(secureWorld(targetPort));
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
    const request = http.get({ port, agent: false, headers });
    const [, socket] = (await once(request, 'upgrade')) as [http.IncomingMessage, TLSSocket];
    socket.write('hello');
    let received = '';
    for await (const chunk of socket) received += String(chunk);
    expect(received).toBe('you said hello');
  });
});

describe('a 502 response', () => {
  test('is sent when the target uses plain HTTP', async () => {
    const { port } = await open(secureWorld((await startTarget(echo())).port));
    expect((await ask(port)).status).toBe(502);
    expect((await ask(port, '/', { method: 'POST', body: 'once' })).status).toBe(502);
  });

  test('is sent when the target disconnects during the handshake', async () => {
    const { port } = await open(secureWorld(await startRawTarget((socket) => socket.end())));
    expect((await ask(port)).status).toBe(502);
  });

  test('is sent when the target requires TLS 1.3', async () => {
    const { port: targetPort } = await startSecureTarget(echo(), { minVersion: 'TLSv1.3' });
    const { port } = await open(secureWorld(targetPort));
    expect((await ask(port)).status).toBe(502);
  });

  test('is sent when the handshake does not complete in time, even for a WebSocket', async () => {
    const { port } = await open(secureWorld(await startRawTarget(() => {})), { connectTimeoutMs: 50 });
    expect((await ask(port)).status).toBe(502);
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
    expect((await ask(port, '/', { headers })).status).toBe(502);
  });

  test('is sent when the group is for HTTP and the target uses TLS', async () => {
    const world = secureWorld((await startSecureTarget(echo())).port);
    world.targetProtocol = 'HTTP';
    const { port } = await open(world);
    expect((await ask(port)).status).toBe(502);
  });
});

describe('a health check over TLS', () => {
  const settings = { path: '/health', protocol: 'HTTPS', timeoutMs: 5_000 } as const;
  const neverAborted = new AbortController().signal;
  const addressOf = (port: number) => ({ host: '127.0.0.1', port });

  test('receives the status, even with a self-signed certificate', async () => {
    const { port } = await startSecureTarget((_request, response) => response.writeHead(204).end());
    expect(await sendHealthCheck(addressOf(port), settings, neverAborted, '10.0.0.1:5000')).toEqual({
      code: 204,
    });
  });

  test('fails for a target that uses plain HTTP, and a check over plain HTTP fails for a target that uses TLS', async () => {
    const plain = await startTarget(echo());
    const secure = await startSecureTarget(echo());
    expect(await sendHealthCheck(addressOf(plain.port), settings, neverAborted)).toBe('failed');
    expect(
      await sendHealthCheck(addressOf(secure.port), { ...settings, protocol: 'HTTP' }, neverAborted),
    ).toBe('failed');
  });

  test('fails for a target that requires TLS 1.3', async () => {
    const { port } = await startSecureTarget(echo(), { minVersion: 'TLSv1.3' });
    expect(await sendHealthCheck(addressOf(port), settings, neverAborted)).toBe('failed');
  });

  test('times out when the handshake does not complete', async () => {
    const port = await startRawTarget(() => {});
    expect(await sendHealthCheck(addressOf(port), { ...settings, timeoutMs: 30 }, neverAborted)).toBe(
      'timeout',
    );
  });
});
