// Coverage of rules: when an earlier rule certainly matches all requests of a later one.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { conditionsFor } from '../../../../lib/derive/conditions.ts';
import { containsBlock, coversPattern, shadowedBy } from '../../../../lib/derive/rule-coverage.ts';
import type { RouteConditions } from '../../../../lib/config/route-schema.ts';
import { shadowEvents } from '../../../../provision/shadowed-routes.ts';
import { matchesWildcard } from '../../../../sandbox/wildcard.ts';
import { config } from '../../step-harness.ts';

test.each([
  ['/*', '/a/*', true],
  ['/a*', '/a', true],
  ['/a', '/a*', false],
  ['/?', '/a', true],
  ['/?', '/*', false],
  ['*', '/a?b*', true],
  ['/a*b', '/ab', true],
  ['/a*c', '/a*b*c', true],
  ['/a*c', '/a*b', false],
  ['/a/*', '/a', false],
])('%s covers %s: %s', (general, special, expected) => {
  expect(coversPattern(general, special)).toBe(expected);
});

test('a pattern that covers another one matches every string that the other one matches', () => {
  const pattern = fc.stringMatching(/^[ab*?]{0,6}$/);
  fc.assert(
    fc.property(pattern, pattern, fc.stringMatching(/^[ab]{0,6}$/), (general, special, text) => {
      fc.pre(coversPattern(general, special) && matchesWildcard(special, text));
      expect(matchesWildcard(general, text)).toBe(true);
    }),
  );
});

test.each([
  ['10.0.0.0/8', '10.1.0.0/16', true],
  ['10.1.0.0/16', '10.0.0.0/8', false],
  ['0.0.0.0/0', '2001:db8::/32', false],
  ['2001:db8::/32', '2001:db8:1::/48', true],
])('%s contains %s: %s', (general, special, expected) => {
  expect(containsBlock(general, special)).toBe(expected);
});

const of = (route: RouteConditions) => conditionsFor(route, [route.paths ?? []].flat());
test.each<[earlier: RouteConditions, later: RouteConditions, shadowed: 'all' | string[]]>([
  [{ paths: '/a' }, { paths: '/a/b' }, 'all'],
  [{ paths: '/a/b' }, { paths: '/a' }, []],
  [{ paths: '/a' }, { paths: '/a/b', hosts: 'a.com' }, 'all'],
  [{ paths: '/a', hosts: 'a.com' }, { paths: '/a/b' }, []],
  [{ hosts: '*.com' }, { hosts: 'a.com', methods: 'GET' }, 'all'],
  [{ methods: 'GET' }, { methods: ['GET', 'POST'] }, ['GET']],
  [{ paths: '/a', methods: 'GET' }, { paths: '/b', methods: 'GET' }, []],
  [{ headers: { 'X-A': '1*' } }, { headers: { 'x-a': '12', 'X-B': 'b' } }, 'all'],
  [{ queries: { a: '1' } }, { queries: { a: ['1', '2'] } }, ['1']],
  [{ sources: '10.0.0.0/8' }, { sources: ['10.1.0.0/16', '192.0.2.0/24'] }, ['10.1.0.0/16']],
])('of an earlier rule for %j, a later one for %j loses %j', (earlier, later, shadowed) => {
  expect(shadowedBy(of(earlier), of(later))).toEqual(shadowed);
});

test('a plan warns of the values of a route that never apply', () => {
  const respond = { status: 404, contentType: 'text/plain' } as const;
  const routes = [
    { paths: '/a', methods: 'GET', priority: 1, respond },
    { paths: '/a/b', methods: ['GET', 'POST'], respond },
  ];
  expect(shadowEvents(config({ routes }))).toEqual([
    {
      type: 'warning',
      text: 'routes[1]: GET never applies, since routes[0] matches these requests first',
    },
  ]);
  expect(shadowEvents(config())).toEqual([]);
});
