/** Stopping the server loses no requests and takes no longer than necessary. */
import { once } from 'node:events';
import { Agent, request, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { serve, type StopTimes } from '../src/server.ts';
import { ask, refuses, until } from './support.ts';

// The time limit of a test: a test that waits this long fails.
const NEVER = 60_000;
const agent = new Agent({ keepAlive: true });
afterEach(() => agent.destroy());

async function run(app: RequestListener, times: Partial<StopTimes>) {
  const lifecycle = { stopping: false };
  const { server, stop } = serve(app, lifecycle, { quietMs: 0, graceMs: NEVER, ...times });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, stop, port, url: `http://127.0.0.1:${port}`, lifecycle };
}

const hello: RequestListener = (_req, res) => res.end('hello');
const silence: RequestListener = () => undefined;

test('idle connections stay open longer than the 60 s for which a load balancer keeps them', async () => {
  const { server, stop } = await run(hello, {});
  expect(server.keepAliveTimeout).toBeGreaterThan(60_000);
  expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
  await stop();
});

test('an idle connection does not delay the stop', async () => {
  const { stop, url } = await run(hello, {});
  const { headers } = await ask(url, { agent });
  expect(headers.connection).toBe('keep-alive');
  expect(await stop()).toBe(0);
});

test('requests during a stop are answered, with connection: close', async () => {
  const quietMs = 200;
  const { stop, url, lifecycle } = await run(hello, { quietMs });
  await ask(url, { agent });
  const start = performance.now();
  const stopped = stop();
  expect(lifecycle.stopping).toBe(true);
  while (performance.now() - start < 3 * quietMs) {
    expect(await ask(url, { agent })).toMatchObject({ status: 200, headers: { connection: 'close' } });
  }
  expect(await stopped).toBe(0);
  expect(await refuses(url)).toBe(true);
});

test('a server that keeps getting requests closes its port after half of its grace period', async () => {
  const { stop } = await run(hello, { quietMs: NEVER, graceMs: 400 });
  const start = performance.now();
  expect(await stop()).toBe(0);
  expect(performance.now() - start).toBeGreaterThan(190);
});

test('a pending request is answered after the port is closed', async () => {
  const { server, stop, url } = await run(silence, {});
  const received = once(server, 'request');
  const answer = ask(url, { agent });
  const [, res] = (await received) as [unknown, ServerResponse];
  const stopped = stop();
  await until(() => refuses(url));
  res.end('done');
  expect(await answer).toMatchObject({ status: 200, body: 'done', headers: { connection: 'close' } });
  expect(await stopped).toBe(0);
});

test('a response that has started is finished, and then its connection is closed', async () => {
  const { server, stop, url } = await run((_req, res) => res.write('begun, '), {});
  const received = once(server, 'request');
  const req = request(url, { agent }).end();
  const [answer] = (await once(req, 'response')) as [IncomingMessage];
  const [, res] = (await received) as [unknown, ServerResponse];
  const stopped = stop();
  await until(() => refuses(url));
  res.end('finished');
  expect(await text(answer)).toBe('begun, finished');
  expect(await stopped).toBe(0);
});

test('a request that has only partly arrived is still answered', async () => {
  const { stop, url, port } = await run(hello, {});
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: here\r\n');
  await ask(url); // Once a later request on another connection is answered, the first part has been accepted.
  const stopped = stop();
  await until(() => refuses(url));
  socket.write('\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK\r\nconnection: close\r\n/i);
  expect(await stopped).toBe(0);
});

test('requests that do not finish in time are cut and counted', async () => {
  const { server, stop, url } = await run(silence, { graceMs: 50 });
  const received = once(server, 'request');
  const answer = ask(url).catch((error: NodeJS.ErrnoException) => error.code);
  await received;
  expect(await stop()).toBe(1);
  expect(await answer).toBe('ECONNRESET');
});
