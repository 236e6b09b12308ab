// The packages in an image: the production dependencies as npm, pnpm, yarn and workspaces install them, and installations that are wrong.
import { cp, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { folderOf } from '../image/folder.ts';
import { packaged, pathsOf, rejectionOf, runPackaged } from './packaged.ts';

const json = (value: object): string => JSON.stringify(value);
const pkg = (name: string, version = '1.0.0', more: object = {}): string => json({ name, version, ...more });

/** Makes a link, with the folders that it is in. */
async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}

const PROGRAM = `console.log(require('a'), require('b'));\n`;
const INSTALLED = {
  'package.json': pkg('shop', '1.0.0', {
    dependencies: { a: '^1.0.0' },
    optionalDependencies: { missing: '1' },
    peerDependencies: { b: '2' },
    devDependencies: { dev: '1' },
  }),
  'server.js': PROGRAM,
  'node_modules/a/package.json': pkg('a', '1.0.0', {
    dependencies: { b: '1', '@s/c': '1' },
    bin: { a: 'cli.js' },
  }),
  'node_modules/a/index.js': `module.exports = 'a+' + require('b') + '+' + require('@s/c');\n`,
  'node_modules/a/cli.js': '#!/usr/bin/env node\n',
  'node_modules/a/node_modules/b/package.json': pkg('b'),
  'node_modules/a/node_modules/b/index.js': `module.exports = 'b1';\n`,
  'node_modules/a/node_modules/dev/index.js': '',
  'node_modules/b/package.json': pkg('b', '2.0.0'),
  'node_modules/b/index.js': `module.exports = 'b2';\n`,
  'node_modules/@s/c/package.json': pkg('@s/c', '1.0.0', { dependencies: { a: '1' } }),
  'node_modules/@s/c/index.js': `module.exports = 'c';\n`,
  'node_modules/dev/package.json': pkg('dev'),
};

test('the packages that production needs are in a separate list, nested and hoisted, without those for development', async () => {
  const folder = await folderOf(INSTALLED);
  await link('../a/cli.js', join(folder, 'node_modules/.bin/a'));
  await link('../dev/cli.js', join(folder, 'node_modules/.bin/dev'));
  const files = await packaged(folder);
  expect(pathsOf(files.program.entries)).toEqual(['app/package.json', 'app/server.js']);
  expect(pathsOf(files.dependencies.entries)).toEqual([
    'app/node_modules/.bin/a -> ../a/cli.js',
    'app/node_modules/@s/c/index.js',
    'app/node_modules/@s/c/package.json',
    'app/node_modules/a/cli.js',
    'app/node_modules/a/index.js',
    'app/node_modules/a/node_modules/b/index.js',
    'app/node_modules/a/node_modules/b/package.json',
    'app/node_modules/a/package.json',
    'app/node_modules/b/index.js',
    'app/node_modules/b/package.json',
  ]);
  expect(await runPackaged(files, 'server.js')).toBe('a+b1+c b2\n');
});

test('the key of the packages stays when the program changes', async () => {
  const folder = await folderOf(INSTALLED);
  const before = await packaged(folder);
  await writeFile(join(folder, 'server.js'), `${PROGRAM}// changed\n`);
  const after = await packaged(folder);
  expect(after.dependencies.key).toBe(before.dependencies.key);
  expect(after.program.key).not.toBe(before.program.key);
  await writeFile(join(folder, 'node_modules/b/index.js'), `module.exports = 'b3';\n`);
  expect((await packaged(folder)).dependencies.key).not.toBe(before.dependencies.key);
});

