/** The real process when it gets SIGTERM under load. */
import { once } from 'node:events';
import { Agent, createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ask, refuses, SOURCE, start, until } from './support.ts';

const ORDER = { items: [{ productId: 'moka-pot', quantity: 1 }] };
const PRODUCT = { id: 'moka-pot', name: 'Moka pot', priceCents: 3490, currency: 'EUR', stock: 5 };

// A catalogue that responds when the test allows it.
const catalogue = createServer();
const agent = new Agent({ keepAlive: true, maxSockets: 25 });
let CATALOGUE_URL: string;

beforeEach(async () => {
  catalogue.listen(0, '127.0.0.1');
  await once(catalogue, 'listening');
  CATALOGUE_URL = `http://127.0.0.1:${(catalogue.address() as AddressInfo).port}`;
});
afterEach(() => {
  agent.destroy();
  catalogue.close();
  catalogue.closeAllConnections();
});

async function nextRequest(): Promise<ServerResponse> {
  const [, res] = (await once(catalogue, 'request')) as [unknown, ServerResponse];
  return res;
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a stop by %s drops no request, not even a slow one',
  async (signal) => {
    const service = await start(SOURCE, {
      CATALOGUE_URL,
      CATALOGUE_TIMEOUT_MS: '60000',
      SHUTDOWN_QUIET_MS: '4000',
      SHUTDOWN_GRACE_MS: '60000',
    });
    const received = nextRequest();
    const slow = ask(`${service.url}/api1/orders`, { agent, body: ORDER });
    const held = await received;

    const load = Array.from({ length: 500 }, () => ask(`${service.url}/api1/orders`, { agent }));
    await Promise.race(load);
    service.kill(signal);
    await until(async () => (await ask(`${service.url}/health`)).status === 503);
    const late = Array.from({ length: 100 }, () => ask(`${service.url}/api1`, { agent }));

    for (const answer of await Promise.all(load)) expect(answer.status).toBe(200);
    for (const answer of await Promise.all(late)) {
      expect(answer).toMatchObject({ status: 200, headers: { connection: 'close' } });
    }

    await until(() => refuses(service.url));
    held.end(JSON.stringify({ items: [PRODUCT] }));
    expect(await slow).toMatchObject({ status: 201, headers: { connection: 'close' } });
    expect(await service.exit).toEqual({ code: 0, stderr: '' });
    expect(service.lines.at(-1)).toMatchObject({ msg: 'stopped', cut: 0 });
  },
  60_000,
);

test('a request that outlasts the grace period is cut, and the exit code is 1', async () => {
  const service = await start(SOURCE, {
    CATALOGUE_URL,
    CATALOGUE_TIMEOUT_MS: '60000',
    SHUTDOWN_QUIET_MS: '0',
    SHUTDOWN_GRACE_MS: '200',
  });
  const received = nextRequest();
  const slow = ask(`${service.url}/api1/orders`, { body: ORDER }).catch(
    (error: NodeJS.ErrnoException) => error.code,
  );
  await received;
  service.kill('SIGTERM');
  expect(await slow).toBe('ECONNRESET');
  expect(await service.exit).toEqual({ code: 1, stderr: '' });
  expect(service.lines.at(-1)).toMatchObject({ msg: 'stopped', cut: 1 });
}, 60_000);

test('an invalid environment is refused before anything listens', async () => {
  await expect(start(SOURCE, { CATALOGUE_URL: 'localhost' })).rejects.toThrow(/exit 1: [^]*CATALOGUE_URL/);
}, 60_000);
