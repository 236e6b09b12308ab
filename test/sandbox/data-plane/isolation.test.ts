// A running container has the user and the read-only root file system that its task definition asks for.
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { detectIsolation } from '../../../sandbox/runtime/isolation.ts';
import { removeTree } from '../../../sandbox/runtime/file-modes.ts';
import { taskScene } from './task-scene.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-isolation-'));
chmodSync(folder, 0o711);
afterAll(() => removeTree(folder));

const PROGRAM = `
  let result = 'written';
  try { require('node:fs').writeFileSync('./cache.json', '{}'); } catch ({ code }) { result = code; }
  console.log(process.getuid(), result);`;

test.each<[string, object, object, string]>([
  ['the user of the image', {}, { User: '1000:1000' }, '1000'],
  ['the user of the definition', { user: '1234' }, { User: '1000:1000' }, '1234'],
  ['root', {}, {}, '0'],
])('a task runs as %s', async (_, container, config, uid) => {
  const isolation = await detectIsolation(folder);
  const scene = await taskScene();
  await scene.push(PROGRAM, 'v1', {}, config);
  await scene.waitForStop(await scene.run({ web: container }));
  const isEnforced = !isolation.limitations.some((text) => text.includes('whatever user'));
  expect(scene.lines().join('\n')).toMatch(new RegExp(`^${isEnforced ? uid : process.getuid?.()} `));
});

test('a task with a read-only root file system cannot write to its working directory', async () => {
  const isolation = await detectIsolation(folder);
  const scene = await taskScene();
  await scene.push(PROGRAM, 'v1', {}, { User: '1000:1000', WorkingDir: '/app' });
  await scene.waitForStop(await scene.run({ web: { readonlyRootFilesystem: true } }));
  const isWritable = process.getuid?.() === 0 && !isolation.hasOtherUsers && isolation.needsReadOnlyModes;
  const expected = isWritable ? 'written' : isolation.needsReadOnlyModes ? 'EACCES' : 'EROFS';
  expect(scene.lines()).toEqual([expect.stringMatching(new RegExp(` ${expected}$`))]);
});

test('a task does not start if its image lacks the user of the definition, and the task reports this reason', async () => {
  const scene = await taskScene();
  await scene.push(PROGRAM, 'v1');
  expect(await scene.waitForStop(await scene.run({ web: { user: 'wheel' } }))).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'Task failed to start',
    containers: [{ reason: expect.stringMatching(/^CannotStartContainerError: .*no users found/) }],
  });
});
