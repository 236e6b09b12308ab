/** The behaviour of the orders API over HTTP that is common to all requests. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApp } from '../src/app.ts';
import { createLog } from '../src/log.ts';
import { listen, logLines } from './support.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const JSON_TYPE = { 'content-type': 'application/json' };

let service: Awaited<ReturnType<typeof listen>>;
let log: ReturnType<typeof logLines>;
const lifecycle = { stopping: false };
const broken = { find: () => Promise.reject(new Error('the secret plan failed')) };

beforeEach(async () => {
  lifecycle.stopping = false;
  log = logLines();
  const corsOrigins = ['https://shop.example.com'];
  service = await listen(
    createApp({ log: createLog('orders', 'info', log), catalogue: broken, corsOrigins, lifecycle }),
  );
});
afterEach(() => service.close());

function call(path: string, init?: RequestInit): Promise<Response> {
  return fetch(service.url + path, init);
}

async function problem(response: Response): Promise<unknown> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  return response.json();
}

test('GET /api1 answers 200 and describes the service', async () => {
  const response = await call('/api1');
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ service: 'orders' });
});

test('GET /health answers 200 until the service stops, then 503', async () => {
  expect((await call('/health')).status).toBe(200);
  lifecycle.stopping = true;
  const response = await call('/health');
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ status: 'stopping' });
});

test('responses have security headers and no x-powered-by', async () => {
  const { headers } = await call('/api1');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
  expect(headers.has('x-powered-by')).toBe(false);
});

describe('error responses are JSON', () => {
  const order = { method: 'POST', headers: JSON_TYPE };

  test('404 for an unknown route', async () => {
    const response = await call('/api1/nothing', { method: 'DELETE', headers: { 'x-request-id': 'r-1' } });
    expect(await problem(response)).toEqual({
      title: 'Not Found',
      status: 404,
      detail: 'There is no DELETE /api1/nothing here.',
      requestId: 'r-1',
    });
  });

  test('400 for malformed JSON, without echoing it', async () => {
    const response = await call('/api1/orders', { ...order, body: '{"password": "hunter2' });
    expect(await problem(response)).toMatchObject({ status: 400, detail: 'The body is not valid JSON.' });
  });

  test('400 for a path that cannot be decoded', async () => {
    expect(await problem(await call('/api1/orders/%E0%A4%A'))).toMatchObject({ status: 400 });
  });

  test('413 for a body above the limit', async () => {
    const response = await call('/api1/orders', { ...order, body: JSON.stringify('x'.repeat(33_000)) });
    expect(await problem(response)).toMatchObject({ status: 413, detail: 'The body is too large.' });
  });

  test('415 for a body that is not JSON', async () => {
    const response = await call('/api1/orders', { method: 'POST', body: 'two cups, please' });
    expect(await problem(response)).toMatchObject({ status: 415 });
  });

  test('500 for an unexpected error, which appears only in the log', async () => {
    const body = JSON.stringify({ items: [{ productId: 'moka-pot', quantity: 1 }] });
    const response = await call('/api1/orders', { ...order, body });
    expect(response.status).toBe(500);
    expect(JSON.stringify(await problem(response))).not.toMatch(/secret plan|stack|\.ts/);
    expect(log.lines).toContainEqual(
      expect.objectContaining({
        level: 50,
        err: expect.objectContaining({ message: 'the secret plan failed' }),
      }),
    );
  });
});

describe('CORS', () => {
  const preflight = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  };

  test('an allowed origin may read the response and its request id', async () => {
    const { headers } = await call('/api1', { headers: { origin: 'https://shop.example.com' } });
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example.com');
    expect(headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect(headers.get('vary')).toContain('Origin');
  });

  test('the preflight of an allowed origin is answered', async () => {
    const headers = { ...preflight, origin: 'https://shop.example.com' };
    const response = await call('/api1/orders', { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example.com');
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-headers')).toContain('content-type');
  });

  test('any other origin is not allowed', async () => {
    const headers = { ...preflight, origin: 'https://evil.example.com' };
    const response = await call('/api1/orders', { method: 'OPTIONS', headers });
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('request ids and logs', () => {
  test('a valid x-request-id is kept, echoed and logged', async () => {
    const response = await call('/api1', { headers: { 'x-request-id': 'from-the-front.1' } });
    expect(response.headers.get('x-request-id')).toBe('from-the-front.1');
    expect(log.lines).toEqual([
      expect.objectContaining({ requestId: 'from-the-front.1', service: 'orders' }),
    ]);
  });

  test.each(['', 'two words', 'x'.repeat(129), '{"a":1}'])(
    'the invalid x-request-id %j is replaced by a UUID',
    async (id) => {
      const response = await call('/api1', { headers: { 'x-request-id': id } });
      expect(response.headers.get('x-request-id')).toMatch(UUID);
    },
  );

  test('secrets stay out of the log, and the logged client address is the one that the load balancer saw', async () => {
    await call('/api1', {
      headers: {
        authorization: 'Bearer hunter2',
        cookie: 'session=hunter2',
        'x-forwarded-for': '192.0.2.1, 203.0.113.9', // the first is the client's own claim
      },
    });
    expect(JSON.stringify(log.lines)).not.toContain('hunter2');
    expect(log.lines[0]).toMatchObject({ req: { clientIp: '203.0.113.9' }, res: { statusCode: 200 } });
  });

  test('health checks are not logged', async () => {
    await call('/health');
    expect(log.lines).toEqual([]);
  });
});
