// Changes of the strategy of a live service, and restarts of the sandbox in the middle of a shift.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { recoverTasks } from '../../../../../sandbox/aws/ecs/recovery.ts';
import { startSandbox } from '../../../../../sandbox/sandbox.ts';
import { markTargetsHealthy, scriptedPlane } from '../plane.ts';
import { deployedScene, timedScene, type ShiftingScene } from './scene.ts';

const BLUE_GREEN = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 } as const;

/** Returns the number of healthy targets in the groups that get production traffic. */
function servingTargets({ region, productionRule }: ShiftingScene): number {
  const { TargetGroups = [] } = region.elbv2.rules.get(productionRule)?.Actions?.[0]?.ForwardConfig ?? {};
  const used = TargetGroups.filter(({ Weight = 1 }) => Weight > 0);
  const targets = used.flatMap((one) => region.elbv2.targetGroups.get(one.TargetGroupArn)?.targets ?? []);
  return targets.filter(({ health }) => health.State === 'healthy').length;
}

/** Advances to the end of a deployment, and expects that healthy targets serve the production traffic all the time. */
const untilCompletedWithoutGap = (scene: ShiftingScene) =>
  scene.advanceUntil(() => {
    expect(servingTargets(scene)).toBeGreaterThanOrEqual(2);
    return scene.region.ecs.services.all()[0]?.rollouts[0]?.status === 'SUCCESSFUL';
  });

test('a rolling service changes to blue/green with one update', async () => {
  const scene = await timedScene();
  const rolling = scene.balancers().map(({ advancedConfiguration: _, ...rest }) => rest);
  await scene.create(scene.serviceInput({ loadBalancers: rolling }));
  await scene.untilCompleted();
  expect((await scene.latest()).lifecycleStage).toBeUndefined();
  await scene.update({ deploymentConfiguration: BLUE_GREEN, loadBalancers: scene.balancers() });
  expect((await scene.latest()).lifecycleStage).toBe('PRE_SCALE_UP');
  await untilCompletedWithoutGap(scene);
  expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
});

test('a blue/green service that serves from the alternate group changes to rolling updates, and its traffic moves back', async () => {
  const scene = await deployedScene(BLUE_GREEN);
  const loadBalancers = scene.balancers().map(({ advancedConfiguration: _, ...rest }) => rest);
  await scene.update({ deploymentConfiguration: { strategy: 'ROLLING' }, loadBalancers });
  await untilCompletedWithoutGap(scene);
  expect(await scene.weights()).toEqual({ blue: 100, green: 0 });
  expect(scene.region.elbv2.targetGroups.get(scene.green)?.targets).toEqual([]);
  // From now on, updates are ordinary rolling updates.
  await scene.update({ taskDefinition: 'web:2' });
  await untilCompletedWithoutGap(scene);
  expect((await scene.latest()).lifecycleStage).toBeUndefined();
  expect(await scene.weights()).toEqual({ blue: 100, green: 0 });
});

test('a blue/green service that serves from the configured group changes to rolling updates in place', async () => {
  const scene = await deployedScene(BLUE_GREEN);
  await scene.update({ forceNewDeployment: true });
  await scene.untilCompleted();
  await scene.update({ deploymentConfiguration: { strategy: 'ROLLING' }, forceNewDeployment: true });
  await untilCompletedWithoutGap(scene);
  expect((await scene.latest()).lifecycleStage).toBeUndefined();
  expect(await scene.weights()).toEqual({ blue: 100, green: 0 });
});

test('a test rule can be removed from a live service if the production rule names both groups', async () => {
  const scene = await deployedScene(BLUE_GREEN);
  await scene.update({ loadBalancers: scene.balancers({ testListenerRule: undefined }) });
  await untilCompletedWithoutGap(scene);
  expect(await scene.weights(scene.testRule)).toEqual({ blue: 0, green: 100 });
});

test('a restart of the sandbox in the middle of a shift continues the deployment where it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-shift-'));
  try {
    const scene = await timedScene('runs', { folder });
    const CANARY = {
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 10 },
    } as const;
    await scene.create(scene.shiftingInput(CANARY));
    await scene.untilCompleted();
    await scene.secondRevision();
    await scene.update({ taskDefinition: 'web:2' });
    await scene.advanceUntil(async () => (await scene.weights()).blue === 20);
    const before = await scene.latest();
    await scene.close();
    const { clock } = scene;
    const restarted = await startSandbox({ seed: 'test', folder, clock, pace: 1, plane: scriptedPlane() });
    try {
      const region = restarted.world.region('eu-west-1');
      recoverTasks(region);
      const [row] = region.ecs.services.all();
      const weight = () =>
        region.elbv2.rules
          .get(scene.productionRule)
          ?.Actions?.[0]?.ForwardConfig?.TargetGroups?.find((one) => one.TargetGroupArn === scene.blue)
          ?.Weight;
      expect(row?.rollouts[0]).toMatchObject({
        serviceDeploymentArn: before.serviceDeploymentArn,
        lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
        status: 'IN_PROGRESS',
      });
      expect(weight()).toBe(20);
      // All processes ended with the sandbox; both revisions get their tasks again before the shift goes on.
      for (let second = 0; second < 300; second += 2) {
        markTargetsHealthy(region);
        clock.advance(2000);
      }
      expect(weight()).toBe(20);
      const running = region.ecs.tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
      expect(running).toHaveLength(4);
      for (let second = 0; second < 900 && row?.rollouts[0]?.status === 'IN_PROGRESS'; second += 2) {
        markTargetsHealthy(region);
        clock.advance(2000);
      }
      expect(row?.rollouts[0]?.status).toBe('SUCCESSFUL');
      expect(weight()).toBe(100);
    } finally {
      await restarted.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
