// A container without Node runs with an OCI runtime, in the same network as the others, where the machine has such a runtime.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { needsOwnSystem } from '../../../sandbox/runtime/image-system.ts';
import { startOciContainer } from '../../../sandbox/runtime/oci-runtime.ts';
import { hasTerminals } from '../../../sandbox/runtime/execution.ts';
import { killOrphanedContainers } from '../../../sandbox/runtime/orphaned-containers.ts';
import { listenedAddresses, localAddress } from '../../../sandbox/runtime/ports.ts';
import type { ContainerSpec } from '../../../sandbox/runtime/container.ts';
import { ociPrograms } from './oci.ts';
import { isRunning, PRIVATE_IP, TestTask, until } from './support.ts';

jest.setTimeout(60_000);

const programs = ociPrograms();
const testWithRuntime = programs ? test : test.skip;

/** Starts the server in a separate task. */
async function start(spec: Partial<ContainerSpec> = {}) {
  if (!programs) throw new Error('This machine has no OCI runtime');
  const task = await TestTask.create();
  await mkdir(join(task.rootfs, 'srv'), { recursive: true });
  await writeFile(join(task.rootfs, 'server'), programs.server, { mode: 0o755 });
  const lines: string[] = [];
  const container = await startOciContainer(
    programs.runtime,
    {
      name: 'web',
      taskDirectory: task.directory,
      privateIp: PRIVATE_IP,
      rootfs: task.rootfs,
      command: ['/server'],
      workingDirectory: '/srv',
      environment: { PORT: '4000' },
      stopTimeoutMs: 20_000,
      ...spec,
    },
    { line: (stream, text) => lines.push(`${stream}: ${text}`) },
  );
  const dispose = async () => {
    container.kill();
    await container.exited;
    await task[Symbol.asyncDispose]();
  };
  return { task, container, lines, [Symbol.asyncDispose]: dispose };
}

