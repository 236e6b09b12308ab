// Connections without a request: a WebSocket stays open as long as the idle timeout allows, in either direction.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import net from 'node:net';
import { open, startRawTarget, FakeWorld } from './targets.ts';

const UPGRADE =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n';
const ACCEPTED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const HOUR = 3_600_000;

// Only the timers of the load balancer: connections need Node's other functions.
beforeEach(
  () => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] }),
);
afterEach(() => void jest.useRealTimers());

/** Opens a WebSocket through a load balancer whose idle timeout is an hour. */
async function openWebSocket(): Promise<{ client: net.Socket; target: net.Socket }> {
  let accepted: net.Socket | undefined;
  const targetPort = await startRawTarget((socket) => {
    accepted = socket;
    socket.once('data', () => socket.write(ACCEPTED));
  });
  const world = new FakeWorld();
  world.attributes = { 'idle_timeout.timeout_seconds': '3600' };
  world.register('10.0.0.1', targetPort);
  const { port } = await open(world);
  const client = net.connect(port, '127.0.0.1');
  client.write(UPGRADE);
  expect(String((await once(client, 'data'))[0])).toContain('101 Switching Protocols');
  if (!accepted) throw new Error('no connection to the target');
  return { client, target: accepted };
}

test('a silent WebSocket stays open until the idle timeout, and is then closed on both sides', async () => {
  const { client, target } = await openWebSocket();
  const closed = Promise.all([once(client, 'close'), once(target, 'close')]);
  target.resume();
  jest.advanceTimersByTime(HOUR - 1);
  const received = once(target, 'data');
  expect([client.destroyed, target.destroyed]).toEqual([false, false]);
  client.write('ping');
  expect(String((await received)[0])).toBe('ping');
  jest.advanceTimersByTime(HOUR);
  await closed;
});

test.each(['client', 'target'] as const)(
  'bytes of the %s keep a WebSocket open for any time',
  async (sender) => {
    const ends = await openWebSocket();
    const receiver = sender === 'client' ? ends.target : ends.client;
    for (let hour = 0; hour < 50; hour += 1) {
      jest.advanceTimersByTime(HOUR - 1);
      const received = once(receiver, 'data');
      ends[sender].write(`${hour}`);
      expect(String((await received)[0])).toBe(String(hour));
    }
    ends.client.destroy();
    await once(ends.target, 'close');
  },
);
