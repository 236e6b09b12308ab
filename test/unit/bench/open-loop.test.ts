// The load at a fixed rate: it does not wait for answers, keeps connections, and reports each failed request.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { listen } from '../../../bench/local-server.ts';
import { startOpenLoop, type LoadResult } from '../../../bench/open-loop.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const TARGET = { host: '127.0.0.1', authority: 'shop.localhost', rate: 500 };

/** Sends load to a server until it has received a number of requests. */
async function loadOn(
  listener: RequestListener,
  requests: number,
): Promise<LoadResult & { connections: number }> {
  let [received, connections] = [0, 0];
  let onEnough = () => {};
  const enough = new Promise<void>((resolve) => (onEnough = resolve));
  const server = createServer((request, response) => {
    listener(request, response);
    if ((received += 1) === requests) onEnough();
  });
  server.on('connection', () => (connections += 1));
  const { close } = await listen(server);
  closers.push(close);
  const { port } = server.address() as AddressInfo;
  const stop = startOpenLoop({ ...TARGET, port, paths: ['/a', '/b'] });
  await enough;
  return { ...(await stop()), connections };
}

test('requests go to each path in turn, over few connections', async () => {
  const paths: Record<string, number> = {};
  const { sent, failed, connections } = await loadOn(({ url = '', headers }, response) => {
    expect(headers.host).toBe('shop.localhost');
    paths[url] = (paths[url] ?? 0) + 1;
    response.end('ok');
  }, 100);
  expect(failed).toEqual([]);
  expect(sent).toBeGreaterThanOrEqual(100);
  expect(Math.abs((paths['/a'] ?? 0) - (paths['/b'] ?? 0))).toBeLessThanOrEqual(1);
  expect(connections).toBeLessThan(sent);
});

test('requests are sent when they are due, even if earlier ones are not answered', async () => {
  let held: (() => void)[] | undefined = [];
  const { sent, failed } = await loadOn((_, response) => {
    if (!held) return void response.end();
    held.push(() => response.end());
    if (held.length < 20) return;
    held.forEach((release) => release());
    held = undefined;
  }, 40);
  expect(sent).toBeGreaterThanOrEqual(40);
  expect(failed).toEqual([]);
});

test('requests that are due while the generator has no processor time are sent late, and none is left out', async () => {
  const server = createServer((_, response) => void response.end());
  const { close } = await listen(server);
  closers.push(close);
  const { port } = server.address() as AddressInfo;
  const start = performance.now();
  const stop = startOpenLoop({ ...TARGET, port, paths: ['/a'] });
  while (performance.now() - start < 400); // nothing else can run in this process
  const { sent, late, slowestMs, failed } = await stop();
  const due = ((performance.now() - start) * TARGET.rate) / 1000;
  expect(sent).toBeGreaterThanOrEqual(0.4 * TARGET.rate);
  expect(sent).toBeLessThanOrEqual(due);
  expect(late).toBeGreaterThanOrEqual(0.3 * TARGET.rate - 1);
  expect(slowestMs).toBeGreaterThanOrEqual(400 - 2);
  expect(failed).toEqual([]);
});

test('each error status and each broken connection is a failed request', async () => {
  let count = 0;
  const { failed } = await loadOn((request, response) => {
    count += 1;
    if (count === 10) response.writeHead(503).end();
    else if (count === 20) request.socket.destroy();
    else response.end();
  }, 60);
  expect(failed.map(({ reason }) => reason).sort()).toEqual([
    '503',
    expect.stringMatching(/ECONNRESET|socket hang up/),
  ]);
});
