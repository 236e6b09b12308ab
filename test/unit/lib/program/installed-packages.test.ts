// Installed packages of several programs: each is read once, and counts towards the size of every program.
import { expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { InstalledPackages } from '../../../../lib/program/installed-packages.ts';
import { SizeLimit } from '../../../../lib/program/size-limit.ts';
import { folderOf } from '../image/folder.ts';

const PACKAGE = { 'package.json': '{"name":"a"}', 'index.js': 'x'.repeat(100), 'node_modules/b/b.js': '' };

test('a package is read once, without the packages in it', async () => {
  const folder = await folderOf(PACKAGE);
  const installed = new InstalledPackages();
  const read = async () => ({
    manifest: await installed.manifest(folder),
    files: await installed.files(folder, new SizeLimit('/program')),
  });
  const first = await read();
  expect(first.manifest).toMatchObject({ name: 'a' });
  expect(first.files.map(({ path }) => path)).toEqual([
    join(folder, 'index.js'),
    join(folder, 'package.json'),
  ]);
  rmSync(folder, { recursive: true });
  expect(await read()).toEqual(first);
});

test('a package that was read before counts towards the size of the next program', async () => {
  const folder = await folderOf(PACKAGE);
  const installed = new InstalledPackages();
  await installed.files(folder, new SizeLimit('/program', 1000));
  await expect(installed.files(folder, new SizeLimit('/other', 50))).rejects.toMatchObject({
    code: 'PACKAGE',
  });
});

test('a program that is too large does not keep the next one from reading the package', async () => {
  const folder = await folderOf(PACKAGE);
  const installed = new InstalledPackages();
  await expect(installed.files(folder, new SizeLimit('/large', 50))).rejects.toMatchObject({
    code: 'PACKAGE',
  });
  expect(await installed.files(folder, new SizeLimit('/small', 1000))).toHaveLength(2);
});
