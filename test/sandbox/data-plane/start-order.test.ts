// Containers of a task wait for each other: for a start, an end, a success, or a health check.
import { StopTaskCommand, type Container, type Task } from '@aws-sdk/client-ecs';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { taskScene } from './task-scene.ts';

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-order-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Prints its name, waits for a file if it has one, and ends; without an exit code it runs until it is stopped. */
const PROGRAM = `
  const { NAME, EXIT, GATE } = process.env;
  console.log(NAME + ' starts');
  const end = () => { console.log(NAME + ' ends'); process.exit(Number(EXIT)); };
  const timer = setInterval(() => {
    if (EXIT !== undefined && (!GATE || require('node:fs').existsSync(GATE))) end();
  }, 10);`;

const container = (name: string, variables: Readonly<Record<string, string>> = {}) => ({
  environment: Object.entries({ NAME: name, ...variables }).map(([key, value]) => ({ name: key, value })),
});
const job = (exitCode: number, gate = '') => ({
  ...container('job', { EXIT: `${exitCode}`, GATE: gate }),
  essential: false,
});
const after = (containerName: string, condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY') => ({
  dependsOn: [{ containerName, condition }],
});

async function scene() {
  const made = await taskScene();
  await made.push(PROGRAM, 'v1');
  return made;
}

const named = ({ containers = [] }: Task, name: string): Container | undefined =>
  containers.find((one) => one.name === name);
const isRunning = ({ lastStatus }: Task): boolean => lastStatus === 'RUNNING';

test('a task starts only after the job that its container waits for has succeeded', async () => {
  const { run, waitForTask, lines } = await scene();
  const gate = join(folder, 'gate');
  const task = await run({ job: job(0, gate), web: { ...container('web'), ...after('job', 'SUCCESS') } });
  const waiting = await waitForTask(task, (seen) => named(seen, 'job')?.lastStatus === 'RUNNING');
  expect(waiting).toMatchObject({ lastStatus: 'PENDING', containers: [{}, { lastStatus: 'PENDING' }] });
  writeFileSync(gate, '');
  const running = await waitForTask(task, isRunning);
  expect(named(running, 'job')).toMatchObject({ lastStatus: 'STOPPED', exitCode: 0 });
  expect(named(running, 'web')).toMatchObject({ lastStatus: 'RUNNING' });
  expect(lines().slice(0, 2)).toEqual(['job starts', 'job ends']);
});

test('if the job fails, the task does not start, and ECS names both containers', async () => {
  const { run, waitForStop, lines, repositoryUri } = await scene();
  const image = `${repositoryUri}:v1`;
  const task = await run({ job: job(3), web: { ...container('web'), ...after('job', 'SUCCESS') } });
  const stopped = await waitForStop(task);
  expect(stopped).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' });
  expect(named(stopped, 'job')).toMatchObject({ exitCode: 3 });
  expect(named(stopped, 'web')).toMatchObject({
    exitCode: 143,
    reason: `CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [job(${image}) (STOPPED->RUNNING) - Exit: 3] for target [web(${image}) (NONE->RUNNING)] as dependency did not exit successfully.`,
  });
  expect(lines()).toEqual(['job starts', 'job ends']);
});

test('a container that waits only for the end also starts after a failure', async () => {
  const { run, waitForTask } = await scene();
  const task = await run({ job: job(3), web: { ...container('web'), ...after('job', 'COMPLETE') } });
  const running = await waitForTask(task, isRunning);
  expect(named(running, 'job')).toMatchObject({ lastStatus: 'STOPPED', exitCode: 3 });
});

test('a container that is not essential may wait in vain: the task runs without it', async () => {
  const { run, waitForTask } = await scene();
  const task = await run({
    job: job(3),
    helper: { ...container('helper'), essential: false, ...after('job', 'SUCCESS') },
    last: { ...container('last'), essential: false, ...after('helper', 'START') },
    web: container('web'),
  });
  const running = await waitForTask(task, isRunning);
  expect(named(running, 'helper')).toMatchObject({ lastStatus: 'STOPPED', exitCode: 143 });
  expect(named(running, 'last')?.reason).toMatch(/ because dependency will never start$/);
});

test('a container that is not essential may lack its program: the task runs without it', async () => {
  const { run, waitForTask } = await scene();
  const helper = { ...container('helper'), essential: false, entryPoint: ['no-such-program'] };
  const running = await waitForTask(await run({ helper, web: container('web') }), isRunning);
  expect(named(running, 'helper')).toMatchObject({ lastStatus: 'STOPPED' });
  expect(named(running, 'helper')?.reason).toMatch(/executable file not found/);
});

test('a container waits for the health check of another one', async () => {
  const { run, waitForTask, lines } = await scene();
  const ready = join(folder, 'ready');
  const db = {
    ...container('db'),
    healthCheck: { command: ['CMD-SHELL', `test -e '${ready}'`], interval: 5, startPeriod: 300 },
  };
  const task = await run({ db, web: { ...container('web'), ...after('db', 'HEALTHY') } });
  await waitForTask(task, (seen) => named(seen, 'db')?.lastStatus === 'RUNNING');
  expect(lines()).not.toContain('web starts');
  writeFileSync(ready, '');
  await waitForTask(task, isRunning);
});

test('a task that is stopped while its job runs does not wait for the job', async () => {
  const { run, waitForTask, waitForStop, ecs, lines } = await scene();
  const task = await run({
    job: job(0, join(folder, 'never')),
    web: { ...container('web'), ...after('job', 'SUCCESS') },
  });
  await waitForTask(task, (seen) => named(seen, 'job')?.lastStatus === 'RUNNING');
  await ecs.send(new StopTaskCommand({ cluster: 'main', task }));
  const stopped = await waitForStop(task);
  expect(stopped).toMatchObject({ stopCode: 'UserInitiated' });
  expect(named(stopped, 'job')).toMatchObject({ exitCode: 143 });
  expect(lines()).not.toContain('web starts');
  expect(existsSync(join(folder, 'never'))).toBe(false);
});