/** Reads the limit of the control group of a process. */
function processLimitOf(pid: number): string {
  const [, group = ''] = /^(?:\d+:pids|0:):(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8')) ?? [];
  const folders = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'].map((root) => join(root, group, 'pids.max'));
  const file = folders.find((path) => existsSync(path)) ?? '';
  return readFileSync(file, 'utf8').trim();
}

const answerOf = async (task: TestTask): Promise<string> => {
  const address = await task.waitForListener(4000);
  if (address === 'loopback-only') throw new Error('The program listens on loopback only');
  return (await fetch(`http://127.0.0.1:${address.port}/`)).text();
};

describe('a container without Node', () => {
  testWithRuntime('listens in its own network, and clients of this machine reach it', async () => {
    await using started = await start();
    expect(await answerOf(started.task)).toBe('user 0 pid 1 folder /srv root 1 tmp 0');
    expect(started.lines).toEqual(['stdout: listening on 0.0.0.0']);
    expect(listenedAddresses(started.task.directory)).toEqual([
      { container: 'web', host: '0.0.0.0', port: 4000, isOpen: true },
    ]);
  });

  testWithRuntime('keeps its variables from other users of this machine', async () => {
    await using started = await start({ environment: { PORT: '4000', DB_PASSWORD: 'hunter2' } });
    const bundle = join(started.task.directory, 'oci-web');
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect([modeOf(bundle), modeOf(join(bundle, 'config.json'))]).toEqual(['700', '600']);
    expect(await answerOf(started.task)).toContain('user 0');
  });

  testWithRuntime('two tasks listen on the same port', async () => {
    await using one = await start();
    await using other = await start();
    for (const { task } of [one, other]) expect(await answerOf(task)).toContain('user 0');
  });

  testWithRuntime('a program that listens on loopback only is not reachable', async () => {
    await using started = await start({ command: ['/server', '127.0.0.1'] });
    await until(() => localAddress(started.task.directory, 4000) === 'loopback-only', 'the listener');
  });

  testWithRuntime('a Node container of the same task connects to it on localhost', async () => {
    await using started = await start();
    await started.task.waitForListener(4000);
    const client = await started.task.evaluate(
      `fetch('http://localhost:4000').then((r) => r.text()).then(console.log)`,
    );
    expect(client.stdout).toEqual(['user 0 pid 1 folder /srv root 1 tmp 0']);
  });

  testWithRuntime(
    'connects on localhost to a Node container of its task, for as long as that listens',
    async () => {
      await using started = await start();
      const { task, container } = started;
      const call = () => container.run(['CMD', '/server', 'connect', '4100'], 10_000);
      expect(await call()).toMatchObject({ exitCode: 11 });
      const program = `require('node:http').createServer((_, response) => response.end('from Node')).listen(4100)`;
      const node = await task.start(['node', '-e', program]);
      await until(async () => (await call()).exitCode === 0, 'the connection');
      expect((await call()).output).toContain('from Node');
      // The listener stays that of the Node container.
      expect(listenedAddresses(task.directory).filter(({ port }) => port === 4100)).toHaveLength(1);
      await node.stop();
      await until(async () => (await call()).exitCode === 11, 'the end of the listener');
    },
  );

  testWithRuntime.each([
    ['unshare', 1],
    ['mount', 1],
    ['clone', 1],
    ['clone3', 38],
    ['socket', 1],
    ['mknod', 1],
    ['getpid', 0],
  ])('the system call %s ends with the error %i, even for root', async (name, error) => {
    await using started = await start();
    expect(await started.container.run(['CMD', '/server', 'call', name], 10_000)).toMatchObject({
      exitCode: error,
    });
  });

  testWithRuntime('gains no privileges, sees no firmware, and has a limit of processes', async () => {
    await using started = await start();
    const { container } = started;
    expect(await container.run(['CMD', '/server', 'call', 'privileges'], 10_000)).toMatchObject({
      exitCode: 1,
    });
    expect(await container.run(['CMD', '/server', 'call', 'firmware'], 10_000)).toMatchObject({
      exitCode: 0,
    });
    expect(processLimitOf(container.pid)).toBe('4096');
  });

  testWithRuntime('runs as its user, with a read-only root and a volume at /tmp', async () => {
    const { directory } = await TestTask.create();
    const temporaryFolder = join(directory, 'scratch');
    await mkdir(temporaryFolder, { mode: 0o777 });
    await using started = await start({
      user: '1234:5',
      readOnlyRoot: true,
      volumes: [{ from: temporaryFolder, to: '/tmp' }],
    });
    expect(await answerOf(started.task)).toBe('user 1234 pid 1 folder /srv root 0 tmp 0');
    await using root = await start({ readOnlyRoot: true, volumes: [{ from: temporaryFolder, to: '/tmp' }] });
    expect(await answerOf(root.task)).toBe('user 0 pid 1 folder /srv root 0 tmp 1');
  });

  testWithRuntime('stops on the signal that it handles', async () => {
    await using started = await start({ environment: { PORT: '4000', HANDLES_SIGTERM: '1' } });
    await answerOf(started.task);
    expect(await started.container.stop()).toEqual({ exitCode: 7 });
    expect(localAddress(started.task.directory, 4000)).toBeUndefined();
  });

  testWithRuntime.each([
    ['with an init process it ends at once', true, 60_000, 143],
    ['without one it is killed after the timeout', false, 300, 137],
  ])('does not handle the signal: %s', async (_, hasInitProcess, stopTimeoutMs, exitCode) => {
    await using started = await start({ hasInitProcess, stopTimeoutMs });
    await answerOf(started.task);
    expect(await started.container.stop()).toEqual({ exitCode });
  });

  testWithRuntime('runs health checks inside', async () => {
    await using started = await start();
    expect(await started.container.run(['CMD', '/server', 'check', '0'], 10_000)).toMatchObject({
      exitCode: 0,
    });
    expect(await started.container.run(['CMD', '/server', 'check', '5'], 10_000)).toMatchObject({
      exitCode: 5,
    });
    const hanging = ['CMD', '/server', 'hang'];
    expect(await started.container.run(hanging, 300)).toMatchObject({ exitCode: 137, timedOut: true });
  });

  testWithRuntime(
    'runs commands of a session inside, with a terminal of the size of the client',
    async () => {
      await using started = await start();
      const { container } = started;
      const execution = await container.execute(['/server', 'terminal'], { cols: 123, rows: 45 });
      const chunks: Buffer[] = [];
      for await (const chunk of execution.output as AsyncIterable<Buffer>) chunks.push(chunk);
      await execution.ended;
      expect(Buffer.concat(chunks).toString()).toBe(
        hasTerminals()
          ? 'terminal 1 123x45 TERM=xterm-256color PORT=4000\r\n'
          : 'terminal 0 0x0 TERM=xterm-256color PORT=4000\n',
      );
      // A command that hangs ends with its session, and with its container.
      const hanging = await container.execute(['/server', 'hang']);
      hanging.output.resume();
      hanging.kill();
      await hanging.ended;
      const last = await container.execute(['/server', 'hang']);
      last.output.resume();
      container.kill();
      await last.ended;
    },
  );

  testWithRuntime.each([
    ['a missing program', ['/absent'], 'exec: "/absent": stat /absent: no such file or directory'],
    ['a program that is not in PATH', ['absent'], 'exec: "absent": executable file not found in $PATH'],
  ])('%s is refused with the reason of the runtime', async (_, command, reason) => {
    await expect(start({ command })).rejects.toThrow(reason);
  });

  testWithRuntime('is killed by the next sandbox if its own sandbox died', async () => {
    await using started = await start();
    await answerOf(started.task);
    const { directory } = started.task;
    const killed = await killOrphanedContainers(join(directory, '..'));
    expect(killed).toContainEqual(expect.objectContaining({ container: 'web', pid: started.container.pid }));
    expect(await started.container.exited).toEqual({ exitCode: 137 });
    expect(isRunning(started.container.pid)).toBe(false);
  });
});

describe('the system of an image', () => {
  const binary = '\x7fELF';
  test.each<[string, Record<string, string>, string[], boolean]>([
    ['made for the sandbox', { 'app/main.js': '' }, ['node', 'main.js'], false],
    [
      'made for the sandbox, with a shell command',
      { 'app/main.js': '' },
      ['sh', '-c', 'node main.js'],
      false,
    ],
    ['of Node', { 'usr/local/bin/node': binary, 'bin/sh': binary }, ['docker-entrypoint.sh', 'node'], false],
    [
      'of Node, with a binary as its entry point',
      { 'usr/bin/node': binary, 'sbin/tini': binary },
      ['/sbin/tini', '--', 'node'],
      false,
    ],
    ['with a single binary', { 'app/server': binary }, ['/app/server'], true],
    ['with a binary in PATH', { 'usr/bin/python3': binary, 'bin/sh': binary }, ['python3', 'main.py'], true],
    ['with a shell and a script', { 'bin/sh': binary, 'app/start.sh': '#!/bin/sh' }, ['./start.sh'], true],
    ['with a shell and an unknown program', { 'bin/sh': binary }, ['absent'], true],
  ])('is needed by an image %s', async (_, files, command, isNeeded) => {
    await using task = await TestTask.create({ 'etc/hostname': '', ...files });
    const search = { rootfs: task.rootfs, workingDirectory: '/app', path: '/usr/local/bin:/usr/bin:/bin' };
    expect(await needsOwnSystem(command, search)).toBe(isNeeded);
  });
});
