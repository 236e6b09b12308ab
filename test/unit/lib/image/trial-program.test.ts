// The unpacked program of a trial: installed packages are links to the disk, the program's own files are copies.
import { readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packagedTrial, unpackTrial } from '../../../../lib/image/trial-program.ts';
import { packageFiles } from '../../../../lib/program/files.ts';
import { LINUX, startOf } from '../program/packaged.ts';
import { folderOf } from './folder.ts';

const MODULE = 'node_modules/answers/index.js';

async function unpacked(prepare: (folder: string) => unknown = () => undefined) {
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
  await unpackTrial(program, root, undefined);
  return { folder, app: join(root, 'app') };
}

test('a program that changes its own file does not change the source', async () => {
  const { folder, app } = await unpacked();
  writeFileSync(join(app, 'server.js'), 'changed');
  expect(readFileSync(join(folder, 'server.js'), 'utf8')).toBe('server');
});

test('an installed package is its folder on disk, and unpacking does not touch it', async () => {
  const before: bigint[] = [];
  const { folder, app } = await unpacked((source) =>
    before.push(statSync(join(source, MODULE), { bigint: true }).ctimeNs),
  );
  expect(readFileSync(join(app, MODULE), 'utf8')).toBe('answers');
  expect(realpathSync(join(app, MODULE))).toBe(realpathSync(join(folder, MODULE)));
  // The next build would pack a file again whose times have changed.
  expect(statSync(join(folder, MODULE), { bigint: true }).ctimeNs).toBe(before[0]);
});
