// Absurd inputs: each becomes a configuration or a list of mistakes; nothing is lost, and no secret is shown.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidConfig } from '../../../../lib/config/mistake.ts';
import { mistakesOf, placesOf, read, validStack, validStackWith, WITHOUT_BALANCER } from './support.ts';

const api = 'services.shop.containers.api';

describe('keys with a meaning in JavaScript', () => {
  const parsed = (json: string): unknown => JSON.parse(json);

  test.each([
    ['tags', '{ "__proto__": "web" }'],
    [
      'services',
      '{ "__proto__": { "containers": {} }, "a": { "containers": { "b": { "image": "nginx" } } } }',
    ],
    ['services.shop.containers', '{ "__proto__": { "image": "nginx" }, "a": { "image": "nginx" } }'],
    [`${api}.environment`, '{ "__proto__": "x" }'],
  ])('__proto__ in %s is refused instead of lost', (place, json) => {
    const values = { ...WITHOUT_BALANCER, 'services.shop.graceSeconds': undefined };
    expect(mistakesOf(validStackWith({ ...values, [place]: parsed(json) }))).toEqual([
      {
        path: `${place}.__proto__`,
        value: 'unknown key',
        fix: 'Remove it: JavaScript reserves this name.',
      },
    ]);
  });

  test('__proto__ as a field is an unknown key, and changes no prototype', () => {
    const stack = { ...validStack(), ...(parsed('{ "__proto__": { "polluted": true } }') as object) };
    expect(mistakesOf(stack)).toMatchObject([{ path: '__proto__', value: 'unknown key' }]);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  test('constructor and the like are ordinary names', () => {
    const config = read(
      validStackWith({
        'tags.constructor': 'x',
        [`${api}.environment`]: { toString: 'y' },
        'services.constructor': { containers: { valueof: { image: 'nginx' } } },
      }),
    );
    expect(config.tags).toEqual({ team: 'web', constructor: 'x' });
    expect(config.services.map(({ name }) => name)).toEqual(['shop', 'constructor']);
    expect(config.services[0]?.containers[0]?.environment).toEqual({ toString: 'y', PORT: '5000' });
  });
});

describe('any input', () => {
  const knownKeys = [
    'name',
    'region',
    'services',
    'containers',
    'image',
    'port',
    'path',
    'environment',
    'tags',
    'domain',
    'zone',
    'health',
    '__proto__',
    'constructor',
  ];
  const anything = fc.anything({
    key: fc.oneof(fc.constantFrom(...knownKeys), fc.string()),
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
    maxDepth: 5,
  });
  const outcome = (input: unknown): unknown => {
    try {
      return read(input).services.length;
    } catch (error) {
      return error;
    }
  };
  const expectConfigOrMistakes = (input: unknown): void => {
    const result = outcome(input);
    if (typeof result === 'number') return;
    if (!(result instanceof InvalidConfig)) throw result;
    expect(result.mistakes.length).toBeGreaterThan(0);
    for (const { path, value, fix } of result.mistakes) {
      expect(path + value + fix).not.toMatch(/[\n\u001b]/);
      expect(fix).toMatch(/[.?]$/);
    }
  };

  test('becomes a configuration or a list of mistakes', () => {
    fc.assert(fc.property(anything, expectConfigOrMistakes), { numRuns: 300 });
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), expectConfigOrMistakes), { numRuns: 300 });
  });

  test('becomes a configuration or a list of mistakes even as part of a valid stack', () => {
    const places = fc.constantFrom(
      ...placesOf(validStack()),
      'domain',
      'services',
      'services.shop',
      api,
      `${api}.health`,
      'tags',
      `${api}.extra`,
    );
    const changes = fc.dictionary(places, anything, { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(changes, (values) => {
        // Shorter paths come first, so that values at longer paths are set inside the new values where that is possible.
        const ordered = Object.entries(values).sort(([one], [other]) => one.length - other.length);
        let input: unknown;
        try {
          input = validStackWith(Object.fromEntries(ordered));
        } catch {
          // A new value at a shorter path is not an object, so nothing can be set inside it.
          return;
        }
        expectConfigOrMistakes(input);
      }),
      { numRuns: 500 },
    );
  });

  test('never shows a secret that is an environment variable or a command argument', () => {
    const secret = fc.string({ minLength: 8, maxLength: 12 }).map((text) => `hunter2${text}`);
    const mistake = fc.constantFrom<[string, (text: string) => unknown]>(
      [`${api}.environment`, (text) => text],
      [`${api}.environment`, (text) => [text]],
      [`${api}.environment`, (text) => ({ A: [text] })],
      [`${api}.environment`, (text) => ({ A: { B: text } })],
      [`${api}.environment`, (text) => ({ 'no=name': text })],
      [`${api}.environment`, (text) => ({ A: `${text}\0` })],
      [`${api}.enviroment`, (text) => ({ A: text })],
      [`${api}.env`, (text) => text],
      ['services.shop.environment', (text) => ({ A: text })],
      ['services.shop.containers.environment', (text) => text],
      ['environment', (text) => text],
      [`${api}.command`, (text) => `run --token ${text}`],
      [`${api}.command`, (text) => ['run', { token: text }]],
    );
    fc.assert(
      fc.property(secret, mistake, (text, [place, value]) => {
        const result = outcome(validStackWith({ [place]: value(text) }));
        expect(result).toBeInstanceOf(InvalidConfig);
        expect(JSON.stringify(result)).not.toContain('hunter2');
        expect(String(result)).not.toContain('hunter2');
      }),
    );
  });
});
