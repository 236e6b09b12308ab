// Containers start, write logs, run health checks, stop and exit as on Fargate.
import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { isRunning, lastJson, PRIVATE_IP, TestTask, until } from './support.ts';

// Real processes are slow on a busy machine.
jest.setTimeout(60_000);

/** A program that handles SIGTERM and exits with code 3. */
const POLITE = `
  process.on('SIGTERM', () => { console.log('stopping'); setImmediate(() => process.exit(3)); });
  setInterval(() => {}, 1000);
  console.log('ready');`;

/** A program that ignores SIGTERM. */
const STUBBORN = `process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log('ready');`;

describe('the exit code', () => {
  test.each([0, 1, 42])('a program that exits with %i reports that code', async (code) => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', `process.exit(${code})`]);
    expect(await container.exited).toEqual({ exitCode: code });
  });

  test('a program that is killed by a signal reports 128 plus the number of the signal', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', `process.kill(process.pid, 'SIGABRT')`]);
    expect(await container.exited).toEqual({ exitCode: 134 });
  });

  test('children that are still running when the program exits are killed', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['sh', '-c', 'sleep 1000 & echo $!; exit 5']);
    expect(await container.exited).toEqual({ exitCode: 5 });
    const child = Number(container.stdout[0]);
    expect(child).toBeGreaterThan(0);
    await until(() => !isRunning(child), 'the child to be gone');
  });

  test('a child that left the process group and keeps the output open does not delay the exit report', async () => {
    await using task = await TestTask.create();
    const child = `require('child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' })`;
    const container = await task.start(['node', '-e', `const c = ${child}; console.log(c.pid); c.unref()`]);
    expect(await container.exited).toEqual({ exitCode: 0 });
    process.kill(Number(container.stdout[0]), 'SIGKILL');
  });
});

describe('stopping', () => {
  test('a program that handles the stop signal exits on its own', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', POLITE]);
    await until(() => container.stdout.includes('ready'), 'the program to be ready');
    expect(await container.stop()).toEqual({ exitCode: 3 });
    expect(container.stdout).toEqual(['ready', 'stopping']);
    expect(isRunning(container.pid)).toBe(false);
  });

  test('a program that ignores the stop signal is killed after the timeout and reports 137', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', STUBBORN], { stopTimeoutMs: 100 });
    await until(() => container.stdout.includes('ready'), 'the program to be ready');
    const stopRequestedAt = Date.now();
    const [first, second] = await Promise.all([container.stop(), container.stop()]);
    expect(first).toEqual({ exitCode: 137 });
    expect(second).toEqual(first);
    expect(Date.now() - stopRequestedAt).toBeGreaterThanOrEqual(95);
    expect(container.stdout).toEqual(['ready', 'no']);
  });

  test("the image's own stop signal is used", async () => {
    await using task = await TestTask.create();
    const program = `process.on('SIGQUIT', () => process.exit(7)); setInterval(() => {}, 1000); console.log('ready')`;
    const container = await task.start(['node', '-e', program], { stopSignal: 'SIGQUIT' });
    await until(() => container.stdout.includes('ready'), 'the program to be ready');
    expect(await container.stop()).toEqual({ exitCode: 7 });
  });

  test('a program that a shell runs is killed together with the shell', async () => {
    await using task = await TestTask.create();
    const command = `node -e "console.log(process.pid); setInterval(() => {}, 1000)"; true`;
    const container = await task.start(['sh', '-c', command], { stopTimeoutMs: 100 });
    const child = Number(await until(() => container.stdout[0], 'the program to be ready'));
    await container.stop();
    await until(() => !isRunning(child), 'the program to be gone');
  });

  test('stopping a container that has ended returns its exit code', async () => {
    await using task = await TestTask.create();
    const container = await task.evaluate('process.exit(9)');
    expect(await container.stop()).toEqual({ exitCode: 9 });
  });

  test('the container has its own process group, which Ctrl-C on this terminal does not reach', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', STUBBORN], { stopTimeoutMs: 0 });
    expect(() => process.kill(-container.pid, 0)).not.toThrow();
  });
});

