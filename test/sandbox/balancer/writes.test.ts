/** The number of writes of a response: each write is a call of the system, and a separate packet. */
import { describe, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import { Socket } from 'node:net';
import { ask, echo, gate, keepAlive, open, startTarget, FakeWorld } from './targets.ts';

/** The methods of Node that hand data of a connection to the system. */
type Writer = '_write' | '_writev';

/** Counts the writes of this process to clients of a local port. */
function countWrites(port: number): () => number {
  let count = 0;
  const prototype = Socket.prototype as unknown as Record<Writer, (this: Socket, ...args: unknown[]) => void>;
  const spies = (['_write', '_writev'] as const).map((name) => {
    const write = prototype[name];
    return jest.spyOn(prototype, name).mockImplementation(function (this: Socket, ...args) {
      if (this.localPort === port) count += 1;
      write.apply(this, args);
    });
  });
  return () => {
    for (const spy of spies) spy.mockRestore();
    return count;
  };
}

async function openListenerFor(handler: http.RequestListener): Promise<number> {
  const world = new FakeWorld();
  world.register('10.0.0.1', (await startTarget(handler)).port);
  return (await open(world)).port;
}

describe('a response', () => {
  test.each<[string, http.RequestListener]>([
    ['of known length', echo()],
    ['that is chunked', (_request, response) => void response.writeHead(200).end('hello')],
    ['without a body', (_request, response) => void response.writeHead(204).end()],
    ['with an empty body', (_request, response) => void response.end()],
  ])('%s is sent with one write', async (_, handler) => {
    const port = await openListenerFor(handler);
    const agent = keepAlive(1);
    await ask(port, '/', { agent });
    const takeCount = countWrites(port);
    for (let turn = 0; turn < 5; turn += 1) await ask(port, '/', { agent });
    expect(takeCount()).toBe(5);
  });

  test('that the target sends in parts arrives in these parts, the head first', async () => {
    const [headArrived, partArrived] = [gate(), gate()];
    const port = await openListenerFor((_request, response) => {
      response.flushHeaders();
      void headArrived.opened.then(() => response.write('one'));
      void partArrived.opened.then(() => response.end('two'));
    });
    const request = http.get({ port, agent: false });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const ended = once(response, 'end');
    headArrived.open();
    expect(String((await once(response, 'data'))[0])).toBe('one');
    partArrived.open();
    expect(String((await once(response, 'data'))[0])).toBe('two');
    await ended;
  });
});
