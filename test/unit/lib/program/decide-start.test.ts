// The order in which the sources of a start are asked, without a Dockerfile.
import { describe, expect, test } from '@jest/globals';
import { isProblem } from '../../../../lib/model/problem.ts';
import { decideStart } from '../../../../lib/program/decide-start.ts';
import type { StartSettings } from '../../../../lib/program/start.ts';
import { viewOf } from './folder.ts';

type Files = Readonly<Record<string, string>>;
const startOf = (files: Files, settings?: StartSettings, at?: string) =>
  decideStart(viewOf(files, at), settings);
const manifest = (fields: object): Files => ({ 'package.json': JSON.stringify(fields) });

test('a start has the settings of the Node image by default', () => {
  expect(startOf({ 'server.js': '' })).toEqual({
    source: 'convention',
    reason: 'server.js exists, and package.json names no program.',
    entrypoint: [],
    command: ['node', 'server.js'],
    environment: {
      NODE_ENV: 'production',
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    },
    user: '1000:1000',
    workingFolder: '/app',
    ports: [],
    stopSignal: undefined,
    folder: '/app',
    workspaceFolder: '/app',
    copies: [],
    outputs: [],
    compiles: false,
    entry: 'server.js',
    base: { kind: 'node', major: undefined },
    differences: [],
  });
});

describe('the sources have an order', () => {
  const files = { 'a.js': '', 'b.js': '', 'c.js': '', 'server.js': '' };
  const fields = { main: 'c.js', scripts: { start: 'node b.js' } };

  test('the configuration comes first', () => {
    const start = startOf({ ...files, ...manifest(fields) }, { entry: 'a' });
    expect(start).toMatchObject({
      entry: 'a.js',
      source: 'configuration',
      reason: 'The configuration names a as the entry.',
    });
  });

  test('then start of package.json', () => {
    expect(startOf({ ...files, ...manifest(fields) })).toMatchObject({
      entry: 'b.js',
      source: 'start script',
      reason: 'The start script of package.json runs node b.js.',
    });
  });

  test('then main', () => {
    expect(startOf({ ...files, ...manifest({ main: 'c.js' }) })).toMatchObject({
      entry: 'c.js',
      source: 'main',
      reason: 'main of package.json names c.js.',
    });
  });

  test('then conventions', () => {
    expect(startOf({ ...files, ...manifest({ main: 'd.js' }) })).toMatchObject({
      entry: 'server.js',
      source: 'convention',
    });
  });
});

describe('main', () => {
  test.each([
    ['lib/start', { 'lib/start.js': '' }, 'lib/start.js', 'without an ending'],
    ['lib', { 'lib/index.js': '' }, 'lib/index.js', 'as a folder'],
    ['./lib/', { 'lib/index.js': '' }, 'lib/index.js', 'as a folder with a slash'],
    ['src/main.ts', { 'src/main.ts': '' }, 'src/main.ts', 'in TypeScript'],
    ['dist/main.js', { 'dist/main.js': '', 'src/main.ts': '' }, 'dist/main.js', 'as it was built'],
    ['dist/main.js', { 'src/main.ts': '' }, 'src/main.ts', 'not built'],
    ['dist/main', { 'src/main.mts': '', 'src/main.ts': '' }, 'src/main.ts', 'not built, without an ending'],
    ['dist', { 'src/index.ts': '' }, 'src/index.ts', 'as a folder that is not built'],
    ['dist/server.mjs', { 'src/server.mts': '' }, 'src/server.mts', 'not built, as a module'],
    ['dist/src/main.js', { 'src/main.ts': '' }, 'src/main.ts', 'not built, with the folder of the source'],
    ['src/main.js', { 'src/main.ts': '' }, 'src/main.ts', 'next to its source'],
    [
      'target/js/a.js',
      {
        'code/a.ts': '',
        'tsconfig.json':
          '{ // "outDir": "x",\n"compilerOptions": { "outDir": "./target/js/", "rootDir": "code", } }',
      },
      'code/a.ts',
      'not built, in the folders of tsconfig.json',
    ],
  ])('%s with %j is %s: %s', (main, files: Files, entry, _why) => {
    expect(startOf({ ...files, ...manifest({ main }) })).toMatchObject({ source: 'main', entry });
  });

  test('exports is for packages that others import', () => {
    expect(() => startOf({ 'a.js': '', ...manifest({ exports: './a.js' }) })).toThrow('has no program');
  });

  test('a source that is compiled in place of a missing file is reported', () => {
    const start = startOf({ 'src/main.ts': '', ...manifest({ main: 'dist/main.js' }) });
    expect(start.compiles).toBe(true);
    expect(start.differences).toEqual([
      'dist/main.js has not been built, so its source src/main.ts is compiled.',
    ]);
  });
});

