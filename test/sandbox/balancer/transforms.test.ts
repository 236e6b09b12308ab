// Transforms change requests after their rule is chosen: the target gets another path, query string or host.
import { describe, expect, test } from '@jest/globals';
import type { RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2';
import { strippingRewrite } from '../../../lib/derive/transforms.ts';
import type { RoutedRequest } from '../../../sandbox/balancer/conditions.ts';
import { normalizePath } from '../../../sandbox/balancer/path-pattern.ts';
import { transform } from '../../../sandbox/balancer/transforms.ts';

const request = (url: string, host = 'shop.example.com:8080'): RoutedRequest => ({
  scheme: 'http',
  isOnLocalPort: true,
  method: 'GET',
  host: 'shop.example.com',
  port: 8080,
  url,
  rawPath: url.replace(/\?.*/, ''),
  path: normalizePath(url.replace(/\?.*/, '')) ?? '',
  query: '',
  headers: [
    ['Accept', '*/*'],
    ['HOST', host],
  ],
  sourceIp: '192.0.2.7',
});
const url = (Regex: string, Replace: string): RuleTransform[] => [
  { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex, Replace }] } },
];
const host = (Regex: string, Replace: string): RuleTransform[] => [
  { Type: 'host-header-rewrite', HostHeaderRewriteConfig: { Rewrites: [{ Regex, Replace }] } },
];

test.each([
  ['the path', '^/old/(.*)$', '/new/$1', '/old/a/b', '/new/a/b'],
  ['the query string', '^/v([0-9]+)/(.*)$', '/$2?version=$1', '/v2/a', '/a?version=2'],
  ['only the first match', 'a', 'b', '/aa', '/ba'],
  ['nothing if it does not match', '^/other', '/x', '/a', '/a'],
  ['with regard to case', '^/A', '/x', '/a', '/a'],
  ['a group that took no part', '^/(x)?a$', '/b$1', '/a', '/b'],
])('a rewrite of the URL changes %s', (_what, regex, replace, before, after) => {
  expect(transform(request(before), url(regex, replace))?.url).toBe(after);
});

test('a request that no rewrite changes keeps the spelling of its path', () => {
  expect(transform(request('/%61/b?c'), url('^/other', '/x'))?.url).toBe('/%61/b?c');
  expect(transform(request('/%61/b?c'), host('^shop', 'app'))?.url).toBe('/%61/b?c');
});

test('a rewrite of the host changes the Host header, and no other header', () => {
  expect(transform(request('/'), host('^shop\\.(.*)$', 'app.$1'))?.headers).toEqual([
    ['Accept', '*/*'],
    ['HOST', 'app.example.com:8080'],
  ]);
});

test.each([
  ['a URL without a slash', url('^/', '')],
  ['a URL with a space', url('^/a', '/a b')],
  ['an empty host', host('^.*$', '')],
  ['a host with a line break', host('^.*$', 'a\r\nX: 1')],
])('a transform fails with %s', (_what, transforms) => {
  expect(transform(request('/a'), transforms)).toBeUndefined();
});

describe('a stripped path', () => {
  test.each([
    [['/api1'], '/api1', '/'],
    [['/api1'], '/api1/', '/'],
    [['/api1'], '/api1/users', '/users'],
    [['/api1'], '/api1?a=1', '/?a=1'],
    [['/api1'], '/api1/users?next=/api1/', '/users?next=/api1/'],
    [['/api1'], '/api1/api1/x', '/api1/x'],
    [['/a', '/a/b'], '/a/b/c', '/c'],
    [['/a', '/a/b'], '/a/c', '/c'],
    [['/v1.0+x'], '/v1.0+x/a', '/a'],
    [['/api1'], '/api1//evil.example', '/evil.example'],
    [['/api1'], '/api1///evil.example/a//b', '/evil.example/a//b'],
    [['/api1'], '/%61pi1/users?next=%61', '/users?next=%61'],
    [['/api1'], '/x/../api1/a%2fb', '/a%2Fb'],
    [['/api1'], '/api1/.//evil.example', '/evil.example'],
  ])('of %s: the program gets %s as %s', (paths, before, after) => {
    const { regex, replace } = strippingRewrite(paths);
    expect(transform(request(before), url(regex, replace))?.url).toBe(after);
  });
});
