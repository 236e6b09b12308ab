/** Looking up one product, several products, and a page of products. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createApp } from '../src/app.ts';
import { createLog } from '../src/log.ts';
import { createProducts, type Product } from '../src/products.ts';
import { listen } from './support.ts';

const PRODUCTS: Product[] = [
  { id: 'sidamo', name: 'Ethiopia Sidamo', category: 'coffee', priceCents: 1190, currency: 'EUR', stock: 64 },
  { id: 'decaf', name: 'Decaf', category: 'coffee', priceCents: 1150, currency: 'EUR', stock: 0 },
  { id: 'moka-pot', name: 'Moka pot', category: 'brewing', priceCents: 3490, currency: 'EUR', stock: 25 },
  { id: 'filters', name: 'Paper filters', category: 'brewing', priceCents: 590, currency: 'EUR', stock: 400 },
];

let service: Awaited<ReturnType<typeof listen>>;

beforeEach(async () => {
  const products = createProducts(PRODUCTS);
  const log = createLog('catalogue', 'silent');
  service = await listen(createApp({ log, products, corsOrigins: [], lifecycle: { stopping: false } }));
});
afterEach(() => service.close());

function get(path: string): Promise<Response> {
  return fetch(`${service.url}/api2/products${path}`);
}

test.each([
  ['', ['sidamo', 'decaf', 'moka-pot', 'filters']],
  ['?category=coffee', ['sidamo', 'decaf']],
  ['?q=%20PO', ['moka-pot']],
  ['?inStock=true', ['sidamo', 'moka-pot', 'filters']],
  ['?inStock=false', ['decaf']],
  ['?maxPriceCents=1150', ['decaf', 'filters']],
  ['?ids=filters,unicorn,sidamo', ['sidamo', 'filters']],
  ['?category=coffee&inStock=true', ['sidamo']],
])('GET /api2/products%s contains %j', async (query, ids) => {
  const { items, total } = (await (await get(query)).json()) as { items: Product[]; total: number };
  expect(items.map((product) => product.id)).toEqual(ids);
  expect(total).toBe(ids.length);
});

test('a page contains its slice of the products, and the total', async () => {
  const page = await (await get('?limit=2&offset=1')).json();
  expect(page).toEqual({ items: PRODUCTS.slice(1, 3), total: 4, limit: 2, offset: 1 });
});

test.each([
  ['?limit=0', 'limit'],
  ['?offset=x', 'offset'],
  ['?category=tea', 'category'],
  ['?inStock=perhaps', 'inStock'],
  ['?ids=', 'ids.0'],
  ['?ids=a&ids=b', 'ids'],
  ['?colour=red', ''],
])('GET /api2/products%s is refused with 400 and the path "%s"', async (query, path) => {
  const response = await get(query);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ path, message: expect.stringMatching(/./) }] });
});

test('one product is found by its id', async () => {
  const response = await get('/moka-pot');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(PRODUCTS[2]);
});

test.each(['unicorn', '__proto__'])(
  'a request for the unknown product "%s" is answered with 404',
  async (id) => {
    const response = await get(`/${id}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: `There is no product "${id}".` });
  },
);

test('all products have integer prices, and unique ids that fit in a URL', () => {
  const { items, total } = createProducts().list({ limit: 100, offset: 0 });
  expect(total).toBeGreaterThan(0);
  expect(new Set(items.map((product) => product.id)).size).toBe(total);
  for (const { id, priceCents, stock } of items) {
    expect(id).toMatch(/^[a-z0-9-]{1,64}$/);
    expect(Number.isInteger(priceCents) && priceCents > 0).toBe(true);
    expect(Number.isInteger(stock) && stock >= 0).toBe(true);
  }
});
