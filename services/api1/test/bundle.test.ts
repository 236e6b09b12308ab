/** The service as its image runs it: a single file in plain Node, without permission to write. */
import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ask, FOLDER, start } from './support.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'bundle-')));
});
afterEach(() => rm(folder, { recursive: true }));

test('the output of `npm run build` runs on its own, writes nothing and stops on SIGTERM', async () => {
  await promisify(execFile)('npm', ['run', 'build', '--', `--outfile=${folder}/main.cjs`], { cwd: FOLDER });
  // Under Node's permission model, a write, a worker or a child process is an error.
  const flag = ['--permission', '--experimental-permission'].find((f) =>
    process.allowedNodeEnvironmentFlags.has(f),
  );
  const args = [flag ?? '', '--no-warnings', `--allow-fs-read=${folder}`, 'main.cjs'];
  const service = await start(args, { NODE_ENV: 'production', SHUTDOWN_QUIET_MS: '0' }, folder);
  expect((await ask(`${service.url}/api1`)).status).toBe(200);
  expect((await ask(`${service.url}/api1/orders`, { body: {} })).status).toBe(400);
  service.kill('SIGTERM');
  expect(await service.exit).toEqual({ code: 0, stderr: '' });
}, 60_000);
