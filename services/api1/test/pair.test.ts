/** The two services together: orders against the real catalogue, each in a separate process. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { ask, FOLDER, SOURCE, start } from './support.ts';

const OTHER = resolve(FOLDER, '../api2');

test('an order is priced by the real catalogue, and both logs have the same request id', async () => {
  const catalogue = await start(SOURCE, { SHUTDOWN_QUIET_MS: '0' }, OTHER);
  const orders = await start(SOURCE, { SHUTDOWN_QUIET_MS: '0', CATALOGUE_URL: catalogue.url });
  const order = (productId: string) =>
    ask(`${orders.url}/api1/orders`, { body: { items: [{ productId, quantity: 2 }] } });

  const placed = await order('moka-pot');
  expect(placed.status).toBe(201);
  const offer = JSON.parse((await ask(`${catalogue.url}/api2/products/moka-pot`)).body) as {
    priceCents: number;
  };
  expect(JSON.parse(placed.body)).toMatchObject({ totalCents: 2 * offer.priceCents });
  expect((await order('unicorn')).status).toBe(422);
  expect((await order('burr-grinder')).status).toBe(409);

  catalogue.kill('SIGTERM');
  expect((await catalogue.exit).code).toBe(0);
  expect((await order('moka-pot')).status).toBe(503);
  orders.kill('SIGTERM');
  expect((await orders.exit).code).toBe(0);

  const requestId = placed.headers['x-request-id'];
  for (const { lines } of [orders, catalogue]) {
    expect(lines).toContainEqual(expect.objectContaining({ requestId, msg: 'request completed' }));
  }
}, 60_000);

test.each(['src/log.ts', 'src/problem.ts', 'src/server.ts', 'test/support.ts'])(
  'both services have the same %s, since they must not share files',
  async (file) => {
    const [ordersFile, catalogueFile] = await Promise.all(
      [FOLDER, OTHER].map((folder) => readFile(resolve(folder, file), 'utf8')),
    );
    expect(catalogueFile).toBe(ordersFile);
  },
);
