// Mistakes are all reported together, each only once and in a readable form.
import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../../lib/config/parse.ts';
import { mistakesOf, placesOf, read, validStack, validStackWith } from './support.ts';

const api = 'services.shop.containers.api';

describe('mistakes', () => {
  test('are all reported together, both those in single fields and those between fields', () => {
    const stack = validStackWith({
      region: 'Ireland',
      'domain.zone': 'example.org',
      'network.zones': 9,
      'services.shop.memory': 512,
      [`${api}.prot`]: 1,
      [`${api}.health.timeoutSeconds`]: 20,
      'services.shop.containers.proxy.port': 5000,
      'services.shop.containers.proxy.path': '/x*',
    });
    expect(
      mistakesOf(stack, 'Dev')
        .map(({ path }) => path)
        .sort(),
    ).toEqual([
      '--stage',
      'domain.name',
      'network.zones',
      'region',
      `${api}.health.timeoutSeconds`,
      `${api}.prot`,
      'services.shop.containers.proxy.path',
      'services.shop.containers.proxy.port',
      'services.shop.memory',
    ]);
  });

  test.each(placesOf(validStack()))(
    'in the type of %s are reported once, and hide no other mistakes',
    (place) => {
      const clash = { image: 'nginx', port: 1, path: '/clash' };
      const shownPath = place.replace(/\.(\d)(?=\.|$)/g, '[$1]');
      const alone = mistakesOf(validStackWith({ [place]: () => 'x' }));
      expect(alone.map(({ path }) => path)).toEqual([shownPath]);
      const both = mistakesOf(
        validStackWith({ [place]: () => 'x', 'services.other.containers': { a: clash, b: clash } }),
      );
      expect(both.map(({ path }) => path)).toEqual([
        shownPath,
        'services.other.containers.b.port',
        'services.other.containers.b.path',
      ]);
    },
  );

  test('that depend on another mistake are reported only after that mistake is corrected', () => {
    const tooLong = {
      'services.shop.containers.recommendations-v2': { image: 'nginx', port: 1, path: '/r' },
    };
    expect(mistakesOf(validStackWith({ ...tooLong, name: 7 })).map(({ path }) => path)).toEqual(['name']);
    expect(mistakesOf(validStackWith(tooLong)).map(({ path }) => path)).toEqual(Object.keys(tooLong));
  });

  test.each([
    'domain',
    'network',
    'tags',
    'services',
    'services.shop',
    'services.shop.containers',
    api,
    `${api}.health`,
    `${api}.environment`,
    `${api}.command`,
  ])('in the type of the whole object %s are reported once', (place) => {
    expect(mistakesOf(validStackWith({ [place]: 7 })).map(({ path }) => path)).toEqual([place]);
  });

  test.each([
    ['nmae', 'name', 'name'],
    ['domain.Zone', 'domain.zone', 'zone'],
    ['servces', 'services', 'services'],
    ['services.shop.container', 'services.shop.containers', 'containers'],
    ['services.shop.CPU', 'services.shop.cpu', 'cpu'],
    [`${api}.prot`, `${api}.port`, 'port'],
    [`${api}.soruce`, `${api}.source`, 'source'],
    [`${api}.env`, `${api}.environment`, 'environment'],
    [`${api}.health.interval`, `${api}.health.intervalSeconds`, 'intervalSeconds'],
  ])('in the misspelt key %s are reported once, with the intended key', (typed, meant, name) => {
    expect(mistakesOf(validStackWith({ [typed]: 20, [meant]: undefined }))).toEqual([
      { path: typed, value: 'unknown key', fix: `Did you mean ${name}?` },
    ]);
  });

  test.each([
    ['qqqq', /^Remove it\. The known keys are: name, region, project, domain, .*, services\.$/],
    ['regions', /^Remove it\. The known keys are: /],
  ])(
    'in the unknown key %s, which resembles no missing key, are reported with all known keys',
    (key, fix) => {
      expect(mistakesOf(validStackWith({ [key]: 1 }))).toEqual([
        { path: key, value: 'unknown key', fix: expect.stringMatching(fix) },
      ]);
    },
  );

  test.each([
    [undefined, 'missing'],
    [null, 'null'],
    ['stack', "'stack'"],
    [[], 'a list'],
  ])('are reported once when the stack is %p', (input, value) => {
    expect(mistakesOf(input)).toEqual([{ path: 'default export', value, fix: 'Use an object: a stack.' }]);
  });

  test('are readable in a terminal', () => {
    const read = () =>
      parseConfig(validStackWith({ [`${api}.source`]: undefined, 'services.shop.cpu': 300 }), {
        stage: 'dev',
        target: 'sandbox',
        folder: '/',
        file: 'shop.config.ts',
      });
    expect(read).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        what: 'shop.config.ts has 2 mistakes.',
        why: [
          'services.shop.cpu: 300. Use one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768: CPU units of a task; 1024 units are one virtual CPU.',
          `${api}.source: missing. Set source (the folder of its program) or image (the reference of an image).`,
        ].join('\n'),
        now: 'Nothing was changed.',
        fix: ['Correct shop.config.ts, then run the command again.'],
      }),
    );
  });

  test('in the stage alone are attributed to the command, not to the file', () => {
    expect(() => read(validStack(), 'Dev')).toThrow(
      expect.objectContaining({
        what: 'The command has 1 mistake.',
        fix: ['Correct --stage, then run the command again.'],
      }),
    );
  });

  test('stay short and on one line, whatever the value', () => {
    const [mistake] = mistakesOf(validStackWith({ region: `\u001b[31mred\n${'x'.repeat(1000)}` }));
    expect(mistake?.value).toMatch(/^'\\x1B\[31mred\\nx+'\.\.\. \d+ more characters$/);
    const [key] = mistakesOf(validStackWith({ tags: { ['\u001b[31m\n']: 'x' } }));
    expect(key?.path).toBe("tags['\\x1B[31m\\n']");
  });
});
