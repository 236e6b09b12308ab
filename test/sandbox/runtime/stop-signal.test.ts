// The stop signal reaches a program as it reaches process 1 of a container: without a handler it is ignored.
import { expect, jest, test } from '@jest/globals';
import type { ContainerSpec } from '../../../sandbox/runtime/container.ts';
import { TestTask, until } from './support.ts';

// Real processes are slow on a busy machine.
jest.setTimeout(60_000);

const IDLE = `setInterval(() => {}, 1000); console.log('ready');`;
const CLOSES = `const server = require('node:http').createServer().listen(5000, () => console.log('ready'));
  process.on('SIGTERM', () => server.close());`;
const LONG = { stopTimeoutMs: 30_000 };
const SHORT = { stopTimeoutMs: 200 };
const INIT = { hasInitProcess: true };

/** Starts a program, waits until it is ready, and stops it. @returns the exit code */
async function exitCodeOf(command: readonly string[], spec: Partial<ContainerSpec>): Promise<number> {
  await using task = await TestTask.create();
  const container = await task.start(command, spec);
  await until(() => container.stdout.includes('ready'), 'the program to be ready');
  return (await container.stop()).exitCode;
}

const node = (program: string) => ['node', '-e', program];

test.each<[string, readonly string[], Partial<ContainerSpec>, number]>([
  ['a Node program without a handler is killed after the timeout', node(IDLE), SHORT, 137],
  [
    'a Node program without a handler is killed after the timeout, whatever the stop signal',
    node(IDLE),
    { ...SHORT, stopSignal: 'SIGINT' },
    137,
  ],
  [
    'a shell without a trap is killed after the timeout',
    ['sh', '-c', 'echo ready; sleep 1000; true'],
    SHORT,
    137,
  ],
  [
    'a shell does not pass the signal on to its program',
    [
      'sh',
      '-c',
      `node -e "process.on('SIGTERM', () => process.exit(3)); ${IDLE.replaceAll("'", '\\"')}"; true`,
    ],
    SHORT,
    137,
  ],
  [
    'a program that replaces its shell gets the signal',
    [
      'sh',
      '-c',
      `exec node -e "process.on('SIGTERM', () => process.exit(3)); console.log('ready'); setInterval(() => {}, 1e3)"`,
    ],
    LONG,
    3,
  ],
  [
    'a shell with a trap ends on its own',
    ['sh', '-c', "trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done"],
    LONG,
    4,
  ],
  ['a program that merely closes its server ends on its own', node(CLOSES), LONG, 0],
  ['with an init process, the default of SIGTERM applies', node(IDLE), { ...LONG, ...INIT }, 143],
  [
    'with an init process, the default of SIGTERM applies to a shell',
    ['sh', '-c', 'echo ready; sleep 1000; true'],
    { ...LONG, ...INIT },
    143,
  ],
  ['with an init process, a handler works', node(CLOSES), { ...LONG, ...INIT }, 0],
])('%s', async (_, command, spec, exitCode) => {
  expect(await exitCodeOf(command, spec)).toBe(exitCode);
});

test('a program does not see that it is process 1: its own handlers can be added, counted and removed', async () => {
  await using task = await TestTask.create();
  const container = await task.evaluate(`
    const count = () => process.listenerCount('SIGTERM');
    const before = count();
    const handler = () => {};
    process.on('SIGTERM', handler);
    const during = count();
    process.removeListener('SIGTERM', handler);
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => console.log(before, during, count()), 100);`);
  expect(container.stdout).toEqual(['0 1 0']);
  expect(container.stderr).toEqual([]);
});

test('a child process of the first process ends on SIGTERM, as it is not process 1', async () => {
  await using task = await TestTask.create();
  const container = await task.evaluate(`
    const child = require('node:child_process').spawn('node', ['-e', ${JSON.stringify(IDLE)}]);
    child.stdout.once('data', () => child.kill());
    child.once('exit', (code, signal) => console.log(code, signal));`);
  expect(container.stdout).toEqual(['null SIGTERM']);
});

test('a shorter timeout can be given, for a sandbox that closes', async () => {
  await using task = await TestTask.create();
  const container = await task.start(node(IDLE), LONG);
  await until(() => container.stdout.includes('ready'), 'the program to be ready');
  expect(await container.stop(100)).toEqual({ exitCode: 137 });
});

test('a later stop with a shorter timeout shortens the first: the sandbox closes while a task stops slowly', async () => {
  await using task = await TestTask.create();
  const program = `process.on('SIGTERM', () => console.log('stopping')); ${IDLE}`;
  const container = await task.start(node(program), { stopTimeoutMs: 600_000 });
  await until(() => container.stdout.includes('ready'), 'the program to be ready');
  const first = container.stop();
  await until(() => container.stdout.includes('stopping'), 'the program to receive the signal');
  expect(await container.stop(50)).toEqual({ exitCode: 137 });
  expect(await first).toEqual({ exitCode: 137 });
  expect(container.stdout.filter((line) => line === 'stopping')).toHaveLength(1);
});
