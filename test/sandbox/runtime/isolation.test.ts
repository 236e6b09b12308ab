// As far as this machine allows, containers run as their configured users and cannot write to a read-only root.
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import type { ContainerSpec } from '../../../sandbox/runtime/container.ts';
import { makeReadOnly, removeTree } from '../../../sandbox/runtime/file-modes.ts';
import { detectIsolation, fileModeIsolation } from '../../../sandbox/runtime/isolation.ts';
import { lastJson, TestTask, until } from './support.ts';

// Real processes are slow on a busy machine.
jest.setTimeout(60_000);

const IS_ROOT = process.getuid?.() === 0;

/** Creates a task whose folder every user can enter, and detects which isolation this machine offers for it. */
async function isolatedTask(programs: Record<string, string> = {}) {
  const task = await TestTask.create({ 'app/data.txt': 'data', ...programs });
  await chmod(task.directory, 0o711);
  return { task, isolation: await detectIsolation(task.directory) };
}

/** A program that prints its user, group and process IDs, and the results of writing to files. */
const REPORT = `
  const { rmSync, writeFileSync } = require('node:fs');
  const write = (file) => {
    try { writeFileSync(file, 'x'); return 'written'; } catch ({ code }) { return code; }
  };
  const outside = '/tmp/slipway-outside-' + process.pid;
  const report = { relative: write('cache.json'), existing: write('data.txt'), outside: write(outside) };
  rmSync(outside, { force: true });
  console.log(JSON.stringify({ uid: process.getuid(), gid: process.getgid(), pid: process.pid, ...report }));`;

const runReport = async (task: TestTask, spec: Partial<ContainerSpec>) => {
  const container = await task.evaluate(REPORT, spec);
  expect(container.stderr).toEqual([]);
  return { ...(lastJson(container) as Record<string, unknown>), containerPid: container.pid };
};

describe('with the isolation that this machine offers', () => {
  test('everything but the records of the runtime is read-only, or the limitation is reported', async () => {
    const { task, isolation } = await isolatedTask();
    await using _ = task;
    const report = await runReport(task, { isolation, readOnlyRoot: true, user: '1000:1000' });
    if (isolation.limitations.length > 0 && isolation.needsReadOnlyModes) {
      expect(isolation.limitations.join()).toContain('read-only root file systems');
      return;
    }
    expect(report).toMatchObject({
      relative: 'EROFS',
      existing: 'EROFS',
      outside: 'EROFS',
      pid: report.containerPid,
    });
    // The rest of this machine is not affected.
    await task.write('app/later.txt', 'still writable');
  });

  test('a container cannot make its read-only root writable again, even as the user root', async () => {
    const { task, isolation } = await isolatedTask();
    await using _ = task;
    if (isolation.needsReadOnlyModes) return;
    const remount = 'mount -o remount,bind,rw / 2>/dev/null; : > cache.json && echo written';
    const container = await task.start(['sh', '-c', remount], { isolation, readOnlyRoot: true, user: '0' });
    expect((await container.exited).exitCode).not.toBe(0);
    expect(container.stdout).toEqual([]);
    expect(existsSync(join(task.rootfs, 'app/cache.json'))).toBe(false);
  });

  test('a program with a read-only root listens, answers, and stops on the stop signal', async () => {
    const server = `require('node:http').createServer((_, response) => response.end('hello')).listen(5000);
      process.on('SIGTERM', () => process.exit(4));`;
    const { task, isolation } = await isolatedTask();
    await using _ = task;
    const spec = { isolation, readOnlyRoot: true, user: '1000' };
    const container = await task.start(['node', '-e', server], spec);
    const listener = await task.waitForListener(5000);
    if (listener === 'loopback-only') throw new Error('The program listens on loopback only');
    expect(await (await fetch(`http://${listener.host}:${listener.port}`)).text()).toBe('hello');
    const check = `test "$(id -u)" = 1000 || exit 1; (: > file) 2>/dev/null && exit 3; exit 0`;
    const checked = await container.run(['CMD-SHELL', check], 10_000);
    expect(checked).toMatchObject({ exitCode: isolation.needsReadOnlyModes ? expect.any(Number) : 0 });
    expect(await container.stop()).toEqual({ exitCode: 4 });
  });

  test.each([
    ['1000:1000', { uid: 1000, gid: 1000 }],
    ['1234:5', { uid: 1234, gid: 5 }],
    ['1234', { uid: 1234, gid: 0 }],
    ['', { uid: 0, gid: 0 }],
  ])('a container that names the user %j runs as that user', async (user, ids) => {
    const { task, isolation } = await isolatedTask();
    await using _ = task;
    const report = await runReport(task, { isolation, user });
    if (isolation.limitations.some((text) => /whatever user/.test(text)))
      expect(report).toMatchObject({ uid: process.getuid?.() });
    else expect(report).toMatchObject(ids);
    if (IS_ROOT && isolation.hasOtherUsers) {
      expect(report).toMatchObject({ existing: user === '' ? 'written' : 'EACCES' });
    }
  });

  test('a container cannot read the environment of another process of the user', async () => {
    const { task, isolation } = await isolatedTask();
    await using _ = task;
    if (process.platform !== 'linux' || isolation.needsReadOnlyModes) return;
    const read = `require('node:fs').readFileSync('/proc/${process.pid}/environ')`;
    const container = await task.evaluate(read, { isolation, user: '1000' });
    expect(container.stderr.join('\n')).toContain('EACCES');
  });

  test.each([
    ['in an unknown format', 'echo run by a shell', 'exec format error'],
    ['for another processor', '\x7fELF\x02\x01\x01'.padEnd(18, '\0') + '\xff\x7f', 'exec format error'],
    ['whose interpreter is missing', '#!/no/such/program\n', 'no such file or directory'],
  ])('a program %s is refused, with and without isolation', async (_, contents, reason) => {
    const { task, isolation } = await isolatedTask({ 'app/run': contents });
    await using _task = task;
    // Other operating systems have other formats, and their kernels check them.
    if (process.platform !== 'linux') return;
    for (const settings of [{}, { isolation, readOnlyRoot: true }]) {
      await expect(task.start(['./run'], settings)).rejects.toThrow(`exec ./run: ${reason}`);
    }
  });
});

