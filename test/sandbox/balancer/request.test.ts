/** The parts of a request that rules match. */
import { describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { readRequest } from '../../../sandbox/balancer/request.ts';

function read(message: {
  url?: string;
  host?: string;
  remoteAddress?: string;
}): ReturnType<typeof readRequest> {
  const { url = '/', host = 'a', remoteAddress = '192.0.2.1' } = message;
  return readRequest(
    {
      method: 'GET',
      httpVersion: '1.1',
      url,
      headers: { host },
      rawHeaders: ['Host', host],
      socket: { remoteAddress },
    } as unknown as IncomingMessage,
    80,
  );
}

describe('a request', () => {
  test.each([
    ['example.com', 'example.com', 80],
    ['Example.COM:8080', 'example.com', 8080],
    ['example.com.', 'example.com', 80],
    ['example.com.:81', 'example.com', 81],
    ['example.com:', 'example.com', 80],
    ['[::1]:8080', '[::1]', 8080],
    ['[::1]', '[::1]', 80],
  ])('to %s is for the host %s and the port %d', (host, name, port) => {
    expect(read({ host })).toMatchObject({ host: name, port });
  });

  test.each([
    ['/a/b?c=d', '/a/b', 'c=d'],
    ['/a?b?c', '/a', 'b?c'],
    ['/a?', '/a', ''],
    ['/a#b', '/a', ''],
    ['/a?b#c?d', '/a', 'b'],
    ['http://x/a#b', '/a', ''],
    ['http://x', '/', ''],
    ['http://x?a', '/', 'a'],
  ])('for %s has the path %s and the query %s', (url, path, query) => {
    expect(read({ url })).toMatchObject({ path, rawPath: path, query });
  });

  test.each([
    ['/a', '/a'],
    ['/a?', '/a?'],
    ['/a?b', '/a?b'],
    ['/a/../%62//c?', '/a/../%62//c?'],
    ['/a?#b', '/a?'],
    ['http://x?', '/?'],
  ])('for %s is forwarded with the request target %s', (url, forwarded) => {
    expect(read({ url })).toMatchObject({ url: forwarded });
  });

  test.each(['*', 'ftp://x/y', 'http:///y', 'http://user@x/y', 'http://x y/', 'https://'])(
    'for %s is refused',
    (url) => {
      expect(read({ url })).toEqual({ refusalStatus: 400 });
    },
  );

  test.each(['a b', 'a/b', 'a?b', 'a#b', 'a@b', 'a,b', 'a:b', 'a:1:2', '[::1', '"a"', 'a\\b'])(
    'to the host %s is refused',
    (host) => {
      expect(read({ host })).toEqual({ refusalStatus: 400 });
    },
  );

  test('keeps the original path in addition to the normalised one', () => {
    expect(read({ url: '/a/../%62' })).toMatchObject({ rawPath: '/a/../%62', path: '/b' });
  });

  test('has an IPv4 source address even on a dual-stack socket', () => {
    expect(read({ remoteAddress: '::ffff:192.0.2.1' })).toMatchObject({ sourceIp: '192.0.2.1' });
  });
});