describe('logs', () => {
  test('stdout and stderr, even an unfinished last line, arrive line by line before the exit is reported', async () => {
    await using task = await TestTask.create();
    const container = await task.evaluate(`
      process.stdout.write('one\\ntwo\\n\\nlast');
      process.stderr.write('trouble\\n');`);
    expect(container.stdout).toEqual(['one', 'two', '', 'last']);
    expect(container.stderr).toEqual(['trouble']);
  });

  test('large output arrives completely', async () => {
    await using task = await TestTask.create();
    const container = await task.evaluate(`for (let i = 0; i < 20000; i++) console.log('line ' + i)`);
    expect(container.stdout).toEqual(Array.from({ length: 20_000 }, (_, i) => `line ${i}`));
  });
});

describe('the environment', () => {
  test('the environment contains the given variables and those of the runtime, but no variables of this process', async () => {
    process.env.SLIPWAY_TEST_SECRET = 'of the host';
    await using task = await TestTask.create();
    const container = await task.evaluate('console.log(JSON.stringify(process.env))', {
      environment: { PORT: '5000', 'a.dotted-name': 'kept', AWS_REGION: 'eu-west-1' },
    });
    delete process.env.SLIPWAY_TEST_SECRET;
    const environment = lastJson(container) as Record<string, string>;
    // macOS sets this variable for every process.
    delete environment.__CF_USER_TEXT_ENCODING;
    expect(Object.keys(environment).sort()).toEqual(
      ['AWS_REGION', 'HOME', 'HOSTNAME', 'NODE_OPTIONS', 'PATH', 'PORT', 'a.dotted-name'].sort(),
    );
    expect(environment).toMatchObject({
      PORT: '5000',
      'a.dotted-name': 'kept',
      HOSTNAME: 'ip-10-0-11-23.eu-west-1.compute.internal',
      HOME: join(task.directory, 'home'),
    });
  });

  test("the container's own NODE_OPTIONS and host name are kept", async () => {
    await using task = await TestTask.create();
    const container = await task.evaluate(
      `console.log(JSON.stringify([Error.stackTraceLimit, require('os').hostname()]))`,
      { environment: { NODE_OPTIONS: '--stack-trace-limit=7', HOSTNAME: 'chosen' } },
    );
    expect(lastJson(container)).toEqual([7, 'chosen']);
  });

  test('the program runs in its working directory, which is created if it is not in the image', async () => {
    await using task = await TestTask.create();
    const container = await task.evaluate('console.log(process.cwd())', { workingDirectory: '/srv/made' });
    expect(container.stdout).toEqual([join(task.rootfs, 'srv/made')]);
  });

  test('folders can be relative to the working directory of this process', async () => {
    await using task = await TestTask.create({ 'app/main.js': 'console.log(process.env.HOME)' });
    const container = await task.start(['node', '/app/main.js'], {
      taskDirectory: relative(process.cwd(), task.directory),
      rootfs: relative(process.cwd(), task.rootfs),
    });
    await container.exited;
    expect(container.stdout).toEqual([join(task.directory, 'home')]);
  });

  test('scripts of the image find Node and the programs of the image', async () => {
    await using task = await TestTask.create({
      'usr/local/bin/entry.sh': '#!/bin/sh\nexec "$@"\n',
      'usr/local/bin/hello': '#!/usr/bin/env node\nconsole.log("hello " + process.argv[2])\n',
    });
    const container = await task.start(['entry.sh', 'hello', 'world']);
    expect(await container.exited).toEqual({ exitCode: 0 });
    expect(container.stdout).toEqual(['hello world']);
  });

  test("programs see the address and host name of the task's network interface", async () => {
    await using task = await TestTask.create();
    const container = await task.evaluate(`
      import('node:os').then(async ({ networkInterfaces, hostname }) => {
        const { lookup } = await import('node:dns/promises');
        console.log(JSON.stringify([networkInterfaces().eth1[0].address, hostname(), (await lookup(hostname())).address]));
      })`);
    expect(lastJson(container)).toEqual([PRIVATE_IP, 'ip-10-0-11-23.ec2.internal', PRIVATE_IP]);
  });
});

