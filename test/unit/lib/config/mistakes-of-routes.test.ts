// Mistakes in routes, each with its path, its value and the fix: what AWS would refuse, and what has no effect.
import { expect, test } from '@jest/globals';
import { mistakesOf, validStackWith } from './support.ts';

const api = 'services.shop.containers.api';
const routes = `${api}.routes`;
const respond = { status: 404 };

const cases: [what: string, values: Record<string, unknown>, mistakes: Record<string, string>][] = [
  [
    'a pattern with a space',
    { [routes]: [{ paths: '/a b*' }] },
    { [`${routes}[0].paths`]: 'Use letters, digits' },
  ],
  [
    'a long pattern',
    { [routes]: [{ paths: `/${'x'.repeat(128)}*` }] },
    { [`${routes}[0].paths`]: 'Use at most 128' },
  ],
  [
    'a path without a slash',
    { [routes]: [{ paths: ['api'] }] },
    { [`${routes}[0].paths[0]`]: 'Begin the path with a slash' },
  ],
  [
    'a host with a port',
    { [routes]: [{ hosts: 'a.com:80' }] },
    { [`${routes}[0].hosts`]: 'Use the host alone' },
  ],
  ['a host in capitals', { [routes]: [{ hosts: 'A.com' }] }, { [`${routes}[0].hosts`]: 'Use a.com' }],
  [
    'a host without a dot',
    { [routes]: [{ hosts: 'localhost' }] },
    { [`${routes}[0].hosts`]: 'Use a host such as' },
  ],
  [
    'digits after the last dot',
    { [routes]: [{ hosts: '10.0.0.1' }] },
    { [`${routes}[0].hosts`]: 'Use a host such as' },
  ],
  ['a method in lower case', { [routes]: [{ methods: 'get' }] }, { [`${routes}[0].methods`]: 'Use GET' }],
  [
    'a method with a wildcard',
    { [routes]: [{ methods: 'P*' }] },
    { [`${routes}[0].methods`]: 'Use a request method' },
  ],
  [
    'the header Host',
    { [routes]: [{ headers: { HOST: 'a' } }] },
    { [`${routes}[0].headers.HOST`]: 'Use hosts instead' },
  ],
  [
    'a wildcard in a header name',
    { [routes]: [{ headers: { 'X-*': 'a' } }] },
    { [`${routes}[0].headers['X-*']`]: 'Use the whole name' },
  ],
  [
    'a long header name',
    { [routes]: [{ headers: { ['x'.repeat(41)]: 'a' } }] },
    { [`${routes}[0].headers.${'x'.repeat(41)}`]: 'Use at most 40' },
  ],
  [
    'one header twice',
    { [routes]: [{ headers: { 'X-A': 'a', 'x-a': 'b' } }] },
    { [`${routes}[0].headers.x-a`]: 'Put its values under X-A' },
  ],
  [
    'a header that JavaScript reserves',
    { [routes]: [{ paths: '/x', headers: JSON.parse('{"__proto__":"a"}') as object }] },
    { [`${routes}[0].headers.__proto__`]: 'Remove it' },
  ],
  [
    'an empty header value',
    { [routes]: [{ headers: { 'X-A': '' } }] },
    { [`${routes}[0].headers.X-A`]: 'Use 1 to 128' },
  ],
  [
    'an empty query key',
    { [routes]: [{ queries: { '': 'a' } }] },
    { [`${routes}[0].queries['']`]: 'Use the key' },
  ],
  [
    'an address as a source',
    { [routes]: [{ sources: '10.0.0.1' }] },
    { [`${routes}[0].sources`]: 'Use a CIDR block: 10.0.0.1/32' },
  ],
  [
    'no block as a source',
    { [routes]: [{ sources: 'office' }] },
    { [`${routes}[0].sources`]: 'Use a CIDR block of clients' },
  ],
  [
    'a priority of zero',
    { [routes]: [{ paths: '/x', priority: 0 }] },
    { [`${routes}[0].priority`]: 'Use a whole number from 1 to 50000' },
  ],
  ['an unknown key', { [routes]: [{ pathes: '/x' }] }, { [`${routes}[0].pathes`]: 'Did you mean paths?' }],
  ['no condition', { [routes]: [{}] }, { [`${routes}[0]`]: 'Add paths' }],
  [
    'six values',
    { [routes]: [{ paths: '/x', hosts: ['a.com', 'b.com'], methods: ['GET', 'HEAD'] }] },
    { [`${routes}[0]`]: 'Split it into several routes: AWS allows 5 values' },
  ],
  [
    'six wildcards',
    { [routes]: [{ paths: '/*/*/*', hosts: '*.*.*.com' }] },
    { [`${routes}[0]`]: 'Split it into several routes: AWS allows 5 wildcards' },
  ],
  [
    'more than 100 rules',
    { [routes]: Array.from({ length: 101 }, (_, index) => ({ paths: `/x${index}` })) },
    { services: 'Use at most 100 paths and routes' },
  ],
  [
    'the same conditions twice',
    {
      [routes]: [
        { paths: '/x', methods: ['GET', 'HEAD'] },
        { paths: '/x', methods: ['HEAD', 'GET'] },
      ],
    },
    { [`${routes}[1]`]: `Remove it, or add a condition: ${routes}[0] has` },
  ],
  [
    'one priority twice',
    {
      [routes]: [
        { paths: '/x', priority: 7 },
        { paths: '/y', priority: 7 },
      ],
    },
    { [`${routes}[1].priority`]: 'Use another priority' },
  ],
  [
    'a route that an earlier one shadows',
    {
      [routes]: [
        { paths: '/x*', priority: 7 },
        { paths: '/x/y', hosts: 'a.com' },
      ],
    },
    { [`${routes}[1]`]: 'Give it a priority below 7' },
  ],
  [
    'stripPath with a pattern',
    { [routes]: [{ paths: '/x/*', stripPath: true }] },
    { [`${routes}[0].stripPath`]: 'Use paths without wildcards' },
  ],
  [
    'stripPath and a rewrite',
    { [routes]: [{ paths: '/x', stripPath: true, rewrite: { url: { regex: 'a', replace: 'b' } } }] },
    { [`${routes}[0].rewrite.url`]: 'Remove it or stripPath' },
  ],
  ...[
    '(?=a)',
    '(?<!a)',
    '(a)\\1',
    'a++',
    '(?>a)',
    '\\p{L}',
    '\\u0041',
    '[\\y]',
    '[^]',
    'a{1001}',
    'a{1,2000}',
    'a{1001,}',
  ].map((regex): (typeof cases)[number] => [
    `a rewrite with ${regex}`,
    { [routes]: [{ paths: '/x', rewrite: { url: { regex, replace: 'b' } } }] },
    { [`${routes}[0].rewrite.url.regex`]: 'Leave out' },
  ]),
  [
    'an invalid rewrite',
    { [routes]: [{ paths: '/x', rewrite: { url: { regex: '(', replace: 'b' } } }] },
    { [`${routes}[0].rewrite.url.regex`]: 'Use a regular expression that RE2 accepts' },
  ],
  [
    'a group that does not exist',
    { [routes]: [{ paths: '/x', rewrite: { url: { regex: '(a)', replace: '$2' } } }] },
    { [`${routes}[0].rewrite.url.replace`]: 'Use groups up to $1' },
  ],
  [
    'stripPath without a path',
    { [`${api}.path`]: '/', [`${api}.stripPath`]: true, 'services.shop.containers.proxy.path': '/other' },
    { [`${api}.stripPath`]: 'Add a path other than /' },
  ],
  [
    'several paths of a canary',
    { [`${api}.path`]: ['/a', '/b'], 'services.shop.deploy': 'blueGreen' },
    { [`${api}.path`]: 'Use one path or one route' },
  ],
  ['no answer', { routes: [{ paths: '/x' }] }, { 'routes[0]': 'Use either redirect or respond.' }],
  [
    'two answers',
    { routes: [{ paths: '/x', respond, redirect: { host: 'a.com' } }] },
    { 'routes[0]': 'Use either' },
  ],
  [
    'a response with 302',
    { routes: [{ paths: '/x', respond: { status: 302 } }] },
    { 'routes[0].respond.status': 'Use 2xx' },
  ],
  [
    'a redirect without a change',
    { routes: [{ paths: '/x', redirect: {} }] },
    { 'routes[0].redirect': 'Change the host or the path' },
  ],
  [
    'a redirect to a path below its own',
    { routes: [{ paths: '/x', redirect: { path: '/x/' } }] },
    { 'routes[0].redirect': 'Change the host or the path' },
  ],
  [
    'a redirect to a host that it applies to',
    { routes: [{ hosts: '*.a.com', redirect: { host: 'www.a.com' } }] },
    { 'routes[0].redirect': 'Change the host or the path' },
  ],
  [
    'a redirect to a path below its own that grows with each request',
    { routes: [{ paths: '/x', redirect: { path: '/x/#{path}' } }] },
    { 'routes[0].redirect': 'Change the host or the path' },
  ],
  [
    'a redirect to a host that grows with each request',
    { routes: [{ hosts: '*.a.com', redirect: { host: 'www.#{host}' } }] },
    { 'routes[0].redirect': 'Change the host or the path' },
  ],
  [
    'a redirect to a URL',
    { routes: [{ paths: '/x', redirect: { host: 'https://a.com' } }] },
    { 'routes[0].redirect.host': 'Use a host' },
  ],
  [
    'a redirect with an unknown keyword',
    { routes: [{ paths: '/x', redirect: { path: '/#{name}' } }] },
    { 'routes[0].redirect.path': 'Use the keywords' },
  ],
  [
    'a port as a redirect',
    { routes: [{ paths: '/x', redirect: { port: '0' } }] },
    { 'routes[0].redirect.port': 'Use a port' },
  ],
  [
    'a long body',
    { routes: [{ paths: '/x', respond: { status: 200, body: 'x'.repeat(1025) } }] },
    { 'routes[0].respond.body': 'Use at most 1024' },
  ],
];

