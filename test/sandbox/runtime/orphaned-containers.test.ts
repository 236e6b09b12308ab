// Containers are killed when their sandbox dies, or else by the next sandbox.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { killOrphanedContainers, recordContainer } from '../../../sandbox/runtime/orphaned-containers.ts';
import { compileProgram, startProgram } from '../../program.ts';
import { isRunning, TestTask, until } from './support.ts';

// Real processes are slow on a busy machine.
jest.setTimeout(60_000);

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-tasks-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Starts a process without a watchdog, as if both its sandbox and its watchdog had been killed. */
async function startOrphan(): Promise<{ pid: number; ended: Promise<unknown> }> {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  children.push(child);
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  return { pid: child.pid ?? 0, ended };
}

describe('when the sandbox is killed', () => {
  test.each([
    ['a Node program', ['node', '-e', 'console.log(process.pid); setInterval(() => {}, 1000)']],
    [
      'a Node program that a shell runs',
      ['sh', '-c', 'node -e "console.log(process.pid); setInterval(() => {}, 1000)"; true'],
    ],
    ['a program that is not Node', ['sh', '-c', 'echo $$; while :; do sleep 1; done']],
    [
      'a program that ignores signals',
      ['sh', '-c', `trap '' TERM HUP INT; echo $$; while :; do sleep 1; done`],
    ],
  ])('%s is killed too', async (_, command) => {
    const program = await compileProgram(
      `import { startContainer } from 'sandbox/runtime/container.ts';
       const starting = startContainer(${JSON.stringify({
         name: 'app',
         taskDirectory: join(folder, 'task'),
         privateIp: '10.0.11.23',
         rootfs: join(folder, 'root'),
         command,
         workingDirectory: '/',
         environment: {},
         stopTimeoutMs: 1000,
       })}, { line: async (_, text) => console.log((await starting).pid + ' ' + text) });
       setInterval(() => {}, 1000);`,
    );
    const parent = startProgram(program, []);
    const line = (await parent.nextLine()) ?? 'it ended';
    const pids = line.split(' ').map(Number);
    expect(pids.every(isRunning)).toBe(true);
    await parent.kill();
    await until(() => !pids.some(isRunning), 'the container to be gone');
  });
});

describe('a running container', () => {
  test('has a record only while it is running', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', 'setInterval(() => {}, 1000)'], { name: 'api' });
    const record = join(task.directory, 'pids', 'api.json');
    expect(JSON.parse(await readFile(record, 'utf8'))).toEqual({
      pid: container.pid,
      started: expect.any(String),
    });
    await container.stop();
    expect(existsSync(record)).toBe(false);
  });
});

describe('orphaned containers', () => {
  test('are killed together with their children, and their records are removed', async () => {
    const { pid, ended } = await startOrphan();
    await recordContainer(join(folder, 'task-1'), 'api', pid);
    expect(await killOrphanedContainers(folder)).toEqual([{ task: 'task-1', container: 'api', pid }]);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(await killOrphanedContainers(folder)).toEqual([]);
  });

  test('are not confused with later processes that reuse their process ids', async () => {
    const { pid } = await startOrphan();
    await recordContainer(join(folder, 'task-1'), 'api', pid);
    const record = join(folder, 'task-1', 'pids', 'api.json');
    await writeFile(record, JSON.stringify({ pid, started: 'at another time' }));
    expect(await killOrphanedContainers(folder)).toEqual([]);
    expect(isRunning(pid)).toBe(true);
    expect(existsSync(record)).toBe(false);
  });

  test.each(['', 'null', '{"pid":0,"started":""}', '{"pid":-1}', '[1]'])(
    'are killed even if another record contains %j',
    async (text) => {
      const { pid } = await startOrphan();
      await recordContainer(join(folder, 'task-1'), 'api', pid);
      await writeFile(join(folder, 'task-1', 'pids', 'broken.json'), text);
      expect((await killOrphanedContainers(folder)).map((leftover) => leftover.container)).toEqual(['api']);
    },
  );

  test('are not found in a folder that does not exist', async () => {
    expect(await killOrphanedContainers(join(folder, 'absent'))).toEqual([]);
  });
});
