// The sandbox is killed (kill -9, a reboot); the next provision restores everything exactly once.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { httpRequest, eventually, isAlive, machine, type Machine } from './harness.ts';
import { echo, tinyStack, type Echo } from './tiny-stack.ts';

/** Returns the process ids of the running containers. The sandbox records these ids for the sandbox that starts next. */
function containerPids({ folder }: Machine): number[] {
  const tasks = join(folder, '.slipway/sandbox/tasks');
  return readdirSync(tasks).flatMap((task) =>
    readdirSync(join(tasks, task, 'pids')).map(
      (file) => (JSON.parse(readFileSync(join(tasks, task, 'pids', file), 'utf8')) as { pid: number }).pid,
    ),
  );
}

/** Returns the census without log streams, since the log stream of a task outlives the task. */
async function censusWithoutLogStreams(user: Machine): Promise<object> {
  const { 'logs.streams': streams, ...rest } = await user.census();
  expect(streams).toBeGreaterThan(0);
  return rest;
}

test('a provision after kill -9 finds the same resources and starts new tasks, and no old task process remains', async () => {
  const user = await machine();
  const flags = tinyStack(user, {
    web: {
      count: 2,
      containers: { app: echo('app', 8000, '/app'), helper: echo('helper', 9000) },
    },
  });
  const up = await user.run('provision', ...flags);
  expect(up).toMatchObject({ code: 0, problem: undefined });
  const before = await censusWithoutLogStreams(user);
  const { resources } = user.state();
  const oldPids = containerPids(user);
  expect(oldPids).toHaveLength(4);
  expect(oldPids.every(isAlive)).toBe(true);

  process.kill(await user.sandboxPid(), 'SIGKILL');
  // Waits until no process of the killed sandbox is running.
  await eventually(() => (oldPids.some(isAlive) ? undefined : true));
  await expect(httpRequest(`${up.lastLine}/app`)).rejects.toThrow('ECONNREFUSED');

  const again = await user.run('provision', ...flags);
  expect(again).toMatchObject({ code: 0, problem: undefined });
  expect(JSON.parse((await httpRequest(`${again.lastLine}/app`)).body) as Echo).toMatchObject({
    name: 'app',
  });
  expect(await censusWithoutLogStreams(user)).toEqual(before);
  expect(user.state().resources).toEqual(resources);
  expect(await user.mutations()).toEqual([]);
  const newPids = containerPids(user);
  expect(newPids).toHaveLength(4);
  expect(newPids.every(isAlive)).toBe(true);
  expect(newPids.filter((pid) => oldPids.includes(pid))).toEqual([]);
}, 90_000);
