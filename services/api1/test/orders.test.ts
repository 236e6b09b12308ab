/** Placing, listing, reading, cancelling and refusing orders. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApp } from '../src/app.ts';
import type { Product } from '../src/catalogue.ts';
import { createLog } from '../src/log.ts';
import { createOrders, type Order } from '../src/orders.ts';
import { listen } from './support.ts';

const PRODUCTS: Product[] = [
  { id: 'moka-pot', name: 'Moka pot', priceCents: 3490, currency: 'EUR', stock: 5 },
  { id: 'filters', name: 'Filters', priceCents: 590, currency: 'EUR', stock: 400 },
];

let service: Awaited<ReturnType<typeof listen>>;

beforeEach(async () => {
  const catalogue = { find: async (ids: readonly string[]) => PRODUCTS.filter(({ id }) => ids.includes(id)) };
  const log = createLog('orders', 'silent');
  service = await listen(createApp({ log, catalogue, corsOrigins: [], lifecycle: { stopping: false } }));
});
afterEach(() => service.close());

function post(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(service.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function read<T>(path: string): Promise<T> {
  return (await fetch(service.url + path)).json() as Promise<T>;
}

async function place(...items: [productId: string, quantity: number][]): Promise<Order> {
  const body = { items: items.map(([productId, quantity]) => ({ productId, quantity })) };
  return (await post('/api1/orders', body)).json() as Promise<Order>;
}

test('an order is priced by the catalogue and can be read at its location', async () => {
  const items = [
    { productId: 'filters', quantity: 3 },
    { productId: 'moka-pot', quantity: 1 },
  ];
  const response = await post('/api1/orders', { items });
  expect(response.status).toBe(201);
  const order = (await response.json()) as Order;
  expect(order).toMatchObject({ status: 'placed', totalCents: 3 * 590 + 3490, currency: 'EUR' });
  expect(order.lines[0]).toEqual({
    productId: 'filters',
    name: 'Filters',
    quantity: 3,
    unitPriceCents: 590,
    lineTotalCents: 1770,
  });
  expect(response.headers.get('location')).toBe(`/api1/orders/${order.id}`);
  expect(await read(`/api1/orders/${order.id}`)).toEqual(order);
});

test('an order that is cancelled twice stays cancelled', async () => {
  const { id } = await place(['filters', 1]);
  for (const _ of [1, 2]) {
    const response = await post(`/api1/orders/${id}/cancel`, {});
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id, status: 'cancelled' });
  }
});

test('the list of orders is sorted newest first, and can be filtered by status and paged', async () => {
  const first = await place(['filters', 1]);
  const second = await place(['filters', 2]);
  const third = await place(['filters', 3]);
  await post(`/api1/orders/${second.id}/cancel`, {});
  const all = await read<{ items: Order[]; total: number }>('/api1/orders');
  expect(all.items.map((order) => order.id)).toEqual([third.id, second.id, first.id]);
  expect(await read('/api1/orders?status=placed&limit=1&offset=1')).toEqual({
    items: [first],
    total: 2,
    limit: 1,
    offset: 1,
  });
});

test.each(['GET /api1/orders/none', 'POST /api1/orders/none/cancel'])(
  '%s answers 404, since the order does not exist',
  async (line) => {
    const [method, path] = line.split(' ');
    const response = await fetch(service.url + path, { method: method ?? '' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: 'There is no order "none".' });
  },
);

describe('an invalid order', () => {
  const filters = { productId: 'filters', quantity: 1 };

  test.each([
    ['no items', { items: [] }, ['items']],
    ['no body', undefined, ['items']],
    ['a list instead of an object', [], ['']],
    ['a repeated product', { items: [filters, filters] }, ['items']],
    ['an unknown field', { items: [filters], discount: 100 }, ['']],
    [
      'two bad items',
      { items: [filters, { productId: 'filters!', quantity: 1 }, { productId: 'a', quantity: 0.5 }] },
      ['items.1.productId', 'items.2.quantity'],
    ],
  ])('is refused with 400 and the path of each fault: %s', async (_name, body, paths) => {
    const response = await post('/api1/orders', body);
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { path: string; message: string }[] };
    expect(errors.map((fault) => fault.path)).toEqual(paths);
    for (const fault of errors) expect(fault.message).not.toBe('');
  });

  test('is refused with 422 when a product is unknown', async () => {
    const response = await post('/api1/orders', { items: [filters, { productId: 'unicorn', quantity: 1 }] });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: [{ path: 'items.1.productId', message: 'there is no product "unicorn"' }],
    });
  });

  test('is refused with 409 when too little is in stock', async () => {
    const response = await post('/api1/orders', { items: [{ productId: 'moka-pot', quantity: 6 }] });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      errors: [{ path: 'items.0.quantity', message: 'only 5 in stock' }],
    });
  });

  test('is not stored', async () => {
    await place(['unicorn', 1]);
    expect(await read('/api1/orders')).toMatchObject({ total: 0 });
  });
});

test.each(['limit=0', 'limit=101', 'offset=-1', 'status=lost', 'colour=red'])(
  'a request for the list with %s is refused with 400',
  async (query) => {
    expect((await fetch(`${service.url}/api1/orders?${query}`)).status).toBe(400);
  },
);

test('the oldest orders are dropped when the store is full', () => {
  const orders = createOrders(2);
  const ids = [orders.place([]), orders.place([]), orders.place([])].map((order) => order.id).reverse();
  const { items } = orders.list({ limit: 10, offset: 0 });
  expect(items.map((order) => order.id)).toEqual(ids.slice(0, 2));
});
