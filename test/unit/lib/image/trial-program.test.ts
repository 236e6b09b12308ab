// The unpacked program of a trial: files of packages are shared with the disk, the program's own files never are.
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packagedTrial, unpackTrial } from '../../../../lib/image/trial-program.ts';
import { packageFiles } from '../../../../lib/program/files.ts';
import { LINUX, startOf } from '../program/packaged.ts';
import { folderOf } from './folder.ts';

const MODULE = 'node_modules/answers/index.js';

async function unpacked(prepare: (folder: string) => void = () => undefined, owner?: number) {
  const folder = await folderOf({
    'package.json': '{ "dependencies": { "answers": "1" } }',
    'server.js': 'server',
    'node_modules/answers/package.json': '{ "name": "answers", "version": "1.0.0" }',
    [MODULE]: 'answers',
  });
  prepare(folder);
  const start = startOf({ command: ['node', 'server.js'] });
  const files = await packageFiles({ folder, start, platform: LINUX });
  const program = packagedTrial({ files, start });
  if (!program) throw new Error('The program is not tried');
  const root = await folderOf({});
  await unpackTrial(program, root, owner);
  return { folder, app: join(root, 'app') };
}

test('a program that changes its own file does not change the source', async () => {
  const { folder, app } = await unpacked();
  writeFileSync(join(app, 'server.js'), 'changed');
  expect(readFileSync(join(folder, 'server.js'), 'utf8')).toBe('server');
});

test('a file of a package is the one on disk', async () => {
  const { folder, app } = await unpacked();
  expect(readFileSync(join(app, MODULE), 'utf8')).toBe('answers');
  expect(statSync(join(app, MODULE)).ino).toBe(statSync(join(folder, MODULE)).ino);
});

test('a file that the user of the program could not read is copied', async () => {
  const owner = process.getuid?.();
  const { folder, app } = await unpacked((source) => chmodSync(join(source, MODULE), 0o600), owner);
  expect(readFileSync(join(app, MODULE), 'utf8')).toBe('answers');
  expect(statSync(join(app, MODULE)).mode & 0o777).toBe(0o644);
  expect(statSync(join(folder, MODULE)).mode & 0o777).toBe(0o600);
});
