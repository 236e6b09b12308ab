// The guard of the page: only the browser of the user, with the token, gets an answer.
import { describe, expect, test } from '@jest/globals';
import { checkRequest } from '../../../dashboard/guard.ts';

const GUARDED = { token: 'secret', port: 4570, posts: ['switches/weather'] };
const HOST = '127.0.0.1:4570';

const check = (
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): number | string => {
  const checked = checkRequest({ method, url, headers: { host: HOST, ...headers } }, GUARDED);
  return 'refused' in checked ? checked.refused.status : checked.allowed.name;
};

describe('a request with the token', () => {
  test.each([
    ['/secret/', ''],
    ['/secret/main.js', 'main.js'],
    ['/secret/events?topic=logs', 'events'],
  ])('to %s is allowed', (url, name) => {
    expect(check(url)).toBe(name);
  });

  test.each(['localhost:4570', '[::1]:4570', 'LOCALHOST:4570'])('is allowed for the host %s', (host) => {
    expect(check('/secret/', { host })).toBe('');
  });

  test('is allowed from the page itself', () => {
    expect(check('/secret/events', { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' })).toBe(
      'events',
    );
  });
});

describe('a request', () => {
  test.each(['/', '/events', '/secre/', '/secrets/', '/%73ecret/', '//secret/', '/?secret', '/secret.js'])(
    'without the token is refused: %s',
    (url) => {
      expect(check(url)).toBe(401);
    },
  );

  test.each([
    'example.com',
    'example.com:4570',
    '127.0.0.1:4571',
    '127.0.0.1',
    'localhost.example.com:4570',
    '',
    '0.0.0.0:4570',
  ])('for the host %j is refused, since a name that changes its address leads there', (host) => {
    expect(check('/secret/', { host })).toBe(403);
  });

  test.each<Record<string, string>>([
    { origin: 'http://example.com' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:8080' },
    { origin: `https://${HOST}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('from another page is refused: %j', (headers) => {
    expect(check('/secret/', headers)).toBe(403);
  });

  test.each(['http://127.0.0.1:4570/secret/', '*', ''])('with the malformed path %j is refused', (url) => {
    expect(check(url)).toBe(400);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])('with the method %s changes nothing', (method) => {
    expect(check('/secret/', {}, method)).toBe(405);
  });
});

describe('a switch', () => {
  const headers = { origin: `http://${HOST}`, 'content-type': 'application/json' };

  test('is turned by the page only', () => {
    expect(check('/secret/switches/weather', headers, 'POST')).toBe('switches/weather');
    expect(check('/secret/switches/weather', { 'content-type': 'application/json' }, 'POST')).toBe(403);
    expect(check('/secret/switches/weather', { ...headers, origin: 'http://evil.example' }, 'POST')).toBe(
      403,
    );
  });

  test('is not turned by a form, by reading, or if the page does not have it', () => {
    expect(check('/secret/switches/weather', { ...headers, 'content-type': 'text/plain' }, 'POST')).toBe(415);
    expect(check('/secret/switches/weather', headers)).toBe(405);
    expect(check('/secret/switches/other', headers, 'POST')).toBe(405);
  });
});
