// The builder that a run chooses for its images, and the number of builds.
import { describe, expect, test } from '@jest/globals';
import type { Builder, Config, Target } from '../../../../lib/config/config.ts';
import type { Builds } from '../../../../lib/image/builds.ts';
import { startBuilds, openBuilds } from '../../../../lib/image/open-builds.ts';
import type { Event } from '../../../../lib/model/report.ts';
import { config } from '../../step-harness.ts';
import { baseFixture, startRegistry } from './base-registry.ts';
import { makeCacheFolder } from './entries.ts';
import { enginesOnPath, folderOf, type EngineCall } from './folder.ts';

const LOCAL = 'http://127.0.0.1:4566';
const SOURCE = { 'src/main.ts': 'console.log(1);', Dockerfile: 'FROM node:22' };
const NODE = { 'main.js': 'listen()', Dockerfile: 'FROM node:22\nCMD ["node", "main.js"]\n' };

interface Case {
  readonly builder: Builder;
  readonly target: Target;
  readonly endpoint?: string | undefined;
  /** The engines that respond. */
  readonly engines?: readonly string[];
}

/** Opens the builds of a stack whose two containers have the same source folder. */
async function openCase({ builder, target, endpoint, engines = [] }: Case) {
  const calls = await enginesOnPath(Object.fromEntries(engines.map((name) => [name, ''])));
  const source = await folderOf(SOURCE);
  const stack = configWithImage({ source }, { builder, target });
  const events: Event[] = [];
  const builds = openBuilds(stack, { endpoint, report: (event) => events.push(event) });
  return { builds, calls, events };
}

/** The configuration with this image in all its containers. */
function configWithImage(
  image: Config['services'][0]['containers'][0]['image'],
  changes: Partial<Config>,
): Config {
  const base = config(changes);
  const services = base.services.map((service) => ({
    ...service,
    containers: service.containers.map((container) => ({ ...container, image })),
  }));
  return { ...base, services };
}

describe.each<[Case, string]>([
  [{ builder: 'auto', target: 'sandbox', engines: ['docker'] }, 'layers'],
  [{ builder: 'bundle', target: 'sandbox' }, 'bundle'],
  [{ builder: 'docker', target: 'sandbox', engines: ['podman'] }, 'podman'],
  [{ builder: 'auto', target: 'aws', engines: ['docker'] }, 'docker'],
  [{ builder: 'auto', target: 'aws', engines: ['podman'] }, 'podman'],
  [{ builder: 'docker', target: 'aws', engines: ['docker'] }, 'docker'],
  [{ builder: 'auto', target: 'aws', endpoint: LOCAL, engines: ['docker'] }, 'docker'],
])('%j', (given, expected) => {
  test(`builds images with ${expected}, without a warning`, async () => {
    const { builds, events } = await openCase(given);
    const build = await builds.of('web-api1');
    expect(build.kind === 'docker' ? build.engine : build.kind).toBe(expected);
    expect(events).toEqual([]);
  });
});

describe.each<[Case]>([
  [{ builder: 'auto', target: 'aws', endpoint: LOCAL }],
  [{ builder: 'bundle', target: 'aws', endpoint: LOCAL, engines: ['docker'] }],
  [{ builder: 'bundle', target: 'aws' }],
])('%j', (given) => {
  test('builds a bundle, and warns once that it runs in the sandbox only', async () => {
    const { builds, events } = await openCase(given);
    expect((await builds.of('web-api1')).kind).toBe('bundle');
    await builds.of('web-api2');
    expect(events).toEqual([
      {
        type: 'warning',
        text: 'Images are bundled: they have no base image and only run in the sandbox.',
      },
    ]);
  });
});

describe.each<[Case, RegExp]>([
  [{ builder: 'docker', target: 'aws' }, /nothing to build images with/],
  [{ builder: 'docker', target: 'aws', endpoint: LOCAL }, /nothing to build images with/],
  [{ builder: 'docker', target: 'sandbox' }, /nothing to build images with/],
])('%j', (given, what) => {
  test('is refused, with a fix in the problem', async () => {
    const { builds } = await openCase(given);
    await expect(builds.of('web-api1')).rejects.toMatchObject({
      code: 'BUILDER',
      what: expect.stringMatching(what),
      now: 'Nothing was changed.',
      fix: [expect.any(String), expect.any(String), expect.any(String)],
    });
  });
});

test.each([
  ['sandbox' as const, undefined, false],
  ['aws' as const, undefined, false],
  ['aws' as const, LOCAL, true],
])(
  'on the target %s with the endpoint %s, images go to an emulator: %s',
  async (target, endpoint, isEmulator) => {
    expect((await openCase({ builder: 'auto', target, endpoint })).builds.isEmulator).toBe(isEmulator);
  },
);

describe.each<[string, readonly string[], Readonly<Record<string, string>>, 'layers' | 'docker']>([
  ['without an engine', [], NODE, 'layers'],
  ['without a Dockerfile', ['docker'], { 'main.js': 'listen()' }, 'layers'],
  ['with both', ['docker'], NODE, 'docker'],
])('on AWS %s', (_, engines, files, kind) => {
  test(`the builder auto builds ${kind}`, async () => {
    await enginesOnPath(Object.fromEntries(engines.map((name) => [name, ''])));
    const source = await folderOf(files);
    const stack = configWithImage({ source }, { builder: 'auto', target: 'aws' });
    const { reference } = await startRegistry(baseFixture());
    const packaging = { cacheFolder: makeCacheFolder(), baseReferences: () => [reference] };
    const builds = openBuilds(stack, { endpoint: undefined, report: () => undefined, packaging });
    expect((await builds.of('web-api1')).kind).toBe(kind);
  });
});

