// The health check inside containers that speak HTTP/2 or gRPC, run against real servers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { Container } from '../../../../lib/config/config.ts';
import { containerHealthCheck } from '../../../../lib/derive/container-health.ts';
import { startGrpcServer } from '../../../sandbox/balancer/grpc-program.ts';
import { config } from '../../step-harness.ts';

const [api] = config().services.flatMap(({ containers }) => containers) as [Container];
const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

/** Runs the check of a container with a protocol, and returns its exit code. */
async function exitCode(protocol: 'HTTP2' | 'GRPC', port: number, path: string, matcher: string) {
  const health = { ...api.health, path, matcher };
  const { command = [] } = containerHealthCheck({ ...api, protocol, port, health }) ?? {};
  const [, , ...args] = command;
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit')) as [number];
  return code;
}

test('the status of a gRPC call decides, in trailers and in headers', async () => {
  const { port, close } = await startGrpcServer({
    '/grpc.health.v1.Health/Check': async (messages, send) => {
      for await (const text of messages) send(text);
      return { status: 0 };
    },
  });
  cleanups.push(close);
  expect(await exitCode('GRPC', port, '/grpc.health.v1.Health/Check', '0')).toBe(0);
  expect(await exitCode('GRPC', port, '/grpc.health.v1.Health/Check', '1-99')).toBe(1);
  expect(await exitCode('GRPC', port, '/AWS.ALB/healthcheck', '12')).toBe(0);
  expect(await exitCode('GRPC', port, '/AWS.ALB/healthcheck', '0')).toBe(1);
});

test('the status of a GET over HTTP/2 decides', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/health' ? 204 : 404;
    response.end();
  });
  server.listen(0);
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  expect(await exitCode('HTTP2', port, '/health', '200-299')).toBe(0);
  expect(await exitCode('HTTP2', port, '/other', '200-299')).toBe(1);
});

test('a program that does not listen is unhealthy', async () => {
  expect(await exitCode('GRPC', 1, '/AWS.ALB/healthcheck', '12')).toBe(1);
});
