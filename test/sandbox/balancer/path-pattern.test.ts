/** AWS's wildcard patterns for paths and hosts, and the normalised path that patterns are matched against. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isHostPattern,
  isPathPattern,
  matchesHost,
  matchesPath,
  normalizePath,
} from '../../../sandbox/balancer/path-pattern.ts';
import { matchesWildcard } from '../../../sandbox/wildcard.ts';

describe('a path pattern', () => {
  test.each([
    ['/api', '/api', true],
    ['/api', '/api/', false],
    ['/api', '/API', false],
    ['/API', '/api', false],
    ['/api/*', '/api/', true],
    ['/api/*', '/api/orders', true],
    ['/api/*', '/api/orders/1/lines', true],
    ['/api/*', '/api', false],
    ['/api/*', '/Api/orders', false],
    ['/api1*', '/api1', true],
    ['/api1*', '/api1/orders', true],
    ['/api1*', '/api10', true],
    ['/api1*', '/api2', false],
    ['*', '/', true],
    ['*', '/a/b/c', true],
    ['/*', '/', true],
    ['/?', '/', false],
    ['/?', '/a', true],
    ['/?', '/ab', false],
    ['/?', '//', true],
    ['/img/*.png', '/img/a/b.png', true],
    ['/img/*.png', '/img/a.png.jpg', false],
    ['/img/*.png', '/img/.png', true],
    ['/*/edit', '/a/b/edit', true],
    ['/*/edit', '/edit', false],
    ['/a*b*c', '/abbc', true],
    ['/a*b*c', '/acb', false],
    ['/a**', '/a', true],
    ['*/x', '/x/x/x', true],
    ['/a.c', '/abc', false],
    ['/$(a)', '/$(a)', true],
  ])('%s matches %s: %s', (pattern, path, expected) => {
    expect(matchesPath(pattern, path)).toBe(expected);
  });

  test('matches the same paths as an equivalent regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('/', 'a', 'b'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('/', 'a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (glob, path) => {
        const regex = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesPath(glob, path)).toBe(regex.test(path));
      }),
    );
  });

  test('is not slowed down by a path that would cause backtracking', () => {
    const startedAt = performance.now();
    expect(matchesPath('*a*a*a*a*b', `/${'a'.repeat(60_000)}`)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('matches a character after a backslash literally', () => {
    expect(matchesWildcard('a\\*', 'a*')).toBe(true);
    expect(matchesWildcard('a\\*', 'ab')).toBe(false);
    expect(matchesWildcard('a\\?', 'a?')).toBe(true);
  });
});

describe('a host pattern', () => {
  test.each([
    ['example.com', 'example.com', true],
    ['Example.com', 'eXample.COM', true],
    ['*.example.com', 'test.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['www?.example.com', 'www1.example.com', true],
    ['www?.example.com', 'www.example.com', false],
  ])('%s matches %s: %s', (pattern, host, expected) => {
    expect(matchesHost(pattern, host)).toBe(expected);
  });
});

describe('the validity of a pattern', () => {
  test.each([
    ['/api/*', true],
    [`/_-.$/~"'@:+&*?`, true],
    ['/a b', false],
    ['/caf%C3%A9', false],
    ['', false],
    [`/${'a'.repeat(127)}`, true],
    [`/${'a'.repeat(128)}`, false],
  ])('the path pattern %s is valid: %s', (pattern, expected) => {
    expect(isPathPattern(pattern)).toBe(expected);
  });

  test.each([
    ['example.com', true],
    ['*.example.com', true],
    ['localhost', false],
    ['exa_mple.com', false],
    [`${'a'.repeat(124)}.com`, true],
    [`${'a'.repeat(125)}.com`, false],
  ])('the host pattern %s is valid: %s', (pattern, expected) => {
    expect(isHostPattern(pattern)).toBe(expected);
  });
});

describe('the path that rules see', () => {
  test.each([
    ['/', '/'],
    ['/api/orders', '/api/orders'],
    ['/api/', '/api/'],
    ['/a/./b', '/a/b'],
    ['/a/../b', '/b'],
    ['/a/b/..', '/a/'],
    ['/a/.', '/a/'],
    ['/a/..', '/'],
    ['/a/...', '/a/...'],
    ['/%61pi', '/api'],
    ['/a/%2e%2e/b', '/b'],
    ['/a/.%2E/b', '/b'],
    ['/a%2fb', '/a%2Fb'],
    ['/%7euser', '/~user'],
    ['/%C3%A9', '/%C3%A9'],
    ['/%c3%a9', '/%C3%A9'],
    ['/100%', '/100%'],
    ['/%zz', '/%zz'],
    ['/%2561', '/%2561'],
    ['//application', '//application'],
    ['/a//b', '/a//b'],
    ['/a//../b', '/a/b'],
  ])('for %s is %s', (path, expected) => {
    expect(normalizePath(path)).toBe(expected);
  });

  test.each(['/..', '/../a', '/a/../../b', '/%2e%2e/a'])(
    'for %s does not exist, because the path leads above the root',
    (path) => {
      expect(normalizePath(path)).toBeUndefined();
    },
  );

  test('is normalised completely: normalising it again changes nothing', () => {
    const path = fc.string({ unit: fc.constantFrom('/', '.', 'a', '%2e', '%2F', '%'), maxLength: 12 });
    fc.assert(
      fc.property(path, (tail) => {
        const once = normalizePath(`/${tail}`);
        fc.pre(once !== undefined);
        expect(normalizePath(once)).toBe(once);
      }),
    );
  });
});
