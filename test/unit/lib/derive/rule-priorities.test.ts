// Properties of rule priorities that hold for all paths.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_PATH_LENGTH } from '../../../../lib/config/field-rules.ts';
import { patternsOf } from '../../../../lib/derive/conditions.ts';
import { desiredRules } from '../../../../lib/derive/desired-rules.ts';
import { assignPriorities, bandOf, configuredRules } from '../../../../lib/derive/rule-priorities.ts';
import type { AnsweredRoute } from '../../../../lib/config/route-schema.ts';
import { config } from '../../step-harness.ts';

const respond = { status: 404, contentType: 'text/plain' } as const;
const rulesFor = (...routes: AnsweredRoute[]) => desiredRules(config({ services: [], routes }));
const prioritiesOf = (all: readonly string[]): ReadonlyMap<string, number> => {
  const rules = rulesFor(...all.map((text) => ({ paths: text, respond })));
  const priorities = assignPriorities(rules);
  return new Map(rules.map(({ key, path: text }) => [text, priorities.get(key) ?? 0]));
};

const inOrder = (rules: ReturnType<typeof rulesFor>): number[] => {
  const priorities = assignPriorities(rules);
  return rules.map(({ key }) => priorities.get(key) ?? 0);
};

/** Half of the segments are from a short list, so that many paths share prefixes and lengths. */
const segment = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'aa', 'ab', 'api', 'v1', 'v2'),
  fc.stringMatching(/^[A-Za-z0-9_.~$@:+&-]{1,60}$/),
);
const path = fc
  .array(segment, { maxLength: 6 })
  .map((segments) => `/${segments.join('/')}`)
  .filter((text) => text.length <= MAX_PATH_LENGTH);
const paths = fc.uniqueArray(path, { maxLength: 100 });

/** Whether a path is a prefix of another, in whole segments. */
const isPrefix = (one: string, other: string): boolean =>
  one !== other && other.startsWith(one === '/' ? '/' : `${one}/`);

describe('priorities', () => {
  test('are unique, and from 1 to 50000', () => {
    fc.assert(
      fc.property(paths, (all) => {
        const priorities = [...prioritiesOf(all).values()];
        expect(priorities).toHaveLength(all.length);
        expect(new Set(priorities).size).toBe(all.length);
        for (const priority of priorities) {
          expect(Number.isInteger(priority)).toBe(true);
          expect(priority).toBeGreaterThanOrEqual(1);
          expect(priority).toBeLessThanOrEqual(50_000);
        }
      }),
    );
  });

  test('are larger for a prefix of another path: the more specific rule is evaluated first', () => {
    fc.assert(
      fc.property(paths, path, fc.array(segment, { minLength: 1, maxLength: 3 }), (others, shorter, rest) => {
        const longer = `${shorter === '/' ? '' : shorter}/${rest.join('/')}`;
        fc.pre(longer.length <= MAX_PATH_LENGTH);
        const all = [...new Set([...others, shorter, longer])];
        const priorities = prioritiesOf(all);
        for (const one of all) {
          for (const other of all.filter((candidate) => isPrefix(one, candidate))) {
            expect(priorities.get(one)).toBeGreaterThan(priorities.get(other) ?? Infinity);
          }
        }
      }),
    );
  });

  test('do not depend on the order of the paths', () => {
    fc.assert(
      fc.property(
        paths.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
          ),
        ),
        ([all, shuffled]) => {
          const [one, other] = [prioritiesOf(all), prioritiesOf(shuffled)];
          for (const text of all) expect(other.get(text)).toBe(one.get(text));
        },
      ),
    );
  });

  test('exist for the longest paths, and for many paths of the same length', () => {
    const long = Array.from(
      { length: 100 },
      (_, index) => `/${String(index).padStart(MAX_PATH_LENGTH - 1, 'x')}`,
    );
    const all = ['/', '/a', ...long];
    const priorities = prioritiesOf(all);
    expect(new Set(priorities.values()).size).toBe(all.length);
    const largest = Math.max(...long.map((text) => priorities.get(text) ?? Infinity));
    expect(largest).toBeLessThan(priorities.get('/a') ?? 0);
    expect(priorities.get('/a')).toBeLessThan(priorities.get('/') ?? 0);
  });

  test('are smaller for given hosts than for patterns of hosts, and for these than without a host', () => {
    const rules = rulesFor(
      { paths: '/a/long/path', respond },
      { hosts: '*.example.com', paths: '/a/path', respond },
      { hosts: 'www.example.com', respond },
    );
    const priorities = inOrder(rules);
    expect(priorities).toEqual([...priorities].sort((one, other) => other - one));
  });

  test('are smaller for a route with more conditions on the same path', () => {
    const rules = rulesFor(
      { paths: '/a', respond },
      { paths: '/a', methods: 'POST', respond },
      { paths: '/a', methods: 'POST', headers: { 'X-A': '1' }, respond },
    );
    const priorities = inOrder(rules);
    expect(priorities).toEqual([...priorities].sort((one, other) => other - one));
    expect(new Set(priorities).size).toBe(3);
  });

  test('that the configuration gives are kept, and no other rule gets them', () => {
    const [rule] = rulesFor({ paths: '/a', respond });
    const usual = assignPriorities(rule ? [rule] : []).get(rule?.key ?? '') ?? 0;
    const rules = rulesFor({ paths: '/a', respond }, { paths: '/b', priority: usual, respond });
    const priorities = assignPriorities(rules);
    expect(priorities.get('respond:/b')).toBe(usual);
    expect(priorities.get('respond:/a')).not.toBe(usual);
  });

  test('of existing rules stay as they are if they are right for the rule', () => {
    const [first, second] = rulesFor({ paths: '/a', respond }, { paths: '/b', respond });
    if (!first || !second) throw new Error('no rules');
    const { last } = bandOf(first);
    const existing = new Map([
      [first.key, last],
      [second.key, 1],
    ]);
    const priorities = assignPriorities([second, first], existing, [last - 1]);
    expect(priorities.get(first.key)).toBe(last);
    expect(priorities.get(second.key)).toBe(prioritiesOf(['/b']).get('/b'));
  });

  test('of a path stay the same when other paths are added or removed', () => {
    const alone = prioritiesOf(['/api1']).get('/api1');
    expect(prioritiesOf(['/', '/api1', '/api1/deep', '/other']).get('/api1')).toBe(alone);
  });
});

test('the rule of each routed container has its path and its priority', () => {
  const priorities = prioritiesOf(['/api1', '/api2']);
  expect(Object.fromEntries(configuredRules(config()))).toMatchObject({
    'web-api1': { path: '/api1', priority: priorities.get('/api1') },
    'web-api2': { path: '/api2', priority: priorities.get('/api2') },
  });
});

test.each([
  ['/api1', ['/api1', '/api1/*']],
  ['/a/b', ['/a/b', '/a/b/*']],
  ['/', ['/*']],
])('the patterns of %s match it and everything below it', (text, patterns) => {
  expect(patternsOf(text)).toEqual(patterns);
});
