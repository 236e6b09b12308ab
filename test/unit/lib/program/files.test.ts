// The files of a source folder that an image contains: all that are not ignored, with their links, if none changes while it is read.
import { chmod, mkdir, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { folderOf } from '../image/folder.ts';
import { bytesOf, packaged, pathsOf, rejectionOf, runPackaged, textOf } from './packaged.ts';

const APP = {
  'package.json': '{ "main": "server.js" }',
  'server.js': `console.log(require('node:fs').readFileSync('data/greeting.txt', 'utf8'));\n`,
  'data/greeting.txt': 'hello',
};

test('the image contains the files of the folder, and the program reads them', async () => {
  const files = await packaged(await folderOf(APP));
  expect(pathsOf(files.program.entries)).toEqual([
    'app/data/greeting.txt',
    'app/package.json',
    'app/server.js',
  ]);
  expect(files.program.entries.map(({ path }) => path)).toContain('app/data');
  expect(files.program.size).toBe(Object.values(APP).join('').length);
  expect(files.dependencies.entries).toEqual([]);
  expect(await runPackaged(files, 'server.js')).toBe('hello\n');
});

test('ignored files are left out, and those that Git ignores are named', async () => {
  const folder = await folderOf({
    ...APP,
    '.dockerignore': 'notes\n*.md\n!README.md\n',
    '.gitignore': 'secret.txt\n/logs/\n!logs/keep.txt\n',
    'notes/a.txt': 'a',
    'CHANGES.md': 'a',
    'README.md': 'a',
    'data/secret.txt': 'a',
    'data/.gitignore': '*.tmp\n!kept.tmp\n',
    'data/x.tmp': 'a',
    'data/kept.tmp': 'a',
    'logs/app.log': 'a',
    '.git/config': '',
    '.slipway/state.json': '',
    // A changed configuration, such as another count, is no new image.
    'slipway.config.ts': 'export default {};',
  });
  const { program, notes } = await packaged(folder);
  expect(pathsOf(program.entries)).toEqual([
    'app/.dockerignore',
    'app/.gitignore',
    'app/README.md',
    'app/data/.gitignore',
    'app/data/greeting.txt',
    'app/data/kept.tmp',
    'app/package.json',
    'app/server.js',
  ]);
  expect(notes.join()).toContain('what .gitignore names: data/secret.txt, data/x.tmp.');
});

test('the rules of the repository above the folder count, unless they ignore the whole folder', async () => {
  const repository = await folderOf({
    '.git/config': '',
    '.gitignore': '*.tmp\n/scratch/\n',
    'services/api/server.js': '',
    'services/api/a.tmp': '',
    'scratch/server.js': '',
    'scratch/a.tmp': '',
  });
  const paths = async (folder: string) => pathsOf((await packaged(join(repository, folder))).program.entries);
  expect(await paths('services/api')).toEqual(['app/server.js']);
  expect(await paths('scratch')).toEqual(['app/a.tmp', 'app/server.js']);
});

test('build output is packaged although it is ignored: the start needs it, or a build script writes it', async () => {
  const files = {
    '.gitignore': 'dist\nassets\npublic\n',
    'dist/main.js': '',
    'assets/a.css': '',
    'public/a.js': '',
  };
  const needed = await folderOf({ ...files, 'package.json': '{}' });
  expect(pathsOf((await packaged(needed, { entry: 'dist/main.js' })).program.entries)).toEqual([
    'app/.gitignore',
    'app/dist/main.js',
    'app/package.json',
  ]);
  const built = await folderOf({ ...files, 'package.json': '{ "scripts": { "build": "vite build" } }' });
  expect(pathsOf((await packaged(built)).program.entries)).toEqual([
    'app/.gitignore',
    'app/dist/main.js',
    'app/package.json',
    'app/public/a.js',
  ]);
});

test('what is ignored inside of build output stays out, but not what builds write', async () => {
  const folder = await folderOf({
    'package.json': '{ "scripts": { "build": "tsc" } }',
    '.gitignore': 'dist\nlib\n*.js\nlocal.yml\n/coverage\n.cfg*\nout/*\n',
    '.dockerignore': '**/*.map\n',
    'dist/main.js': '',
    'dist/main.js.map': '',
    'dist/lib/a.js': '',
    'dist/coverage/a.txt': '',
    'dist/local.yml': '',
    'dist/b/.cfg.prod': '',
    'build/.gitignore': '*\n',
    'build/a.css': '',
    'out/a.css': '',
    'public/local.yml': '',
    'public/a.css': '',
  });
  expect(pathsOf((await packaged(folder)).program.entries)).toEqual([
    'app/.dockerignore',
    'app/.gitignore',
    'app/build/.gitignore',
    'app/build/a.css',
    'app/dist/coverage/a.txt',
    'app/dist/lib/a.js',
    'app/dist/main.js',
    'app/out/a.css',
    'app/package.json',
    'app/public/a.css',
  ]);
});

test('links stay links, and modes keep only the executable bit', async () => {
  const folder = await folderOf({ ...APP, 'bin/run': '#!/bin/sh\n' });
  await chmod(join(folder, 'bin/run'), 0o750);
  await chmod(join(folder, 'server.js'), 0o600);
  await symlink('greeting.txt', join(folder, 'data/relative'));
  await symlink(join(folder, 'data'), join(folder, 'absolute'));
  const { entries } = (await packaged(folder)).program;
  expect(pathsOf(entries)).toContain('app/data/relative -> greeting.txt');
  expect(pathsOf(entries)).toContain('app/absolute -> data');
  expect(Object.fromEntries(entries.map(({ path, mode }) => [path, mode]))).toMatchObject({
    'app/bin': 0o755,
    'app/bin/run': 0o755,
    'app/server.js': 0o644,
  });
});

test.each(['../outside.txt', '/etc/hostname', 'chain'])(
  'a link out of the folder is rejected: %s',
  async (target) => {
    const parent = await folderOf({ 'outside.txt': 'secret' });
    const folder = join(parent, 'app');
    await mkdir(folder);
    await writeFile(join(folder, 'server.js'), '');
    await symlink('../outside.txt', join(folder, 'chain'));
    await symlink(target, join(folder, 'link'));
    const { code, what, why } = await rejectionOf(packaged(folder));
    expect({ code, what }).toEqual({ code: 'PACKAGE', what: expect.stringContaining('is a link out of') });
    expect(why).toMatch(/outside\.txt|hostname/);
  },
);

test('a folder that is too large is rejected before a file is read, and the largest part is named', async () => {
  const folder = await folderOf({ ...APP, 'videos/film.mp4': '' });
  // A sparse file: it takes no space.
  await truncate(join(folder, 'videos/film.mp4'), 5 * 1024 ** 3);
  const { code, why, fix } = await rejectionOf(packaged(folder));
  expect(code).toBe('PACKAGE');
  expect(why).toContain('videos 5.0 GiB');
  expect(fix.join()).toContain('for example videos');
});

test.each<readonly [string, (path: string) => Promise<void>]>([
  ['longer', (path) => writeFile(path, 'hello, world')],
  ['shorter', (path) => writeFile(path, 'h')],
  ['of the same size', (path) => writeFile(path, 'HELLO')],
])('a file that is %s when it is read is rejected', async (_, change) => {
  const folder = await folderOf(APP);
  const path = join(folder, 'data/greeting.txt');
  await utimes(path, 1, 1);
  const { entries } = (await packaged(folder)).program;
  const entry = entries.find((one) => one.path === 'app/data/greeting.txt');
  expect((await bytesOf(entry)).toString()).toBe('hello');
  await change(path);
  const { code, what } = await rejectionOf(bytesOf(entry));
  expect({ code, what }).toEqual({
    code: 'PACKAGE',
    what: expect.stringContaining('changed while it was packaged'),
  });
});

test('the key changes with a file, and only then', async () => {
  const folder = await folderOf(APP);
  const keyOf = async () => (await packaged(folder)).program.key;
  const before = await keyOf();
  expect(await keyOf()).toBe(before);
  await writeFile(join(folder, 'data/greeting.txt'), 'HELLO');
  expect(await keyOf()).not.toBe(before);
});

test('parts of the folder are also at the places that a Dockerfile copies them to', async () => {
  const folder = await folderOf({ ...APP, 'dist/public/a.css': 'a', 'dist/main.js': 'b' });
  const { program } = await packaged(folder, {
    folder: '/usr/src/app',
    workspaceFolder: '/usr/src/app',
    copies: [
      { from: 'dist', to: '/usr/src/app' },
      { from: 'data/greeting.txt', to: '/etc/greeting' },
    ],
  });
  expect(pathsOf(program.entries)).toEqual([
    'etc/greeting',
    'usr/src/app/data/greeting.txt',
    'usr/src/app/dist/main.js',
    'usr/src/app/dist/public/a.css',
    'usr/src/app/main.js',
    'usr/src/app/package.json',
    'usr/src/app/public/a.css',
    'usr/src/app/server.js',
  ]);
  expect(await textOf(program, 'etc/greeting')).toBe('hello');
});