test('the links of pnpm lead to the same packages as on disk', async () => {
  const store = 'node_modules/.pnpm';
  const folder = await folderOf({
    'package.json': pkg('shop', '1.0.0', { dependencies: { a: '1' } }),
    'server.js': `console.log(require('a'));\n`,
    [`${store}/a@1.0.0/node_modules/a/package.json`]: pkg('a', '1.0.0', { dependencies: { b: '1' } }),
    [`${store}/a@1.0.0/node_modules/a/index.js`]: `module.exports = 'a+' + require('b');\n`,
    [`${store}/b@1.0.0/node_modules/b/package.json`]: pkg('b'),
    [`${store}/b@1.0.0/node_modules/b/index.js`]: `module.exports = 'b';\n`,
    [`${store}/dev@1.0.0/node_modules/dev/package.json`]: pkg('dev'),
  });
  await link('.pnpm/a@1.0.0/node_modules/a', join(folder, 'node_modules/a'));
  await link('../../b@1.0.0/node_modules/b', join(folder, store, 'a@1.0.0/node_modules/b'));
  await link('.pnpm/dev@1.0.0/node_modules/dev', join(folder, 'node_modules/dev'));
  const files = await packaged(folder);
  const paths = pathsOf(files.dependencies.entries);
  expect(paths).toContain('app/node_modules/a -> .pnpm/a@1.0.0/node_modules/a');
  expect(paths.join()).not.toContain('dev');
  expect(await runPackaged(files, 'server.js')).toBe('a+b\n');
});

const WORKSPACE = {
  'package-lock.json': json({ packages: {} }),
  'package.json': pkg('root', '1.0.0', { workspaces: ['packages/*'] }),
  'node_modules/hoisted/package.json': pkg('hoisted'),
  'node_modules/hoisted/index.js': `module.exports = 'hoisted';\n`,
  'packages/api/package.json': pkg('api', '1.0.0', { dependencies: { hoisted: '1', '@s/shared': '*' } }),
  'packages/api/server.js': `console.log(require('hoisted'), require('@s/shared'), require('../shared/dist/index.js'));\n`,
  'packages/shared/package.json': pkg('@s/shared', '1.0.0', {
    main: './dist/index.js',
    dependencies: { hoisted: '1' },
  }),
  'packages/shared/.gitignore': 'dist\ncoverage\n',
  'packages/shared/coverage/a.html': '',
  'packages/shared/dist/index.js': `module.exports = 'shared+' + require('hoisted');\n`,
  'packages/web/package.json': pkg('web', '1.0.0', { dependencies: { other: '1' } }),
};

test.each([
  { folder: '/app/packages/api', workspaceFolder: '/app', place: 'app' },
  // A Dockerfile may put the program at a place that leaves no room for the workspace around it.
  { folder: '/srv/api', workspaceFolder: '/srv/api', place: 'workspace' },
])(
  'a package of a workspace is packaged with the packages around it: $folder',
  async ({ place, ...start }) => {
    const root = await folderOf(WORKSPACE);
    await link('../../packages/shared', join(root, 'node_modules/@s/shared'));
    await link('../packages/web', join(root, 'node_modules/web'));
    const files = await packaged(join(root, 'packages/api'), start);
    expect(pathsOf(files.dependencies.entries)).toEqual([
      `${place}/node_modules/@s/shared -> ../../packages/shared`,
      `${place}/node_modules/hoisted/index.js`,
      `${place}/node_modules/hoisted/package.json`,
    ]);
    expect(pathsOf(files.program.entries)).toEqual(
      [
        ...(place === 'workspace' ? ['srv/api -> ../workspace/packages/api'] : []),
        `${place}/packages/api/package.json`,
        `${place}/packages/api/server.js`,
        `${place}/packages/shared/.gitignore`,
        `${place}/packages/shared/dist/index.js`,
        `${place}/packages/shared/package.json`,
      ].sort(),
    );
    const output = await runPackaged(files, 'server.js', start.folder.slice(1));
    expect(output).toBe('hoisted shared+hoisted shared+hoisted\n');
  },
);

test('a node_modules that is a link itself is packaged as a folder', async () => {
  const parent = await folderOf();
  const folder = join(parent, 'shop');
  await cp(await folderOf(INSTALLED), folder, { recursive: true });
  await rename(join(folder, 'node_modules'), join(parent, 'node_modules'));
  await link('../node_modules', join(folder, 'node_modules'));
  expect(await runPackaged(await packaged(folder), 'server.js')).toBe('a+b1+c b2\n');
});

