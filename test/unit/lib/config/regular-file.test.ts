// Files that are read as a whole: a pipe or a device in their place must not block the process.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readRegularFile, readRegularFileSync } from '../../../../lib/config/regular-file.ts';
import { readManifest } from '../../../../lib/program/manifest.ts';
import { viewFolder } from '../../../../lib/program/folder-view.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'slipway-regular-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is read, also through a link', async () => {
  writeFileSync(join(folder, 'file'), 'text');
  symlinkSync('file', join(folder, 'link'));
  expect(await readRegularFile(join(folder, 'link'))).toBe('text');
  expect(readRegularFileSync(join(folder, 'link'))).toBe('text');
});

test('a pipe that nothing writes to is rejected at once', async () => {
  const pipe = join(folder, 'package.json');
  execFileSync('mkfifo', [pipe]);
  await expect(readRegularFile(pipe)).rejects.toThrow(`${pipe} is not a regular file`);
  expect(() => readRegularFileSync(pipe)).toThrow('is not a regular file');
  expect(await readManifest(folder)).toBeUndefined();
  expect(viewFolder(folder).read('package.json')).toBeUndefined();
});

test('a device without an end is rejected', async () => {
  await expect(readRegularFile('/dev/zero')).rejects.toThrow('/dev/zero is not a regular file');
  expect(() => readRegularFileSync('/dev/zero')).toThrow('is not a regular file');
});

test('a file that is too large for the memory is rejected', async () => {
  const file = join(folder, 'huge');
  writeFileSync(file, '');
  truncateSync(file, 5 * 1024 ** 3);
  await expect(readRegularFile(file)).rejects.toThrow(`${file} is larger than 256 MiB`);
});
