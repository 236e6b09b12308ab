// The container engine: only a responding engine is used, and no process of an engine is left behind.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { findEngine, runEngine } from '../../../../lib/image/engine.ts';
import { enginesOnPath, folderOf } from './folder.ts';

const NO_DAEMON = 'echo "Cannot connect to the daemon" >&2; exit 1';

test.each<[string, Record<string, string>, string | undefined]>([
  ['docker', { docker: '', podman: '' }, 'docker'],
  ['podman, when docker is not installed', { podman: '' }, 'podman'],
  ['podman, when the docker engine does not respond', { docker: NO_DAEMON, podman: '' }, 'podman'],
  ['finch, whose info tells whether it runs', { finch: '[ "$1" = info ]', buildah: '' }, 'finch'],
  ['buildah, when finch does not run', { finch: '[ "$1" = version ]', buildah: '' }, 'buildah'],
  ['none, when neither responds', { docker: NO_DAEMON, podman: NO_DAEMON }, undefined],
  ['none, when neither is installed', {}, undefined],
])('the engine in use is %s', async (_, engines, expected) => {
  const calls = await enginesOnPath(engines);
  expect(await findEngine()).toBe(expected);
  for (const { args } of await calls()) expect([['version'], ['info']]).toContainEqual(args);
});

test("the engine's output on both streams is kept, and its exit code decides whether it succeeded", async () => {
  await enginesOnPath({ docker: 'echo out; echo err >&2; exit 3' });
  const { ok, output } = await runEngine('docker', ['build']);
  expect(ok).toBe(false);
  expect(output.split('\n').filter(Boolean).sort()).toEqual(['err', 'out']);
});

test('only the end of a long output is kept', async () => {
  await enginesOnPath({ docker: 'seq 1 50000; echo the end' });
  const { output } = await runEngine('docker', ['build']);
  expect(output.length).toBeLessThan(100_000);
  expect(output).toMatch(/\n50000\nthe end\n$/);
});

test('an engine that does not read its input does not fail', async () => {
  await enginesOnPath({});
  expect(await runEngine('true', [], { input: 'x'.repeat(1_000_000) })).toEqual({ ok: true, output: '' });
});

test('an abort signal ends the engine, and its process is gone when the call settles', async () => {
  const pidFile = join(await folderOf(), 'pid');
  await enginesOnPath({});
  const controller = new AbortController();
  const running = runEngine(
    'sh',
    ['-c', `echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; exec sleep 600`],
    {
      signal: controller.signal,
    },
  );
  while (!existsSync(pidFile)) await setTimeout(10);
  controller.abort();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  const pid = Number(await readFile(pidFile, 'utf8'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