test('packages that are not installed are named, with the command of the package manager', async () => {
  const manifest = pkg('shop', '1.0.0', { dependencies: { a: '1', b: '1' } });
  const folder = await folderOf({ 'package.json': manifest, 'pnpm-lock.yaml': '' });
  const { code, what, fix } = await rejectionOf(packaged(folder));
  expect(code).toBe('PACKAGE');
  expect(what).toContain('not installed: a, b');
  expect(fix.join()).toContain('pnpm install');
  await writeFile(join(folder, '.pnp.cjs'), '');
  expect((await rejectionOf(packaged(folder))).fix.join()).toContain('nodeLinker: node-modules');
});

test('a link to a package outside of the project is rejected', async () => {
  const folder = await folderOf({ 'package.json': pkg('shop', '1.0.0', { dependencies: { a: '1' } }) });
  await link(await folderOf({ 'package.json': pkg('a') }), join(folder, 'node_modules/a'));
  const { code, what } = await rejectionOf(packaged(folder));
  expect({ code, what }).toEqual({
    code: 'PACKAGE',
    what: expect.stringMatching(/node_modules\/a is a link out/),
  });
});

const npmLock = (versions: Record<string, string>, dependencies = { a: '^1.0.0' }): string =>
  json({
    lockfileVersion: 3,
    packages: {
      '': { dependencies },
      ...Object.fromEntries(
        Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]),
      ),
    },
  });

const YARN = (a: string): string =>
  `"@s/c@1", "@s/c@^1.0.0":\n  version "1.0.0"\n\na@^1.0.0:\n  version "${a}"\n\nb@1:\n  version "1.0.0"\n\nb@2:\n  version "2.0.0"\n`;
const BERRY = (a: string): string =>
  `"@s/c@npm:1":\n  version: 1.0.0\n\n"a@npm:^1.0.0":\n  version: ${a}\n\n"b@npm:1":\n  version: 1.0.0\n\n"b@npm:2":\n  version: 2.0.0\n`;
const PNPM = (a: string): string =>
  `packages:\n\n  '@s/c@1.0.0':\n    resolution: {}\n\n  a@${a}(b@2.0.0):\n    resolution: {}\n\n  b@1.0.0:\n    a: 1\n\n  b@2.0.0:\n    a: 1\n`;
const BUN = (a: string): string =>
  `{ "packages": {\n  "a": ["a@${a}", "", {}, ""],\n  "@s/c": ["@s/c@1.0.0", ""],\n  "b": ["b@2.0.0", ""],\n  "a/b": ["b@1.0.0", ""],\n} }`;
const NPM = (a: string): string => npmLock({ a, 'a/node_modules/b': '1.0.0', b: '2.0.0', '@s/c': '1.0.0' });

test.each([
  ['package-lock.json', NPM],
  ['yarn.lock', YARN],
  ['yarn.lock', BERRY],
  ['pnpm-lock.yaml', PNPM],
  ['bun.lock', BUN],
])('a lockfile that lists another version than is installed is reported: %s', async (name, lockfile) => {
  const matching = await folderOf({ ...INSTALLED, [name]: lockfile('1.0.0') });
  await packaged(matching);
  const { code, what, why } = await rejectionOf(
    packaged(await folderOf({ ...INSTALLED, [name]: lockfile('1.0.1') })),
  );
  expect(code).toBe('PACKAGE');
  expect(what).toContain(`do not match`);
  expect(what).toContain(name);
  expect(why).toBe('a is installed in version 1.0.0; in the lockfile it is 1.0.1.');
});

test('a package.json that asks for another version than was locked is reported', async () => {
  const versions = { a: '1.0.0', 'a/node_modules/b': '1.0.0', b: '2.0.0', '@s/c': '1.0.0' };
  const folder = await folderOf({ ...INSTALLED, 'package-lock.json': npmLock(versions, { a: '^2.0.0' }) });
  const { why } = await rejectionOf(packaged(folder));
  expect(why).toBe('package.json asks for a ^1.0.0; the lockfile has ^2.0.0.');
});

test('of two lockfiles, the one of the package manager that installed the packages counts', async () => {
  const folder = await folderOf({
    ...INSTALLED,
    'package-lock.json': NPM('1.0.0'),
    'yarn.lock': YARN('0.9.0'),
    'node_modules/.package-lock.json': '{}',
  });
  await packaged(folder);
});
