// A container's command is resolved in its image, and paths in the command are mapped to paths on this machine.
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import {
  CannotStartContainerError,
  healthCheckCommand,
  resolveCommand,
} from '../../../sandbox/runtime/command.ts';
import { TestTask } from './support.ts';

// Real processes are slow on a busy machine.
jest.setTimeout(60_000);

const PATH = '/usr/local/bin:/usr/bin:/bin';

async function resolve(task: TestTask, command: string[]) {
  return resolveCommand(command, { rootfs: task.rootfs, workingDirectory: '/app', path: PATH });
}

test('a health check in any of its forms is converted to a command', () => {
  expect(healthCheckCommand(['CMD', 'node', 'check.js'])).toEqual(['node', 'check.js']);
  expect(healthCheckCommand(['CMD-SHELL', 'node check.js || exit 1'])).toEqual([
    '/bin/sh',
    '-c',
    'node check.js || exit 1',
  ]);
  expect(healthCheckCommand(['node', 'check.js'])).toEqual(['node', 'check.js']);
});

test('the command "node", given by name or by a path in an image, is the Node that runs this test', async () => {
  await using task = await TestTask.create({ 'usr/local/bin/node': 'of another system' });
  for (const node of ['node', '/usr/local/bin/node', '/nodejs/bin/node'])
    expect(await resolve(task, [node, '-v'])).toEqual({ file: process.execPath, args: ['-v'] });
});

test('a program of the image is found on the PATH, by an absolute path, and relative to the working directory', async () => {
  await using task = await TestTask.create({ 'usr/local/bin/entry.sh': '#!/bin/sh', 'app/run': '#!/bin/sh' });
  const entry = join(task.rootfs, 'usr/local/bin/entry.sh');
  const run = join(task.rootfs, 'app/run');
  expect((await resolve(task, ['entry.sh'])).file).toBe(entry);
  expect((await resolve(task, ['/usr/local/bin/entry.sh'])).file).toBe(entry);
  expect((await resolve(task, ['./run'])).file).toBe(run);
});

test("this machine's copy of a base program is used, but only if the image has the program", async () => {
  await using task = await TestTask.create({ 'bin/cat': 'of another system' });
  expect((await resolve(task, ['/bin/cat'])).file).toBe('/bin/cat');
  expect((await resolve(task, ['cat'])).file).toBe('/bin/cat');
  await expect(resolve(task, ['ls'])).rejects.toThrow('exec: "ls": executable file not found in $PATH');
});

test("bash belongs to the base system that the sandbox supplies, as to Node's images, unless the image has its own system", async () => {
  await using task = await TestTask.create();
  for (const bash of ['bash', '/bin/bash', '/usr/bin/bash'])
    expect(await resolve(task, [bash, '-c', 'echo hi'])).toEqual({
      file: '/bin/bash',
      args: ['-c', 'echo hi'],
    });
  await task.write('bin/sh', 'of an image without bash');
  await expect(resolve(task, ['bash'])).rejects.toThrow('exec: "bash": executable file not found in $PATH');
  await expect(resolve(task, ['/bin/bash'])).rejects.toThrow('stat /bin/bash: no such file or directory');
});

test.each([
  [['x'], 'exec: "x": executable file not found in $PATH'],
  [['/app/absent'], 'exec: "/app/absent": stat /app/absent: no such file or directory'],
  [['/app/plain.txt'], 'exec: "/app/plain.txt": permission denied'],
  [[], 'no command specified'],
])("the command %j cannot start, and the error has ECS's wording", async (command, reason) => {
  await using task = await TestTask.create();
  await task.write('app/plain.txt', 'text', 0o644);
  const failure = resolve(task, command);
  await expect(failure).rejects.toThrow(CannotStartContainerError);
  await expect(failure).rejects.toThrow(/^CannotStartContainerError: ResourceInitializationError: /);
  await expect(failure).rejects.toThrow(`${reason}: unknown`);
});

test('arguments that are absolute paths in the image are mapped, and other arguments are left unchanged', async () => {
  await using task = await TestTask.create({ 'app/main.js': '' });
  const { args } = await resolve(task, ['node', '/app/main.js', '/absent', 'app', '--x=/app']);
  expect(args).toEqual([join(task.rootfs, 'app/main.js'), '/absent', 'app', '--x=/app']);
});

test('a path with .. stays inside the image', async () => {
  await using task = await TestTask.create({ 'etc/passwd': 'of the image' });
  const { args } = await resolve(task, ['node', '/../../../etc/passwd']);
  expect(args).toEqual([join(task.rootfs, 'etc/passwd')]);
});

test('paths in a shell command are mapped, whether quoted or not; URLs and base programs are not mapped', async () => {
  await using task = await TestTask.create({ 'app/a file': 'a file\n', 'app/b': 'b\n', 'bin/cat': '' });
  const text = `/bin/cat /app/b "/app/b" '/app/b'; cat </app/b; cd /app && cat 'a file'; echo http://localhost/app it\\'s`;
  const container = await task.start(['/bin/sh', '-c', text]);
  expect(await container.exited).toEqual({ exitCode: 0 });
  expect(container.stdout).toEqual(['b', 'b', 'b', 'b', 'a file', "http://localhost/app it's"]);
});
