// The protocols HTTP2 and GRPC: their health checks, and their mistakes.
import { expect, test } from '@jest/globals';
import { mistakesOf, read, validStackWith } from './support.ts';

const api = 'services.shop.containers.api';
const https = { 'domain.https': true };
const plain = { [`${api}.health`]: undefined };

test.each([
  ['GRPC', { path: '/AWS.ALB/healthcheck', matcher: '12' }],
  ['HTTP2', { matcher: '200-299' }],
  ['HTTP', { matcher: '200-299' }],
])('the default health check of %s', (protocol, expected) => {
  const stack = validStackWith({ ...https, ...plain, [`${api}.protocol`]: protocol });
  const container = read(stack).services[0]?.containers.find(({ name }) => name === 'api');
  expect(container?.health).toMatchObject(expected);
});

const mistakes: [what: string, values: Record<string, unknown>, path: string, words: string][] = [
  ['gRPC without HTTPS', { [`${api}.protocol`]: 'GRPC', ...plain }, 'protocol', 'Set domain.https to true'],
  ['HTTP/2 without HTTPS', { [`${api}.protocol`]: 'HTTP2' }, 'protocol', 'Set domain.https to true'],
  [
    'HTTP codes for gRPC',
    { ...https, [`${api}.protocol`]: 'GRPC', [`${api}.health`]: { matcher: '200' } },
    'health.matcher',
    'Use status codes of gRPC from 0 to 99',
  ],
  [
    'gRPC codes for HTTP',
    { [`${api}.protocol`]: 'HTTP', [`${api}.health`]: { matcher: '12' } },
    'health.matcher',
    'Use status codes from 200 to 499',
  ],
  ['a lower-case protocol', { [`${api}.protocol`]: 'grpc' }, 'protocol', "'GRPC'"],
];
test.each(mistakes)('a mistake: %s', (_what, values, path, words) => {
  expect(mistakesOf(validStackWith(values))).toMatchObject([
    { path: `${api}.${path}`, fix: expect.stringContaining(words) },
  ]);
});
