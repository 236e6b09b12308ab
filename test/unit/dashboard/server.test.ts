// The server of the page: it listens on loopback only, sends the files with a strict policy, and streams values.
import { request as sendRequest, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startPageServer, type PageServer, type Served } from '../../../dashboard/server.ts';
import { makeTopics } from '../../../dashboard/topics.ts';
import type { Clock } from '../../../lib/model/clock.ts';

/** A clock on which every sleep lasts until it is aborted. */
const stoppedClock: Clock = {
  now: () => 0,
  sleep: (_ms, signal) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted')))),
};

let server: PageServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const served = (extra: Partial<Served> = {}): Served => ({
  topics: makeTopics(
    [{ name: 'status', everyMs: 1000, poll: async () => ({ text: '<script>' }) }],
    stoppedClock,
  ),
  hello: { views: ['overview'] },
  base: ['status'],
  switches: {},
  ...extra,
});

/** Sends a request. Unlike fetch, it may send any header. */
const send = (
  address: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    sendRequest(new URL(path, address), { method, headers, agent: false }, resolve)
      .on('error', reject)
      .end(body);
  });

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the page', () => {
  test('is sent with a policy that allows nothing from elsewhere, and is never kept', async () => {
    server = await startPageServer(0, served());
    const response = await send(server.address, './');
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(response.headers['content-security-policy']).not.toContain('unsafe');
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
    expect(response.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(await bodyOf(response)).toContain('<title>Slipway</title>');
  });

  test('needs its token, and every start has another one', async () => {
    server = await startPageServer(0, served());
    const { address, port } = server;
    expect((await send(`http://127.0.0.1:${port}/`, '/')).statusCode).toBe(401);
    expect((await send(`http://127.0.0.1:${port}/`, '/main.js')).statusCode).toBe(401);
    await server.close();
    server = await startPageServer(0, served());
    expect(new URL(server.address).pathname).not.toBe(new URL(address).pathname);
    expect(new URL(server.address).pathname).toMatch(/^\/[\w-]{32}\/$/);
  });

  test.each(['tsconfig.json', '../server.ts', '..%2fserver.ts', 'constructor', 'page/index.html'])(
    'has only the files of the page: not %s',
    async (name) => {
      server = await startPageServer(0, served());
      const { pathname } = new URL(server.address);
      expect([401, 404]).toContain((await send(server.address, `${pathname}${name}`)).statusCode);
    },
  );

  test('sends a HEAD response without a body', async () => {
    server = await startPageServer(0, served());
    const response = await send(server.address, 'main.js', { method: 'HEAD' });
    expect(Number(response.headers['content-length'])).toBeGreaterThan(100);
    expect(await bodyOf(response)).toBe('');
  });
});

describe('the events', () => {
  test('begin with the views, and bring the value of each topic as data', async () => {
    server = await startPageServer(0, served());
    const response = await send(server.address, 'events');
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    let text = '';
    for await (const chunk of response as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text.includes('event: status')) break;
    }
    expect(text).toBe(
      'retry: 1000\n\nevent: hello\ndata: {"views":["overview"]}\n\nevent: status\ndata: {"text":"<script>"}\n\n',
    );
  });

  test('are refused to a browser that connects again and again', async () => {
    server = await startPageServer(0, served());
    const { address } = server;
    const responses = await Promise.all(Array.from({ length: 33 }, () => send(address, 'events')));
    expect(
      responses
        .map(({ statusCode }) => statusCode)
        .sort()
        .slice(-2),
    ).toEqual([200, 503]);
    for (const response of responses) response.destroy();
  });
});

describe('a switch', () => {
  const post = (body: string, onUse: (input: unknown) => Promise<void>) => async () => {
    server = await startPageServer(0, served({ switches: { 'switches/weather': onUse } }));
    const { origin } = new URL(server.address);
    const headers = { origin, 'content-type': 'application/json' };
    return send(server.address, 'switches/weather', { method: 'POST', headers, body });
  };

  test('gets the settings of the page', async () => {
    const inputs: unknown[] = [];
    const response = await post('{"throttle":true}', async (input) => void inputs.push(input))();
    expect(response.statusCode).toBe(204);
    expect(inputs).toEqual([{ throttle: true }]);
  });

  test('explains what it refuses', async () => {
    const refuse = async () => Promise.reject(new Error('faultRate: too large'));
    const response = await post('{"faultRate":9}', refuse)();
    expect([response.statusCode, await bodyOf(response)]).toEqual([400, 'faultRate: too large\n']);
  });

  test('refuses what is not JSON, and what is too large', async () => {
    const use = async () => undefined;
    expect((await post('{', use)()).statusCode).toBe(400);
    await server?.close();
    expect((await post(`"${'x'.repeat(70_000)}"`, use)()).statusCode).toBe(413);
  });
});
