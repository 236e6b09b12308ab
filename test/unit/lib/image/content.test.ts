// The hash of a folder: it depends only on what a build can see.
import { chmod, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { contentHash } from '../../../../lib/image/content.ts';
import { buildContextFilter } from '../../../../lib/image/dockerignore.ts';
import { folderOf } from './folder.ts';

const FILES = { Dockerfile: 'FROM scratch', 'src/main.ts': 'main', 'src/deep/er/x.ts': 'x', 'notes.md': 'n' };

/** The hash of a folder before and after a change. */
async function hashesAround(change: (folder: string) => Promise<unknown>, more: Record<string, string> = {}) {
  const folder = await folderOf({ ...FILES, ...more });
  const before = await contentHash(folder);
  await change(folder);
  return { before, after: await contentHash(folder) };
}

test('two folders with the same files have the same hash', async () => {
  const [here, there] = await Promise.all([folderOf(FILES), folderOf(FILES)]);
  const hash = await contentHash(here);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await contentHash(there)).toBe(hash);
});

test.each<[string, (folder: string) => Promise<unknown>]>([
  ['a changed byte', (folder) => writeFile(join(folder, 'src/main.ts'), 'Main')],
  ['a renamed file', (folder) => rename(join(folder, 'notes.md'), join(folder, 'note.md'))],
  [
    'a file moved to another folder',
    (folder) => rename(join(folder, 'notes.md'), join(folder, 'src/notes.md')),
  ],
  ['a new empty file', (folder) => writeFile(join(folder, 'new'), '')],
  ['the permission to execute a file', (folder) => chmod(join(folder, 'notes.md'), 0o755)],
  ['a changed Dockerfile', (folder) => writeFile(join(folder, 'Dockerfile'), 'FROM other')],
  ['a new link', (folder) => symlink('src', join(folder, 'link'))],
])('%s changes the hash', async (_, change) => {
  const { before, after } = await hashesAround(change);
  expect(after).not.toBe(before);
});

test('moving bytes from one file to the next changes the hash', async () => {
  const [here, there] = await Promise.all([folderOf({ a: '12', b: '3' }), folderOf({ a: '1', b: '23' })]);
  expect(await contentHash(here)).not.toBe(await contentHash(there));
});

test.each<[string, (folder: string) => Promise<unknown>]>([
  ['the modification time of a file', (folder) => utimes(join(folder, 'notes.md'), 0, 0)],
  ['the permission of others to write a file', (folder) => chmod(join(folder, 'notes.md'), 0o666)],
])('%s does not change the hash', async (_, change) => {
  const { before, after } = await hashesAround(change);
  expect(after).toBe(before);
});

test('files that .dockerignore excludes do not change the hash, except the Dockerfile', async () => {
  const ignore = { '.dockerignore': '*\n!src\n' };
  const ignored = await hashesAround((folder) => writeFile(join(folder, 'notes.md'), 'other'), ignore);
  expect(ignored.after).toBe(ignored.before);
  const included = await hashesAround(
    (folder) => writeFile(join(folder, 'src/deep/er/x.ts'), 'other'),
    ignore,
  );
  expect(included.after).not.toBe(included.before);
  const dockerfile = await hashesAround((folder) => writeFile(join(folder, 'Dockerfile'), 'other'), ignore);
  expect(dockerfile.after).not.toBe(dockerfile.before);
});

describe('.dockerignore', () => {
  test.each<[string, string[], string[]]>([
    ['', ['a', 'b/c'], []],
    ['# a', ['a', '# a'], []],
    ['a', ['b/a', 'ab'], ['a', 'a/b']],
    ['/a/', ['b/a'], ['a', 'a/b']],
    ['./a', [], ['a']],
    ['*.md', ['b/x.md', 'xmd'], ['x.md']],
    ['**/*.md', ['x.mdx'], ['x.md', 'b/x.md', 'b/c/x.md']],
    ['node_modules', ['src/node_modules/x'], ['node_modules/x/y.js']],
    ['**/node_modules', ['node_module'], ['node_modules/x', 'src/node_modules/x']],
    ['a/**', ['a', 'b/a/c'], ['a/b', 'a/b/c']],
    ['a/**/z', ['a/y'], ['a/z', 'a/b/z', 'a/b/c/z']],
    ['*/temp*', ['temp', 'a/b/temp'], ['a/temp', 'a/temporary/x']],
    ['temp?', ['temp', 'temper', 'temp/'], ['tempa']],
    ['[a-c].ts', ['d.ts'], ['a.ts']],
    ['[^a-c].ts', ['a.ts'], ['d.ts']],
    ['a.b', ['axb'], ['a.b']],
    ['a+(b)', ['aab'], ['a+(b)']],
    ['\\*', ['a'], ['*']],
    ['a{2}|b', ['aa', 'b'], ['a{2}|b']],
    ['^a', ['a'], ['^a']],
    ['[a', ['a'], ['[a']],
    ['a\\d', ['a1'], ['ad']],
    ['A', ['a'], ['A']],
    ['*\n!src\n!package.json', ['src', 'src/a/b.ts', 'package.json'], ['test/a.ts', 'README.md']],
    ['*.md\n!README*.md\nREADME-secret.md', ['README.md'], ['notes.md', 'README-secret.md']],
    ['!src\r\n  *  \r\n', ['Dockerfile', '.dockerignore'], ['src', 'a']],
  ])('%j', (text, kept, excluded) => {
    const isInContext = buildContextFilter(text);
    expect([...kept, ...excluded].filter(isInContext)).toEqual(kept);
  });
});