describe('conventions', () => {
  test.each([
    [{ 'src/main.ts': '', 'src/index.ts': '', 'main.ts': '' }, 'src/main.ts'],
    [{ 'src/index.ts': '', 'main.ts': '' }, 'src/index.ts'],
    [{ 'server.js': '', 'index.js': '' }, 'server.js'],
    [{ 'app.js': 'require("express")().listen(1)', 'index.js': 'module.exports = 1' }, 'app.js'],
    [
      {
        'app.js': 'exports.app = 1',
        'bin/www': 'const a = require("../app"); http.createServer(a).listen(1)',
      },
      'bin/www',
    ],
    [{ 'index.mjs': 'import { app } from "./app.js"; app.listen(1)', 'app.js': 'x.listen' }, 'index.mjs'],
    [
      { 'src/server.ts': 'import { app } from "./app.js"', 'src/app.ts': 'express().listen(2)' },
      'src/server.ts',
    ],
    [{ 'dist/main.js': '', 'src/main.ts': '' }, 'src/main.ts'],
    [{ 'dist/main.js': '', 'src/main.ts': '', ...manifest({ scripts: { build: 'tsc' } }) }, 'dist/main.js'],
    [{ 'src/main.ts': '', ...manifest({ scripts: { build: 'tsc' } }) }, 'src/main.ts'],
    [{ 'dist/index.js': '' }, 'dist/index.js'],
    [{ 'x.js': '', Procfile: 'release: node m.js\nweb: node x.js\n' }, 'x.js'],
  ])('of %j choose %s', (files: Files, entry) => {
    expect(startOf(files)).toMatchObject({ entry, source: 'convention' });
  });

  test('a package.json that is not valid counts as none', () => {
    for (const text of ['{', 'null', '7', '{"main":7,"scripts":[]}'])
      expect(startOf({ 'package.json': text, 'index.ts': '' }).entry).toBe('index.ts');
  });
});

describe('a problem', () => {
  const problemOf = (files: Files, at?: string) => {
    try {
      return startOf(files, undefined, at);
    } catch (error) {
      if (isProblem(error, 'NO_PROGRAM', 'SEVERAL_PROGRAMS')) return error;
      throw error;
    }
  };

  test('says that nothing names a program', () => {
    expect(problemOf({ 'main.sh': '' })).toMatchObject({
      code: 'NO_PROGRAM',
      what: '/repo has no program that can start.',
      why: expect.stringMatching(
        /^It has no Dockerfile, it has no package.json, and none of src\/main.ts, .* exists\.$/,
      ),
    });
    expect(problemOf(manifest({}))).toMatchObject({
      why: expect.stringContaining('its package.json has no start and no main'),
    });
  });

  test('names the programs if there are several', () => {
    const files = { 'server.js': 'a.listen(1)', 'app.js': 'b.listen(2)' };
    expect(problemOf(files)).toMatchObject({
      code: 'SEVERAL_PROGRAMS',
      why: 'server.js and app.js serve requests, and package.json does not name one of them.',
      fix: expect.arrayContaining([expect.stringContaining("entry: 'server.js'")]),
    });
  });

  test('names the packages of a workspace', () => {
    const files = {
      ...manifest({ workspaces: ['packages/*', 'tools'] }),
      'packages/api/package.json': '{ "scripts": { "start": "node ." } }',
      'packages/web/package.json': '{}',
      'packages/web/Dockerfile': '',
      'packages/types/package.json': '{}',
    };
    expect(problemOf(files)).toMatchObject({
      code: 'SEVERAL_PROGRAMS',
      why: 'Its programs are in packages/api, packages/web.',
      fix: expect.arrayContaining(['Set `source` to the folder of one program, e.g. /repo/packages/api.']),
    });
  });
});

test('a package of a workspace is as far below its root as in the repository', () => {
  const files = {
    '/repo/package.json': '{ "workspaces": ["packages/*"] }',
    '/repo/packages/api/package.json': '{ "scripts": { "start": "api-server" } }',
  };
  const start = startOf(files, {}, '/repo/packages/api');
  expect(start).toMatchObject({
    folder: '/app/packages/api',
    workingFolder: '/app/packages/api',
    workspaceFolder: '/app',
    command: ['api-server'],
  });
  expect(start.environment['PATH']).toMatch(
    '/app/packages/api/node_modules/.bin:/app/node_modules/.bin:/usr',
  );
});

describe('the version of Node', () => {
  test.each([
    [{ '.nvmrc': 'v20.11.1\n' }, 20],
    [{ '.node-version': '22' }, 22],
    [{ '.nvmrc': 'lts/*' }, undefined],
    [manifest({ engines: { node: '20.x' } }), 20],
    [manifest({ engines: { node: '^20.11.0' } }), 20],
    [manifest({ engines: { node: '>=18' } }), undefined],
  ])('%j asks for %s', (files: Files, major) => {
    expect(startOf({ 'server.js': '', ...files }).base).toEqual({ kind: 'node', major });
  });

  test.each([
    ['node:20-alpine', 20],
    ['node', undefined],
    ['node:lts', undefined],
    ['node:22.3.0-bookworm-slim@sha256:00', 22],
    ['registry.example:5000/library/node:18', 18],
    ['gcr.io/distroless/nodejs20-debian12', 20],
    ['public.ecr.aws/docker/library/node:24', 24],
    ['mcr.microsoft.com/devcontainers/typescript-node:1-20-bookworm', 20],
    ['registry.access.redhat.com/ubi9/nodejs-22', 22],
  ])('%s has %s', (image, major) => {
    const files = { 'server.js': '', Dockerfile: `FROM ${image}\nCMD ["node", "server.js"]` };
    expect(startOf(files).base).toEqual({ kind: 'node', major });
  });
});

test('build output is included although ignore files exclude it', () => {
  const files = {
    'server.js': '',
    'dist/a.js': '',
    '.next/server/a.js': '',
    '.next/cache/b': '',
    '.next/BUILD_ID': '',
    'target/x': '',
  };
  const tsconfig = { 'tsconfig.json': '{ "compilerOptions": { "outDir": "target" } }' };
  expect(startOf({ ...files, ...tsconfig }).outputs).toEqual([
    'dist',
    '.next/BUILD_ID',
    '.next/server',
    'target',
  ]);
});
