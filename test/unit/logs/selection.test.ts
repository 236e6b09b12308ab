// The streams of a container or a service are selected by their names.
import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../../lib/config/config.ts';
import { selectionOf, sourceOf } from '../../../logs/selection.ts';

const config = {
  services: [
    { name: 'web', containers: [{ name: 'app' }, { name: 'proxy' }] },
    { name: 'jobs', containers: [{ name: 'worker' }, { name: 'proxy' }] },
    { name: 'worker', containers: [{ name: 'main' }] },
  ],
} as unknown as Pick<Config, 'services'>;
const source = (service: string, container: string) => ({ service, container, taskId: 't' });
const ALL = [
  source('web', 'app'),
  source('web', 'proxy'),
  source('jobs', 'worker'),
  source('jobs', 'proxy'),
  source('worker', 'main'),
  source('former', 'app'),
];

describe('a selection', () => {
  test.each<[string | undefined, string | undefined, string[]]>([
    [undefined, undefined, ['app', 'web/proxy', 'worker', 'jobs/proxy', 'main', 'former/app']],
    ['web', 'web/', ['app', 'proxy']],
    ['app', 'web/app/', ['app', 'former/app']],
    ['proxy', undefined, ['web/proxy', 'jobs/proxy']],
    ['jobs/proxy', 'jobs/proxy/', ['proxy']],
    ['worker', 'worker/', ['main']],
    ['jobs/worker', 'jobs/worker/', ['worker']],
  ])('of %s has the prefix %s', (name, prefix, labels) => {
    const selection = selectionOf(config, name);
    expect(selection.prefix).toBe(prefix);
    const inPrefix = ALL.filter(({ service, container }) =>
      `${service}/${container}/`.startsWith(prefix ?? ''),
    );
    // A name of a container alone selects it in every service; AWS returns only the streams with the prefix.
    const included = (
      prefix === undefined ? ALL : [...inPrefix, ...ALL.filter((one) => !inPrefix.includes(one))]
    )
      .filter((one) => selection.includes(one))
      .map((one) => selection.label(one));
    expect(included).toEqual(labels);
  });

  test('is refused for an unknown name, with the nearest one', () => {
    expect(() => selectionOf(config, 'wrker')).toThrow(
      expect.objectContaining({
        code: 'ARGUMENTS',
        what: 'There is no container or service wrker.',
        why: 'The names are web, jobs, worker, app, proxy, main, web/app, web/proxy, jobs/worker, jobs/proxy, worker/main. Did you mean worker?',
      }),
    );
  });
});

test.each([
  ['web/app/0123', { service: 'web', container: 'app', taskId: '0123' }],
  ['web/app', undefined],
  ['web/app/', undefined],
  ['web/app/0123/more', undefined],
])('the source of the stream %s is found by its name', (stream, expected) => {
  expect(sourceOf(stream)).toEqual(expected);
});
