/** The regular expressions of rules take bounded time and have RE2's syntax. */
import { describe, expect, test } from '@jest/globals';
import { isRegex, matchesRegex } from '../../../sandbox/balancer/regex.ts';

/** The longest path that the load balancer accepts. It almost matches the expressions. */
const LONG = `${'a'.repeat(16_000)}!`;

describe('a regular expression', () => {
  test.each([
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '(.*a){20}$',
    '^(a?){30}a{30}$',
    '(([a-z])+.)+[A-Z]([a-z])+$',
  ])('%s does not take exponential time', (regex) => {
    const startedAt = performance.now();
    expect(matchesRegex(regex, LONG, 'exact')).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(10_000); // backtracking would take years
  });

  test.each([
    ['^/api\\d+/', '/api1/x', 'exact', true],
    ['api', '/my/api/x', 'exact', true],
    ['^API$', 'api', 'exact', false],
    ['^API$', 'api', 'any', true],
    ['^\\p{Greek}+$', 'λόγος', 'exact', true],
  ] as const)(
    '%s, applied to %s with the letter case "%s", matches: %j',
    (regex, text, letterCase, found) => {
      expect(matchesRegex(regex, text, letterCase)).toBe(found);
    },
  );

  test.each(['(', '(?=a)', '(?<!a)b', '(a)\\1', '((a{1000}){1000}){1000}'])('%s is not valid', (regex) => {
    expect(isRegex(regex)).toBe(false);
  });
});
