// Recovery after a restart of the sandbox: lost tasks are stopped, their resources released, and replacements started.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { recoverTasks } from '../../../../sandbox/aws/ecs/recovery.ts';
import { checkServicesOnRead } from '../../../../sandbox/aws/ecs/scheduler.ts';
import { startSandbox } from '../../../../sandbox/sandbox.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { markTargetsHealthy, scriptedPlane } from './plane.ts';
import { balancedAccount, calls, isCompleted, required, until } from './scene.ts';

test('tasks whose processes were lost are STOPPED and replaced', async () => {
  const plane = scriptedPlane();
  const scene = await balancedAccount({ plane });
  const { create, tasks } = calls(scene.ecs);
  await create(scene.serviceInput());
  await until(scene, isCompleted);
  const before = (await tasks()).map(({ taskArn }) => required(taskArn));
  const interfaceCount = scene.region.ec2.networkInterfaces.size;
  expect(recoverTasks(scene.region).sort()).toEqual([...before].sort());
  expect(scene.region.ec2.networkInterfaces.size).toBe(interfaceCount - 2);
  expect(await tasks('STOPPED')).toMatchObject([
    {
      lastStatus: 'STOPPED',
      stopCode: 'InfrastructureHealth',
      stoppedReason: expect.stringMatching(/restarted/),
    },
    { lastStatus: 'STOPPED', stopCode: 'InfrastructureHealth' },
  ]);
  const seen = await until(scene, ({ runningCount }) => runningCount === 2);
  expect(seen.deployments).toMatchObject([{ rolloutState: 'COMPLETED', failedTasks: 0 }]);
  const after = (await tasks()).map(({ taskArn }) => taskArn);
  expect(after.some((arn) => before.includes(required(arn)))).toBe(false);
  for (const group of scene.groups) {
    const states = required(scene.region.elbv2.targetGroups.get(group)).targets.map(
      ({ health }) => health.State,
    );
    expect(states.filter((state) => state !== 'draining')).toHaveLength(2);
  }
  expect(plane.stopped).toEqual([]);
});

test('a task that was draining keeps its original stop reason', async () => {
  const clock = manualClock();
  const scene = await balancedAccount({ plane: scriptedPlane(), clock, pace: 1 });
  const { create, update, tasks, service } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  clock.advance(60_000);
  markTargetsHealthy(scene.region);
  clock.advance(20_000);
  await update({ desiredCount: 0 });
  clock.advance(5_000);
  expect(await tasks('STOPPED')).toMatchObject([{ lastStatus: 'DEACTIVATING' }]);
  recoverTasks(scene.region);
  expect(await tasks('STOPPED')).toMatchObject([
    { lastStatus: 'STOPPED', stopCode: 'ServiceSchedulerInitiated' },
  ]);
  // Events that were already scheduled for the task are ignored.
  clock.advance(60_000);
  expect(await tasks('STOPPED')).toMatchObject([{ lastStatus: 'STOPPED' }]);
  expect(await service()).toMatchObject({ runningCount: 0, desiredCount: 0 });
});

test('tasks that had not started yet continue to start', async () => {
  const clock = manualClock();
  const plane = scriptedPlane();
  const scene = await balancedAccount({ plane, clock, pace: 1 });
  await calls(scene.ecs).create(scene.serviceInput({ desiredCount: 1 }));
  clock.advance(10_000);
  expect(recoverTasks(scene.region)).toEqual([]);
  clock.advance(60_000);
  expect(plane.started).toHaveLength(1);
});

test('services replace their lost tasks after the world is restored from disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-ecs-'));
  const scene = await balancedAccount({ folder, plane: scriptedPlane() });
  await calls(scene.ecs).create(scene.serviceInput());
  await until(scene, isCompleted);
  await scene.close();
  const restarted = await startSandbox({ folder, plane: scriptedPlane() });
  try {
    const region = restarted.world.region('eu-west-1');
    expect(recoverTasks(region)).toHaveLength(2);
    for (let rounds = 0; rounds < 3; rounds += 1) {
      restarted.world.agenda.runDue();
      markTargetsHealthy(region);
      checkServicesOnRead(region);
    }
    const running = region.ecs.tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
    expect(running).toHaveLength(2);
    expect(region.ecs.services.all()).toMatchObject([
      { steady: true, deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }] },
    ]);
  } finally {
    await restarted.close();
    await rm(folder, { recursive: true, force: true });
  }
});
