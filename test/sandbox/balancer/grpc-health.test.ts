// Health checks over HTTP/2 and gRPC.
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { GroupHealthCheck } from '../../../sandbox/balancer/health-check.ts';
import { sendHttp2HealthCheck } from '../../../sandbox/balancer/http2-health-check.ts';
import { startGrpcServer } from './grpc-program.ts';
import { echo, startRawTarget, startTarget } from './targets.ts';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

const check = (port: number, settings: Partial<GroupHealthCheck> = {}) =>
  sendHttp2HealthCheck(
    { host: '127.0.0.1', port },
    {
      ...{ path: '/grpc.health.v1.Health/Check', port: 'traffic-port', protocol: 'HTTP', version: 'GRPC' },
      ...{ intervalMs: 5000, timeoutMs: 2000, healthyThreshold: 2, unhealthyThreshold: 2, matcher: '0' },
      ...settings,
    },
    new AbortController().signal,
    '10.0.0.1:5000',
  );

async function grpcServer() {
  const server = await startGrpcServer({
    '/grpc.health.v1.Health/Check': async (messages, send, headers) => {
      for await (const text of messages) send(text);
      return { status: headers[':authority'] === '10.0.0.1:5000' ? 0 : 13 };
    },
  });
  cleanups.push(server.close);
  return server.port;
}

test('the status of a call counts, whether it comes in trailers or in headers', async () => {
  const port = await grpcServer();
  expect(await check(port)).toEqual({ code: 0 });
  expect(await check(port, { path: '/AWS.ALB/healthcheck' })).toEqual({ code: 12 });
});

test('a group for HTTP/2 is checked by a GET', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.method === 'GET' && request.url === '/health' ? 204 : 500;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  expect(await check(port, { version: 'HTTP2', path: '/health' })).toEqual({ code: 204 });
});

test('a program that speaks only HTTP/1.1 fails, a closed port refuses, and a silent program times out', async () => {
  expect(await check((await startTarget(echo())).port)).toBe('failed');
  const { port, close, server } = await startGrpcServer({});
  close();
  if (server.listening) await once(server, 'close');
  expect(await check(port)).toBe('refused');
  const silent = await startRawTarget(() => {});
  expect(await check(silent, { timeoutMs: 100 })).toBe('timeout');
});