describe('a container that cannot start', () => {
  test("an unknown program is refused in ECS's wording, and no record remains", async () => {
    await using task = await TestTask.create();
    await expect(task.start(['absent'])).rejects.toThrow(
      'exec: "absent": executable file not found in $PATH',
    );
    expect(existsSync(join(task.directory, 'pids', 'c0.json'))).toBe(false);
  });

  test('a script whose interpreter does not exist is refused', async () => {
    await using task = await TestTask.create({ 'app/script': '#!/absent/interpreter\n' });
    await expect(task.start(['/app/script'])).rejects.toThrow(
      'exec /app/script: no such file or directory: unknown',
    );
  });

  test.each([
    ['a name that is a path', { name: '../evil' }, 'invalid container name'],
    ['an unknown stop signal', { stopSignal: 'SIGNONE' }, 'invalid signal'],
  ])('%s is refused', async (_, spec, reason) => {
    await using task = await TestTask.create();
    await expect(task.start(['node', '-v'], spec)).rejects.toThrow(reason);
  });
});

describe('commands in a running container', () => {
  const SERVER = `require('http').createServer((q, r) => r.writeHead(q.url === '/health' ? 200 : 404).end()).listen(5000)`;

  test("a health check can connect to the container, sees the container's environment, and passes or fails by its exit code", async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', SERVER], { environment: { GREETING: 'hello' } });
    await task.waitForListener(5000);
    const check = (path: string) =>
      `fetch('http://localhost:5000${path}').then((r) => { console.log(process.env.GREETING); process.exit(r.ok ? 0 : 1); })`;
    expect(await container.run(['CMD', 'node', '-e', check('/health')], 5_000)).toEqual({
      exitCode: 0,
      output: 'hello\n',
      timedOut: false,
    });
    expect(await container.run(['CMD-SHELL', `node -e "${check('/other')}" || exit 1`], 5_000)).toMatchObject(
      {
        exitCode: 1,
        timedOut: false,
      },
    );
  });

  test('a health check that exceeds its timeout is killed with all its children', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', POLITE]);
    const result = await container.run(['CMD-SHELL', 'sleep 1000 & echo $!; wait'], 200);
    expect(result).toMatchObject({ exitCode: 137, timedOut: true });
    const child = Number(result.output);
    expect(child).toBeGreaterThan(0);
    await until(() => !isRunning(child), 'the child to be gone');
  });

  test('a health check fails when its command contains cyclic links or invalid names', async () => {
    await using task = await TestTask.create();
    await mkdir(task.rootfs, { recursive: true });
    await symlink('round', join(task.rootfs, 'round'));
    const container = await task.start(['node', '-e', POLITE]);
    for (const command of ['/round/and/round', 'a\0b', '/a\0b']) {
      expect(await container.run(['CMD', command], 1_000)).toMatchObject({ exitCode: 127, timedOut: false });
    }
  });

  test('a health check whose program does not exist fails with 127 and the reason', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', POLITE]);
    expect(await container.run(['CMD', 'curl', 'http://localhost:5000'], 1_000)).toEqual({
      exitCode: 127,
      output: expect.stringContaining('exec: "curl": executable file not found in $PATH'),
      timedOut: false,
    });
  });

  test('a health check ends when its container ends, and no further check runs', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', POLITE]);
    await until(() => container.stdout.includes('ready'), 'the program to be ready');
    const check = container.run(['CMD-SHELL', 'touch ../begun; sleep 1000'], 60_000);
    await until(() => existsSync(join(task.rootfs, 'begun')), 'the check to run');
    await container.stop();
    expect(await check).toMatchObject({ exitCode: 137, timedOut: false });
    expect(await container.run(['CMD', 'node', '-v'], 1_000)).toMatchObject({ exitCode: 137 });
  });

  test('only the first bytes of the long output of a health check are kept', async () => {
    await using task = await TestTask.create();
    const container = await task.start(['node', '-e', POLITE]);
    const { output } = await container.run(
      ['CMD', 'node', '-e', `process.stdout.write('x'.repeat(100000))`],
      5_000,
    );
    expect(output).toBe('x'.repeat(4096));
  });
});
