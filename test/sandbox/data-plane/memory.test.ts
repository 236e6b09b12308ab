// A container that needs more memory than its limit or its task's limit is killed as on Fargate.
import { describe, expect, test } from '@jest/globals';
import { makeMemoryLimits } from '../../../sandbox/data-plane/memory-limits.ts';
import { containerUsageOf } from '../../../sandbox/runtime/container-usage.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { until, TestTask } from '../runtime/support.ts';
import { taskScene } from './task-scene.ts';

/** Returns a program that holds this much memory from its start until it is stopped. */
const programHolding = (mib: number) =>
  `globalThis.held = Buffer.alloc(${mib} * 2 ** 20, 1); console.log('ready');
   process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);`;

const KILLED = {
  exitCode: 137,
  reason: 'OutOfMemoryError: Container killed due to memory usage',
};

describe('a running task', () => {
  test.each<[string, { memory?: number }, string]>([
    ['of the container', { memory: 100 }, '512'],
    ['of the task', {}, '512'],
  ])('that exceeds the limit %s is killed', async (_, container, memory) => {
    const scene = await taskScene();
    await scene.push(programHolding(container.memory ? 150 : 600), 'v1');
    const arn = await scene.run({ web: container }, { memory });
    expect(await scene.waitForStop(arn)).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [KILLED],
    });
  });

  test('below its limits is not killed, and its exit has no reason', async () => {
    const scene = await taskScene();
    await scene.push(`${programHolding(20)} setTimeout(() => process.exit(3), 1500)`, 'v1');
    const arn = await scene.run({ web: { memory: 200 } });
    const { containers } = await scene.waitForStop(arn);
    expect(containers).toMatchObject([{ exitCode: 3 }]);
    expect(containers?.[0]?.reason).toBeUndefined();
  });
});

describe('the limits', () => {
  const MIB = 2 ** 20;

  /** Watches containers with the given usage and limits in MiB; returns the names of those that are killed. */
  async function namesOfKilled(
    containers: Readonly<Record<string, { task?: string; uses: number; limit?: number; taskLimit?: number }>>,
  ): Promise<string[]> {
    const clock = manualClock();
    const names = Object.keys(containers);
    const killed: string[] = [];
    let measurementCount = 0;
    const limits = makeMemoryLimits(
      clock,
      (error) => {
        throw error;
      },
      async (pids) => {
        measurementCount += 1;
        return new Map(
          pids.map((pid) => [pid, { memoryBytes: (containers[names[pid] ?? '']?.uses ?? 0) * MIB }]),
        );
      },
    );
    names.forEach((name, pid) => {
      const { task = 'one', limit, taskLimit } = containers[name] ?? {};
      const kill = () => killed.push(name);
      limits.watch({ pid, taskArn: task, limits: { container: limit, task: taskLimit }, kill });
    });
    for (let round = 1; round <= 2; round += 1) {
      expect(measurementCount).toBe(round - 1);
      clock.advance(500);
      await new Promise((settled) => setImmediate(settled));
    }
    return killed;
  }

  test('of a container kill only that container', async () => {
    expect(await namesOfKilled({ a: { uses: 65, limit: 64 }, b: { uses: 64, limit: 64 } })).toEqual(['a']);
  });

  test('of a task kill the largest container of that task, not of another', async () => {
    const taskLimit = 100;
    expect(
      await namesOfKilled({
        a: { uses: 40, taskLimit },
        b: { uses: 70, taskLimit },
        c: { task: 'two', uses: 90, taskLimit },
      }),
    ).toEqual(['b']);
  });

  test('of a task do not count a container that exceeds its own limit and is killed', async () => {
    const taskLimit = 100;
    expect(
      await namesOfKilled({ a: { uses: 60, limit: 50, taskLimit }, b: { uses: 70, taskLimit } }),
    ).toEqual(['a']);
  });

  test('cause no further measurements after the last container ends', () => {
    const clock = manualClock();
    let measurementCount = 0;
    const limits = makeMemoryLimits(
      clock,
      () => undefined,
      async () => (measurementCount++, new Map()),
    );
    limits.watch({ pid: 1, taskArn: 'one', limits: {}, kill: () => undefined })();
    clock.advance(500);
    clock.advance(5000);
    expect(measurementCount).toBeLessThanOrEqual(1);
  });
});

test('the memory of a container includes its children, even one in another process group', async () => {
  await using task = await TestTask.create();
  const child = JSON.stringify(programHolding(60));
  const spawn = (detached: boolean) =>
    `require('node:child_process').spawn('node', ['-e', ${child}], { detached: ${detached}, stdio: 'inherit' });`;
  const container = await task.start(['node', '-e', `${spawn(false)} ${spawn(true)} ${programHolding(60)}`]);
  await until(() => container.stdout.length === 3, 'three programs to be ready');
  const used = (await containerUsageOf([container.pid])).get(container.pid)?.memoryBytes ?? 0;
  expect(used / 2 ** 20).toBeGreaterThan(180);
  expect(used / 2 ** 20).toBeLessThan(600);
  expect((await containerUsageOf([2 ** 30])).get(2 ** 30)?.memoryBytes).toBe(0);
}, 60_000);