describe('without namespaces', () => {
  test('file modes protect the image, and the folder can be removed again', async () => {
    const { task, isolation: detected } = await isolatedTask();
    await using _ = task;
    const isolation = fileModeIsolation(detected.hasOtherUsers);
    expect(isolation.limitations.join('; ')).toContain('read-only root file systems are');
    const report = await runReport(task, { isolation, readOnlyRoot: true, user: '1000' });
    const isEnforced = !IS_ROOT || isolation.hasOtherUsers;
    const result = isEnforced ? 'EACCES' : 'written';
    expect(report).toMatchObject({ relative: result, existing: result, outside: 'written' });
    if (isolation.hasOtherUsers) expect(report).toMatchObject({ uid: 1000, gid: 1000 });
  });

  test('a read-only tree with links is removed', async () => {
    await using task = await TestTask.create({ 'app/deep/file': 'x' });
    await mkdir(join(task.rootfs, 'empty'));
    await symlink('/etc/hostname', join(task.rootfs, 'link'));
    await makeReadOnly(task.rootfs);
    await removeTree(task.rootfs);
    expect(existsSync(task.rootfs)).toBe(false);
    expect(existsSync('/etc')).toBe(true);
    await removeTree(task.rootfs);
  });
});

test('several containers of a task share its ports although they have different users', async () => {
  const { task, isolation } = await isolatedTask();
  await using _ = task;
  const spec = (user: string) => ({ isolation, readOnlyRoot: true, user });
  const server = `require('node:http').createServer((_, response) => response.end('hello')).listen(5000)`;
  await task.start(['node', '-e', server], spec('1000'));
  await task.waitForListener(5000);
  const client = await task.evaluate(
    `fetch('http://localhost:5000').then((r) => r.text()).then(console.log)`,
    spec('2000'),
  );
  await until(() => client.stdout.length === 1, 'the response');
  expect(client.stdout).toEqual(['hello']);
  const second = await task.evaluate(server, spec('3000'));
  expect(second.stderr.join('\n')).toContain('EADDRINUSE');
});
