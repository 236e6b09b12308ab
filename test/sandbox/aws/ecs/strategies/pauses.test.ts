// PAUSE hooks: a deployment waits in a stage until it is continued, rolled back, or until its timeout.
import {
  ContinueServiceDeploymentCommand,
  type DeploymentLifecycleHook,
  type DeploymentLifecycleHookAction,
  type Service,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../../harness.ts';
import { scriptedPlane } from '../plane.ts';
import { calls, isCompleted, until } from '../scene.ts';
import { deployedScene, shiftingAccount, type ShiftingScene } from './scene.ts';

const BLUE_GREEN = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 } as const;
const pauseAt = (...lifecycleStages: NonNullable<DeploymentLifecycleHook['lifecycleStages']>) => ({
  targetType: 'PAUSE' as const,
  lifecycleStages,
});

const awaiting = async ({ latest }: ShiftingScene) =>
  ((await latest()).lifecycleHookDetails ?? []).filter(({ status }) => status === 'AWAITING_ACTION');

/** Waits until the newest deployment is paused, and returns the hooks that await an action. */
async function untilPaused(scene: ShiftingScene) {
  await scene.advanceUntil(async () => (await awaiting(scene)).length > 0);
  return await awaiting(scene);
}

async function proceed(scene: ShiftingScene, action?: DeploymentLifecycleHookAction) {
  const { serviceDeploymentArn } = await scene.latest();
  const [hook] = await awaiting(scene);
  await scene.ecs.send(
    new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId: hook?.hookId, action }),
  );
  return hook?.hookId;
}

/** Creates a service whose first deployment has passed its hooks, and starts the second deployment. */
async function pausingScene(...hooks: DeploymentLifecycleHook[]) {
  const scene = await deployedScene(BLUE_GREEN);
  await scene.update({
    taskDefinition: 'web:2',
    deploymentConfiguration: { ...BLUE_GREEN, lifecycleHooks: hooks },
  });
  return scene;
}

test('a deployment pauses in a stage until it is continued', async () => {
  const scene = await pausingScene(pauseAt('POST_TEST_TRAFFIC_SHIFT'));
  const [hook] = await untilPaused(scene);
  expect(hook).toEqual({
    hookId: expect.stringMatching(/^ecs-pause-[\w-]{43}$/),
    targetType: 'PAUSE',
    status: 'AWAITING_ACTION',
    expiresAt: expect.any(Date),
    timeoutAction: 'ROLLBACK',
  });
  scene.clock.advance(3_600_000);
  expect(await scene.latest()).toMatchObject({
    status: 'IN_PROGRESS',
    lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
  });
  expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
  await proceed(scene);
  await scene.untilStatus('SUCCESSFUL');
  expect(await scene.weights()).toEqual({ blue: 100, green: 0 });
  expect((await scene.latest()).lifecycleHookDetails).toMatchObject([{ status: 'SUCCEEDED' }]);
});

test('a paused deployment can be rolled back', async () => {
  const scene = await pausingScene(pauseAt('POST_PRODUCTION_TRAFFIC_SHIFT'));
  await untilPaused(scene);
  expect(await scene.weights()).toEqual({ blue: 100, green: 0 });
  const hookId = await proceed(scene, 'ROLLBACK');
  await scene.untilStatus('ROLLBACK_SUCCESSFUL');
  expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
  expect((await scene.latest()).statusReason).toBe(
    `Service deployment rolled back because POST_PRODUCTION_TRAFFIC_SHIFT lifecycle hook(s) failed. Lifecycle hook ${hookId} returned FAILED status.`,
  );
});

test.each([
  ['ROLLBACK', 'ROLLBACK_SUCCESSFUL'],
  ['CONTINUE', 'SUCCESSFUL'],
] as const)('at its timeout, a pause takes the action %s', async (action, status) => {
  const scene = await pausingScene({
    ...pauseAt('PRE_SCALE_UP'),
    timeoutConfiguration: { timeoutInMinutes: 3, action },
  });
  await untilPaused(scene);
  const start = scene.clock.now();
  await scene.advanceUntil(async () => (await awaiting(scene)).length === 0);
  expect(scene.clock.now() - start).toBeGreaterThanOrEqual(175_000);
  await scene.untilStatus(status);
  expect((await scene.latest()).lifecycleHookDetails).toMatchObject([{ status: 'TIMED_OUT' }]);
});

test('all hooks of a stage must be continued, and every step of a linear deployment pauses again', async () => {
  const scene = await deployedScene({
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0 },
  });
  const lifecycleHooks = [pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT'), pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT')];
  await scene.update({ taskDefinition: 'web:2', deploymentConfiguration: { lifecycleHooks } });
  expect(await untilPaused(scene)).toHaveLength(2);
  await proceed(scene);
  scene.clock.advance(60_000);
  expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
  await proceed(scene);
  expect(await untilPaused(scene)).toHaveLength(2);
  expect(await scene.weights()).toEqual({ blue: 50, green: 50 });
  await proceed(scene);
  await proceed(scene);
  await scene.untilStatus('SUCCESSFUL');
  expect((await scene.latest()).lifecycleHookDetails).toHaveLength(4);
});

test('at the pace instant, a pause still waits for a call', async () => {
  const scene = await shiftingAccount({ plane: scriptedPlane() });
  const lifecycleHooks = [pauseAt('POST_SCALE_UP')];
  await calls(scene.ecs).create(scene.shiftingInput({ ...BLUE_GREEN, lifecycleHooks }));
  const state = ({ deployments }: Service) => deployments?.[0]?.rolloutState;
  await until(
    scene,
    () => (scene.region.ecs.services.all()[0]?.rollouts[0]?.lifecycleHookDetails?.length ?? 0) > 0,
  );
  expect(state(await calls(scene.ecs).service())).toBe('IN_PROGRESS');
  const { serviceDeploymentArn, lifecycleHookDetails } = await scene.latest();
  const hookId = lifecycleHookDetails?.[0]?.hookId;
  await scene.ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId }));
  expect(state(await until(scene, isCompleted))).toBe('COMPLETED');
});

test('ContinueServiceDeployment refuses unknown deployments and hooks, and hooks that have ended', async () => {
  const scene = await pausingScene(pauseAt('PRE_SCALE_UP'));
  const [hook] = await untilPaused(scene);
  const { serviceDeploymentArn = '' } = await scene.latest();
  const attempt = (arn: string, hookId = hook?.hookId) =>
    refusalOf(scene.ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn: arn, hookId })));
  expect((await attempt(`${serviceDeploymentArn}x`)).code).toBe('ServiceDeploymentNotFoundException');
  expect((await attempt(serviceDeploymentArn, 'ecs-pause-none')).code).toBe('InvalidParameterException');
  await proceed(scene);
  expect((await attempt(serviceDeploymentArn)).message).toContain('its status is SUCCEEDED');
  await scene.untilStatus('SUCCESSFUL');
  expect((await attempt(serviceDeploymentArn)).message).toContain('its status is SUCCESSFUL');
});
