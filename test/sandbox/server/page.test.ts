// The sandbox's own page needs its token, and only the page itself turns the switches.
import { request as sendRequest } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { sandbox } from '../harness.ts';

const TOKEN = 'a'.repeat(64);

/** Starts a sandbox with a page. */
async function open() {
  const {
    page = '',
    weather,
    port,
  } = await (async () => {
    const started = await sandbox({ token: TOKEN });
    return { page: started.page, port: started.port, weather: () => started.chaos.weather };
  })();
  const send = (
    path: string,
    {
      method = 'GET',
      headers = {},
      body,
    }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<{ status: number; text: string; type: string }> =>
    new Promise((resolve, reject) => {
      sendRequest(new URL(path, page), { method, headers, agent: false }, (response) => {
        let text = '';
        const done = () =>
          resolve({ status: response.statusCode ?? 0, text, type: String(response.headers['content-type']) });
        response.on('data', (chunk) => {
          text += String(chunk);
          // A stream of events does not end.
          if (text.includes('event: sandbox')) response.destroy();
        });
        response.on('close', done);
      })
        .on('error', reject)
        .end(body);
    });
  const origin = `http://127.0.0.1:${port}`;
  const headers = { origin, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  return { send, weather, headers, page };
}

describe('the page', () => {
  test('has files, and a stream of the contents', async () => {
    const { send, page } = await open();
    expect(page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/_sandbox\/page\/[\w-]{32}\/$/);
    expect(await send('')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(await send('main.js')).toMatchObject({ status: 200, type: 'text/javascript; charset=utf-8' });
    const { text } = await send('events');
    expect(text).toContain('event: hello\ndata: {"kind":"sandbox"');
    expect(text).toContain('"weatherName":"calm"');
  });

  test('is refused without its token, and has no other files', async () => {
    const { send } = await open();
    expect((await send(`/_sandbox/page/${'x'.repeat(32)}/`)).status).toBe(401);
    expect((await send(`/_sandbox/page/${TOKEN}/`)).status).toBe(401);
    expect((await send('tsconfig.json')).status).toBe(404);
    expect((await send('..%2f..%2fpackage.json')).status).toBe(404);
  });

  test('changes the weather, and explains what it refuses', async () => {
    const { send, weather, headers } = await open();
    const post = (body: string, more = headers) =>
      send('switches/weather', { method: 'POST', headers: more, body });
    expect((await post('{"throttle":true}')).status).toBe(204);
    expect(weather().throttle).toBe(true);
    expect(await post('{"faultRate":7}')).toMatchObject({
      status: 400,
      text: expect.stringContaining('faultRate') as unknown,
    });
    expect((await post('{"throttle":false}', { ...headers, origin: 'http://evil.example' })).status).toBe(
      403,
    );
    expect((await post('{"throttle":false}', { ...headers, 'content-type': 'text/plain' })).status).toBe(403);
    expect((await send('switches/weather')).status).toBe(405);
    expect((await send('switches/reset', { method: 'POST', headers, body: '{}' })).status).toBe(405);
    expect(weather().throttle).toBe(true);
  });
});
