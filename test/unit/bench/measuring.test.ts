// The tools that measure: the latency proxy, memory sampling, the command runner, and the load generator.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { listen } from '../../../bench/local-server.ts';
import { responsesPerSecond } from '../../../bench/load.ts';
import { watchMemory } from '../../../bench/memory.ts';
import { startLatencyProxy } from '../../../bench/latency-proxy.ts';
import { runCommand } from '../../../bench/run-command.ts';
import { secondsInCalls } from '../../../bench/own-time.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanups.splice(0).reverse()) await close();
});

const startUpstream = async () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const headers = { 'x-own': 'yes', 'content-length': String(request.method?.length) };
      response.writeHead(request.url === '/missing' ? 404 : 200, headers).end(request.method);
    });
  });
  const listening = await listen(server);
  cleanups.push(listening.close);
  return listening.url;
};

test('the latency proxy forwards requests after a delay and records their calls', async () => {
  const proxy = await startLatencyProxy(await startUpstream(), 30);
  cleanups.push(proxy.close);
  const answer = await fetch(`${proxy.url}/`, { method: 'POST', body: 'Action=DescribeVpcs' });
  expect([answer.status, answer.headers.get('x-own'), await answer.text()]).toEqual([200, 'yes', 'POST']);
  await fetch(`${proxy.url}/missing`);
  const [first, second] = proxy.takeCalls();
  expect(first).toMatchObject({ operation: 'DescribeVpcs', mutating: false, status: 200 });
  expect(second).toMatchObject({ operation: 'GET /missing', status: 404 });
  expect((first?.end ?? 0) - (first?.start ?? 0)).toBeGreaterThanOrEqual(25);
  expect(proxy.calls).toEqual([]);
});

test("the latency proxy closes the client's connection when the endpoint closes its own", async () => {
  const server = createServer((request) => request.socket.destroy());
  const { url, close } = await listen(server);
  cleanups.push(close);
  const proxy = await startLatencyProxy(url, 0);
  cleanups.push(proxy.close);
  await expect(fetch(proxy.url)).rejects.toThrow();
});

test('the measured memory includes a process and its descendants, and no other process', () => {
  const proc = mkdtempSync(join(tmpdir(), 'slipway-proc-'));
  cleanups.push(() => rmSync(proc, { recursive: true }));
  const add = (pid: number, parent: number, kilobytes: number) => {
    mkdirSync(join(proc, String(pid)));
    writeFileSync(join(proc, String(pid), 'stat'), `${pid} (a (strange) name) S ${parent} 1 1`);
    writeFileSync(join(proc, String(pid), 'status'), `Name:\tx\nVmRSS:\t ${kilobytes} kB\n`);
  };
  add(10, 1, 1000);
  add(11, 10, 2000);
  add(12, 11, 4000);
  add(20, 1, 100_000);
  const memory = watchMemory(10, proc);
  memory.stop();
  expect(memory.peak()).toBeCloseTo(7.168);
  const unmeasured = watchMemory(10, join(proc, 'nowhere'));
  unmeasured.stop();
  expect(unmeasured.peak()).toBeUndefined();
});

const nodeCommand = (program: string, more: object = {}) => ({
  command: process.execPath,
  args: ['-e', program],
  cwd: '.',
  env: { ...process.env },
  timeoutSeconds: 60,
  ...more,
});

test('a command with an expected exit code is measured, and a command with any other exit code is reported with its output', async () => {
  const ran = await runCommand(
    nodeCommand("console.log('out'); process.exitCode = 2", { expectedCodes: [0, 2] }),
  );
  expect(ran).toMatchObject({ code: 2, stdout: 'out\n' });
  await expect(runCommand(nodeCommand("console.error('it broke'); process.exit(3)"))).rejects.toThrow(
    /ended with 3:\nit broke/,
  );
});

test('a command that does not end in time is reported', async () => {
  await expect(
    runCommand(nodeCommand('setInterval(() => {}, 1000)', { timeoutSeconds: 0.3 })),
  ).rejects.toThrow('did not end within 0.3 s');
});

test('the time in calls counts overlapping calls once, since it is the time with at least one call in flight', () => {
  const call = (start: number, end: number) => ({ start, end });
  expect(secondsInCalls([call(500, 600), call(0, 100), call(50, 150), call(60, 70)])).toBeCloseTo(0.25);
  expect(secondsInCalls([])).toBe(0);
});

test('the load generator counts responses on persistent connections, and fails on an error status', async () => {
  const { hostname, port } = new URL(await startUpstream());
  const load = { host: hostname, port: Number(port), connections: 2, seconds: 1 };
  expect(await responsesPerSecond({ ...load, request: 'GET / HTTP/1.1\r\nhost: a\r\n\r\n' })).toBeGreaterThan(
    0,
  );
  await expect(
    responsesPerSecond({ ...load, request: 'GET /missing HTTP/1.1\r\nhost: a\r\n\r\n' }),
  ).rejects.toThrow('404');
});