test.each(cases)('%s is a mistake', (_what, values, expected) => {
  const mistakes = mistakesOf(validStackWith(values));
  expect(mistakes.map(({ path }) => path)).toEqual(Object.keys(expected));
  for (const { path, fix, value } of mistakes) {
    expect(fix.slice(0, expected[path]?.length)).toBe(expected[path]);
    expect(value).not.toBe('');
  }
});

test('thousands of rules are a mistake, too, which is found at once', () => {
  const many = Array.from({ length: 3000 }, (_, index) => ({
    paths: `/x${index}/${'y'.repeat(80)}*`,
    hosts: `a${index}.com`,
  }));
  expect(mistakesOf(validStackWith({ [routes]: many }))).toMatchObject([{ path: 'services' }]);
});

test.each<[what: string, values: Record<string, unknown>]>([
  ['paths in a list', { [`${api}.path`]: ['/a', '/b'], [`${api}.stripPath`]: true }],
  ['www to the apex', { routes: [{ hosts: 'www.a.com', redirect: { host: 'a.com' } }] }],
  ['a moved path', { routes: [{ paths: '/old', redirect: { path: '/new/#{path}', permanent: false } }] }],
  ['a more specific route beside a path', { [routes]: [{ paths: '/x', methods: 'POST' }, { paths: '/x' }] }],
  [
    'a rewrite',
    { [routes]: [{ paths: '/x', rewrite: { url: { regex: '^/x/([0-9]+)', replace: '/y?id=$1' } } }] },
  ],
  ...[
    '\\*+',
    '\\(?=',
    'a{1000}',
    '(?i:a)',
    '(?i)a',
    'a(?s-i)b',
    '[]a]',
    '\\\\u',
    '[*+]+',
    '(\\(?i)',
    '(?-s:a)',
  ].map((regex): [string, Record<string, unknown>] => [
    `a rewrite with ${regex}`,
    { [routes]: [{ paths: '/x', rewrite: { url: { regex, replace: 'b' } } }] },
  ]),
  [
    'an expression that JavaScript would match very slowly',
    { [routes]: [{ paths: '/x', rewrite: { url: { regex: `${'(?:|)'.repeat(40)}b`, replace: 'b' } } }] },
  ],
  [
    'a redirect of everything else to the path of a container',
    {
      [`${api}.path`]: '/app',
      'services.shop.containers.proxy.path': '/other',
      routes: [{ paths: '/', redirect: { path: '/app/#{path}' } }],
    },
  ],
  ['an IPv6 source', { [routes]: [{ paths: '/x', sources: ['2001:db8::/32', '10.0.0.0/8'] }] }],
])('%s is no mistake', (_what, values) => {
  expect(mistakesOf(validStackWith(values))).toEqual([]);
});

test('an empty list of routes lacks an entry', () => {
  expect(mistakesOf(validStackWith({ routes: [] }))).toMatchObject([
    {
      path: 'routes',
      value: 'an empty list',
      fix: 'Add an entry, or leave the field out: routes that the load balancer answers on its own: redirects and fixed responses.',
    },
  ]);
});
