// Containers never outlive their sandbox: they die with it, and what a crash left is found again.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { noteContainer, stopLeftovers } from '../../../sandbox/runtime/leftovers.ts';
import { compileProgram, startProgram } from '../../program.ts';
import { isRunning, TestTask, until } from './support.ts';

// Real processes take their time on a busy machine.
jest.setTimeout(60_000);

let folder: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-tasks-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** A process with no watcher, as one whose watcher was killed too. */
async function stray(): Promise<{ pid: number; ended: Promise<unknown> }> {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  started.push(child);
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  return { pid: child.pid ?? 0, ended };
}

describe('when the sandbox is killed', () => {
  test.each([
    ['a Node program', ['node', '-e', 'console.log(process.pid); setInterval(() => {}, 1000)']],
    [
      'a Node program behind a shell',
      ['sh', '-c', 'node -e "console.log(process.pid); setInterval(() => {}, 1000)"; true'],
    ],
    ['a program that is not Node', ['sh', '-c', 'echo $$; while :; do sleep 1; done']],
    [
      'a program that ignores signals',
      ['sh', '-c', `trap '' TERM HUP INT; echo $$; while :; do sleep 1; done`],
    ],
  ])('%s dies with it', async (_, command) => {
    const sandbox = await compileProgram(
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
    const parent = startProgram(sandbox, []);
    const line = (await parent.nextLine()) ?? 'it ended';
    const pids = line.split(' ').map(Number);
    expect(pids.every(isRunning)).toBe(true);
    await parent.kill();
    await until(() => !pids.some(isRunning), 'the container to be gone');
  });
});

describe('a container that runs', () => {
  test('is noted while it runs and no longer', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', 'setInterval(() => {}, 1000)'], { name: 'api' });
    const note = join(task.directory, 'pids', 'api.json');
    expect(JSON.parse(await readFile(note, 'utf8'))).toEqual({
      pid: container.pid,
      started: expect.any(String),
    });
    await container.stop();
    expect(existsSync(note)).toBe(false);
  });
});

describe('leftovers', () => {
  test('are killed with their children and forgotten', async () => {
    const { pid, ended } = await stray();
    await noteContainer(join(folder, 'task-1'), 'api', pid);
    expect(await stopLeftovers(folder)).toEqual([{ task: 'task-1', container: 'api', pid }]);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(await stopLeftovers(folder)).toEqual([]);
  });

  test('are not mistaken for a process that has an old number again', async () => {
    const { pid } = await stray();
    await noteContainer(join(folder, 'task-1'), 'api', pid);
    const note = join(folder, 'task-1', 'pids', 'api.json');
    await writeFile(note, JSON.stringify({ pid, started: 'at another time' }));
    expect(await stopLeftovers(folder)).toEqual([]);
    expect(isRunning(pid)).toBe(true);
    expect(existsSync(note)).toBe(false);
  });

  test.each(['', 'null', '{"pid":0,"started":""}', '{"pid":-1}', '[1]'])(
    'a note that says %j hurts nobody',
    async (text) => {
      const { pid } = await stray();
      await noteContainer(join(folder, 'task-1'), 'api', pid);
      await writeFile(join(folder, 'task-1', 'pids', 'broken.json'), text);
      expect((await stopLeftovers(folder)).map((leftover) => leftover.container)).toEqual(['api']);
    },
  );

  test('of a folder that is not there are none', async () => {
    expect(await stopLeftovers(join(folder, 'absent'))).toEqual([]);
  });
});
