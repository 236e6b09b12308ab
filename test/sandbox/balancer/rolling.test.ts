/** No request is lost while targets are added and removed, or while a listener closes. */
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import type { Server } from 'node:http';
import net from 'node:net';
import type { Reply } from './targets.ts';
import {
  ask,
  askEcho,
  echo,
  exchange,
  gate,
  keepAlive,
  open,
  startRawTarget,
  startTarget,
  FakeWorld,
} from './targets.ts';

/** Stops a server as a container does on SIGTERM: it completes its requests and closes idle connections. */
function stop(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => server?.close(() => resolve()));
}

describe('a rolling deployment', () => {
  test('loses none of several thousand requests', async () => {
    const world = new FakeWorld();
    const versions = new Map<string, number>();
    const start = async (id: string, name: string): Promise<Server> => {
      const { port, server } = await startTarget((request, response) => {
        versions.set(name, (versions.get(name) ?? 0) + 1);
        echo(name)(request, response);
      });
      world.register(id, port, 'initial');
      return server;
    };
    const old = [await start('10.0.0.1', 'old-1'), await start('10.0.0.2', 'old-2')];
    world.setState('10.0.0.1', 'healthy');
    world.setState('10.0.0.2', 'healthy');
    const { port } = await open(world);
    const agent = keepAlive(20);

    let responses = 0;
    const failures: unknown[] = [];
    const underWay = new Set<Promise<unknown>>();
    const milestones = [500, 1_200, 1_900].map((count) => ({ count, ...gate() }));
    const client = async (index: number): Promise<void> => {
      for (let turn = 0; turn < 150; turn += 1) {
        const post = turn % 4 === 0 && { method: 'POST', body: `${index}.${turn}` };
        const reply = ask(port, `/${index}/${turn}`, { agent, ...post }).catch(
          (error: unknown) => error as Error,
        );
        underWay.add(reply);
        const outcome = await reply;
        underWay.delete(reply);
        if (outcome instanceof Error || outcome.status !== 200) failures.push(outcome);
        responses += 1;
        for (const milestone of milestones) if (responses === milestone.count) milestone.open();
      }
    };
    const clients = Array.from({ length: 20 }, (_, index) => client(index));

    await milestones[0]?.opened;
    await start('10.0.0.3', 'new');
    world.setState('10.0.0.3', 'healthy');
    for (const [index, id] of ['10.0.0.1', '10.0.0.2'].entries()) {
      await milestones[index + 1]?.opened;
      world.setState(id, 'draining');
      await Promise.all(underWay); // the deregistration delay
      await stop(old[index]);
    }
    await Promise.all(clients);

    expect(failures).toEqual([]);
    expect([...versions.values()].reduce((sum, count) => sum + count, 0)).toBe(3_000);
    expect([...versions.keys()].sort()).toEqual(['new', 'old-1', 'old-2']);
    expect(old.map((server) => server.listening)).toEqual([false, false]);
  }, 120_000);

  test('lets a draining target complete its requests, without sending it new ones', async () => {
    const world = new FakeWorld();
    const [arrived, finish] = [gate(), gate()];
    const draining = await startTarget((_request, response) => {
      arrived.open();
      void finish.opened.then(() => response.end('finished'));
    });
    world.register('10.0.0.1', draining.port);
    const { port } = await open(world);
    const slow = ask(port);
    await arrived.opened;

    world.setState('10.0.0.1', 'draining');
    world.register('10.0.0.2', (await startTarget(echo('new'))).port);
    for (let turn = 0; turn < 4; turn += 1) expect((await askEcho(port)).name).toBe('new');
    finish.open();
    expect(await slow).toMatchObject({ status: 200, body: 'finished' });
  });

  test('does not lose a request when a target closes its idle connections', async () => {
    const world = new FakeWorld();
    const { port: targetPort, server } = await startTarget(echo());
    world.register('10.0.0.1', targetPort);
    const { port } = await open(world);
    for (let turn = 0; turn < 50; turn += 1) {
      expect((await ask(port, '/', { method: 'POST', body: 'x' })).status).toBe(200);
      const reconnected = once(server, 'connection').catch(() => {});
      server.closeIdleConnections();
      expect((await ask(port)).status).toBe(200);
      await reconnected;
    }
  });
});

describe('a listener that is closing', () => {
  test('completes requests in flight and refuses new ones', async () => {
    const world = new FakeWorld();
    const [arrived, finish] = [gate(), gate()];
    const target = await startTarget((_request, response) => {
      arrived.open();
      void finish.opened.then(() => response.end('finished'));
    });
    world.register('10.0.0.1', target.port);
    const listener = await open(world, { closeTimeoutMs: 60_000 });
    const idle = net.connect(listener.port, '127.0.0.1');
    await once(idle, 'connect');
    const idleClosed = once(idle.resume(), 'close');
    const slow = ask(listener.port, '/', { agent: keepAlive(1) });
    await arrived.opened;

    const closing = listener.close();
    expect(listener.close()).toBe(closing);
    await expect(ask(listener.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    finish.open();
    const reply: Reply = await slow;
    expect(reply).toMatchObject({ status: 200, body: 'finished' });
    expect(reply.headers.connection).toBe('close');
    await closing;
    await idleClosed;
  });

  test('completes a response that has begun', async () => {
    const world = new FakeWorld();
    const finish = gate();
    const target = await startTarget((_request, response) => {
      response.write('one ');
      void finish.opened.then(() => response.end('two'));
    });
    world.register('10.0.0.1', target.port);
    const listener = await open(world, { closeTimeoutMs: 60_000 });
    const request = http.get({ port: listener.port, agent: keepAlive(1) });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const closing = listener.close();
    finish.open();
    let body = '';
    for await (const chunk of response) body += String(chunk);
    expect(body).toBe('one two');
    await closing;
  });

  test('does not wait longer than its timeout', async () => {
    const world = new FakeWorld();
    world.register('10.0.0.1', await startRawTarget(() => {}));
    const listener = await open(world, { closeTimeoutMs: 50 });
    const stuckRequest = expect(ask(listener.port)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const unfinishedRequest = exchange(listener.port, 'GET / HTTP/1.1\r\n').catch(() => '');
    await expect(ask(listener.port, '/..')).resolves.toMatchObject({ status: 400 });
    await listener.close();
    await stuckRequest;
    expect(await unfinishedRequest).toBe('');
  });
});