describe('a program that is not of Node, on the sandbox', () => {
  const PYTHON = { 'app.py': '', Dockerfile: 'FROM python:3.12-slim\nCMD ["python", "app.py"]\n' };
  const openPython = async (engines: readonly string[], builder: Builder = 'auto') => {
    const calls = await enginesOnPath(Object.fromEntries(engines.map((name) => [name, ''])));
    const stack = configWithImage({ source: await folderOf(PYTHON) }, { builder, target: 'sandbox' });
    const packaging = { cacheFolder: '/nowhere/cache' };
    return { builds: openBuilds(stack, { endpoint: undefined, report: () => undefined, packaging }), calls };
  };

  test.each(['docker', 'podman', 'finch', 'buildah'])('is built and exported with %s', async (engine) => {
    const { builds, calls } = await openPython([engine]);
    const build = await builds.of('web-api1');
    expect(build).toMatchObject({ kind: 'docker', engine, exportFolder: '/nowhere/cache' });
    // The engine is only asked whether it runs.
    expect(await calls()).toHaveLength(1);
  });

  test('is rejected without an engine, with what to install', async () => {
    const { builds } = await openPython([]);
    await expect(builds.of('web-api1')).rejects.toMatchObject({
      code: 'BUILDER',
      what: expect.stringContaining('cannot be built without a container engine'),
      why: expect.stringContaining('python:3.12-slim'),
      now: 'Nothing was changed.',
      fix: [expect.stringContaining('apt-get install podman runc'), expect.any(String), expect.any(String)],
    });
  });

  test('a Node program beside it needs no engine', async () => {
    const calls = await enginesOnPath({ docker: '' });
    const stack = configWithImage({ source: await folderOf(NODE) }, { builder: 'auto', target: 'sandbox' });
    const builds = openBuilds(stack, { endpoint: undefined, report: () => undefined });
    expect((await builds.of('web-api1')).kind).toBe('layers');
    expect(await calls()).toEqual([]);
  });
});

test('opening the builds neither starts one nor looks for an engine', async () => {
  const { calls } = await openCase({ builder: 'auto', target: 'aws', engines: ['docker'] });
  expect(await calls()).toEqual([] satisfies EngineCall[]);
});

test('containers with the same source share one build, which runs once', async () => {
  const { builds, calls } = await openCase({ builder: 'auto', target: 'aws', engines: ['docker'] });
  const [first, second, again] = await Promise.all([
    builds.of('web-api1'),
    builds.of('web-api2'),
    builds.of('web-api1'),
  ]);
  expect(second).toBe(first);
  expect(again).toBe(first);
  expect((await calls()).map(({ args }) => args)).toEqual([['version']]);
});

test('a program is known when its build is done; that of a failed build or of an engine never is', async () => {
  const bundled = await openCase({ builder: 'bundle', target: 'sandbox' });
  expect(await bundled.builds.programOf('web-api1')).toEqual([
    expect.objectContaining({ name: 'main.cjs' }),
    expect.objectContaining({ name: 'main.cjs.map' }),
  ]);
  const byEngine = await openCase({ builder: 'docker', target: 'sandbox', engines: ['podman'] });
  expect(await byEngine.builds.programOf('web-api1')).toBeUndefined();
  const failed = await openCase({ builder: 'docker', target: 'sandbox' });
  expect(await failed.builds.programOf('web-api1')).toBeUndefined();
  await expect(failed.builds.of('web-api1')).rejects.toMatchObject({ code: 'BUILDER' });
});

test('a packaged program is known before its layers are packed', async () => {
  const stack = configWithImage({ source: await folderOf(NODE) }, { builder: 'auto', target: 'sandbox' });
  const packaging = { cacheFolder: makeCacheFolder() };
  const builds = openBuilds(stack, { endpoint: undefined, report: () => undefined, packaging });
  const order: string[] = [];
  const image = builds.of('web-api1').then(() => order.push('image'));
  const program = await builds.programOf('web-api1');
  order.push('program');
  await image;
  expect(order).toEqual(['program', 'image']);
  expect(program).toMatchObject({ start: { folder: '/app' } });
});

test('a container with an image by reference has no build', async () => {
  const stack = configWithImage({ reference: 'nginx:1' }, {});
  const builds = openBuilds(stack, { endpoint: undefined, report: () => undefined });
  await expect(builds.of('web-api1')).rejects.toThrow('web-api1 is not built from source');
});

test('callers get the build that has already started, or its failure', async () => {
  const source = await folderOf(SOURCE);
  const stack = configWithImage({ source }, { target: 'sandbox' });
  const builds = openBuilds(stack, { endpoint: undefined, report: () => undefined });
  const requestedKeys: string[] = [];
  const of: Builds['of'] = (key) => (requestedKeys.push(key), builds.of(key));
  void startBuilds(stack, { ...builds, of });
  expect(requestedKeys).toEqual(['web-api1', 'web-api2']);
  expect(await builds.of('web-api1')).toMatchObject({ kind: 'layers' });

  const brokenStack = configWithImage({ source: `${source}/nowhere` }, { target: 'sandbox' });
  const failingBuilds = openBuilds(brokenStack, { endpoint: undefined, report: () => undefined });
  void startBuilds(brokenStack, failingBuilds);
  await expect(failingBuilds.of('web-api1')).rejects.toThrow();

  // A container with an image by reference has no build to start.
  void startBuilds(configWithImage({ reference: 'nginx:1' }, {}), failingBuilds);
});
