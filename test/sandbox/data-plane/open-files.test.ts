// A task definition limits how many files the processes of a container can have open.
import { expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { TestTask } from '../runtime/support.ts';
import { taskScene } from './task-scene.ts';

jest.setTimeout(60_000);

const PRINT = ['sh', '-c', 'echo "$(ulimit -S -n) $(ulimit -H -n)"'];
const limit = (softLimit: number, hardLimit: number) => ({
  ulimits: [{ name: 'nofile' as const, softLimit, hardLimit }],
});

test('a container has the limits of its definition, and another container of the task has its own', async () => {
  const scene = await taskScene();
  await scene.push('', 'v1', {}, { Entrypoint: PRINT, Cmd: [] });
  const containers = {
    small: { ...limit(100, 200), essential: false },
    large: { ...limit(1000, 1000), dependsOn: [{ containerName: 'small', condition: 'COMPLETE' as const }] },
  };
  await scene.waitForStop(await scene.run(containers));
  expect(scene.lines()).toEqual(['100 200', '1000 1000']);
});

test('a limit that this user may not set is cut to that of this machine', async () => {
  await using task = await TestTask.create({ 'app/.keep': '' });
  const machine = Number(execFileSync('sh', ['-c', 'ulimit -H -n'], { encoding: 'utf8' }));
  const wanted = machine + 1000;
  const container = await task.start(PRINT, { openFiles: { soft: wanted, hard: wanted } });
  await container.exited;
  // Root with the capability to do so raises the limit.
  expect([[`${wanted} ${wanted}`], [`${machine} ${machine}`]]).toContainEqual(container.stdout);
});
