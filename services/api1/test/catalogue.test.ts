/** The orders API's requests to the catalogue over HTTP, whether the catalogue is healthy or not. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createApp } from '../src/app.ts';
import { httpCatalogue } from '../src/catalogue.ts';
import { createLog } from '../src/log.ts';
import { ask, listen, logLines, type Answer } from './support.ts';

const BODY = { items: [{ productId: 'moka-pot', quantity: 2 }] };

let upstream: Awaited<ReturnType<typeof listen>>;
let handler: RequestListener;
const log = logLines();

beforeEach(async () => {
  upstream = await listen((req, res) => handler(req, res));
});
afterEach(() => upstream.close());

async function order(timeoutMs = 5000): Promise<Answer> {
  const catalogue = httpCatalogue(upstream.url, timeoutMs);
  const app = createApp({
    log: createLog('orders', 'info', log),
    catalogue,
    corsOrigins: [],
    lifecycle: { stopping: false },
  });
  const service = await listen(app);
  try {
    return await ask(`${service.url}/api1/orders`, { body: BODY });
  } finally {
    service.close();
  }
}

test("an order sends the catalogue one request, with the caller's request id", async () => {
  const asked: IncomingMessage[] = [];
  handler = (req, res) => {
    asked.push(req);
    const product = { id: 'moka-pot', name: 'Moka pot', priceCents: 3490, currency: 'EUR', stock: 5 };
    res.end(JSON.stringify({ items: [product], total: 1 }));
  };
  const { status, headers } = await order();
  expect(status).toBe(201);
  expect(asked.map((req) => req.url)).toEqual(['/api2/products?ids=moka-pot&limit=1']);
  expect(asked[0]?.headers['x-request-id']).toBe(headers['x-request-id']);
});

test('the response is a 503 with Retry-After when the catalogue is down', async () => {
  upstream.close();
  const { status, headers, body } = await order();
  expect(status).toBe(503);
  expect(headers['retry-after']).toBe('1');
  expect(JSON.parse(body)).toMatchObject({
    title: 'Service Unavailable',
    detail: 'The catalogue cannot be reached, so nothing was ordered.',
  });
  const { err } = log.lines.at(-1) as { err?: { message: string } };
  expect(err?.message).toContain('ECONNREFUSED'); // the log says why
});

test('the response is a 503 when the catalogue does not respond in time', async () => {
  handler = () => undefined;
  const { status, body } = await order(50);
  expect(status).toBe(503);
  expect(JSON.parse(body)).toMatchObject({
    detail: 'The catalogue did not respond within 50 ms, so nothing was ordered.',
  });
});

test("the response is a 503 when the catalogue's response never ends", async () => {
  handler = (_req, res) => res.write('{"items":');
  expect((await order(50)).status).toBe(503);
});

test.each([
  ['an error', 500, '{}'],
  ['HTML instead of JSON', 200, '<html>'],
  ['JSON of the wrong shape', 200, '{"items":[{"id":"moka-pot"}]}'],
])('the response is a 502 when the catalogue responds with %s', async (_name, status, body) => {
  handler = (_req, res) => res.writeHead(status).end(body);
  const problem = await order();
  expect(problem.status).toBe(502);
  expect(JSON.parse(problem.body)).toMatchObject({
    detail: 'The catalogue returned an unusable response, so nothing was ordered.',
  });
});
