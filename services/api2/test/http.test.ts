/** The behaviour of the catalogue API over HTTP that is common to all requests. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createApp } from '../src/app.ts';
import { createLog } from '../src/log.ts';
import { createProducts } from '../src/products.ts';
import { listen, logLines } from './support.ts';

let service: Awaited<ReturnType<typeof listen>>;
let log: ReturnType<typeof logLines>;
const lifecycle = { stopping: false };

beforeEach(async () => {
  lifecycle.stopping = false;
  log = logLines();
  const products = {
    ...createProducts(),
    get(): never {
      throw new Error('the secret plan failed');
    },
  };
  const corsOrigins = ['https://shop.example.com'];
  service = await listen(
    createApp({ log: createLog('catalogue', 'info', log), products, corsOrigins, lifecycle }),
  );
});
afterEach(() => service.close());

function call(path: string, init?: RequestInit): Promise<Response> {
  return fetch(service.url + path, init);
}

test('GET /api2 answers 200 and describes the service', async () => {
  const response = await call('/api2');
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ service: 'catalogue' });
});

test('GET /health answers 200 until the service stops, then 503', async () => {
  expect((await call('/health')).status).toBe(200);
  lifecycle.stopping = true;
  expect((await call('/health')).status).toBe(503);
});

test('responses have security headers and no x-powered-by', async () => {
  const { headers } = await call('/api2');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.has('x-powered-by')).toBe(false);
});

test.each([
  ['an unknown route', 404, undefined],
  ['malformed JSON', 400, '{'],
  ['a body above the limit', 413, JSON.stringify('x'.repeat(33_000))],
])('%s is refused with %d, as JSON', async (_name, status, body) => {
  const headers = { 'content-type': 'application/json', 'x-request-id': 'r-1' };
  const response = await call('/api2/nothing', { method: 'POST', headers, body: body ?? null });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(await response.json()).toMatchObject({ status, requestId: 'r-1' });
});

test('an unexpected error is a 500, and appears only in the log', async () => {
  const response = await call('/api2/products/moka-pot');
  expect(response.status).toBe(500);
  expect(await response.text()).not.toMatch(/secret plan|stack|\.ts/);
  expect(log.lines).toContainEqual(
    expect.objectContaining({
      level: 50,
      err: expect.objectContaining({ message: 'the secret plan failed' }),
    }),
  );
});

test('the preflight of an allowed origin is answered, and any other origin is not allowed', async () => {
  const preflight = async (origin: string) =>
    call('/api2/products', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    });
  const allowed = await preflight('https://shop.example.com');
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example.com');
  const other = await preflight('https://evil.example.com');
  expect(other.headers.has('access-control-allow-origin')).toBe(false);
});

test('a valid request id is kept and logged, but secrets are not logged', async () => {
  const headers = {
    'x-request-id': 'from-orders',
    authorization: 'Bearer hunter2',
    cookie: 'session=hunter2',
  };
  const response = await call('/api2', { headers });
  expect(response.headers.get('x-request-id')).toBe('from-orders');
  expect(log.lines).toEqual([expect.objectContaining({ requestId: 'from-orders', service: 'catalogue' })]);
  expect(JSON.stringify(log.lines)).not.toContain('hunter2');
});
