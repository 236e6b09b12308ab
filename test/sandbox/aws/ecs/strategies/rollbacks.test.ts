// Rollbacks of deployments that shift traffic, by the circuit breaker, a stop or a newer update, and deployments without a rollback.
import { StopServiceDeploymentCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { failHealthChecks } from '../plane.ts';
import { eventMessages } from '../scene.ts';
import { deployedScene, timedScene, type ShiftingScene } from './scene.ts';

const BLUE_GREEN = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 } as const;
const CANARY = {
  strategy: 'CANARY',
  bakeTimeInMinutes: 5,
  canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
} as const;
const CANNOT_PULL = {
  stopCode: 'TaskFailedToStart',
  reason: 'CannotPullContainerError: pull image manifest has been retried 7 time(s): not found',
  container: 'api1',
};
const withBreaker = (rollback: boolean) => ({ deploymentCircuitBreaker: { enable: true, rollback } });

const stopLatest = async ({ ecs, latest }: ShiftingScene) => {
  const { serviceDeploymentArn } = await latest();
  await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
};

/** Expects that the service runs only web:1 again, with all of its tasks and all of the traffic. */
async function expectRestored(scene: ShiftingScene): Promise<void> {
  await scene.untilCompleted();
  const tasks = await scene.tasks();
  expect(tasks).toHaveLength(2);
  expect(tasks.every(({ taskDefinitionArn }) => taskDefinitionArn?.endsWith('web:1'))).toBe(true);
  expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
  expect((await scene.service()).taskDefinition).toMatch(/web:1$/);
}

test('a new revision that never runs is rolled back by the circuit breaker, and gets no traffic', async () => {
  const scene = await deployedScene({ ...BLUE_GREEN, ...withBreaker(true) }, CANNOT_PULL);
  const before = (await scene.tasks()).map(({ taskArn }) => taskArn);
  await scene.update({ taskDefinition: 'web:2' });
  await scene.untilStatus('ROLLBACK_SUCCESSFUL');
  expect(await scene.latest()).toMatchObject({
    statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    lifecycleStage: 'SCALE_UP',
    targetServiceRevision: { requestedProductionTrafficWeight: 0 },
    sourceServiceRevisions: [{ requestedProductionTrafficWeight: 100 }],
  });
  await expectRestored(scene);
  expect((await scene.tasks()).map(({ taskArn }) => taskArn)).toEqual(before);
});

test.each(['SCALE_UP', 'TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME'] as const)(
  'a stop in %s moves all traffic back at once, while the old tasks still run',
  async (stage) => {
    const scene = await deployedScene(BLUE_GREEN);
    const before = (await scene.tasks()).map(({ taskArn }) => taskArn);
    await scene.update({ taskDefinition: 'web:2' });
    await scene.untilStage(stage);
    await stopLatest(scene);
    await scene.untilStatus('ROLLBACK_IN_PROGRESS');
    expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
    expect(await scene.weights(scene.testRule)).toEqual({ blue: 0, green: 100 });
    await scene.untilStatus('ROLLBACK_SUCCESSFUL');
    await expectRestored(scene);
    expect((await scene.tasks()).map(({ taskArn }) => taskArn).sort()).toEqual([...before].sort());
  },
);

test('a stop in CLEAN_UP is too late: the deployment succeeds', async () => {
  const scene = await deployedScene(BLUE_GREEN);
  await scene.update({ taskDefinition: 'web:2' });
  await scene.untilStage('CLEAN_UP');
  await stopLatest(scene);
  await scene.untilStatus('SUCCESSFUL');
  expect(await scene.weights()).toEqual({ blue: 100, green: 0 });
  expect((await scene.tasks()).every((one) => one.taskDefinitionArn?.endsWith('web:2'))).toBe(true);
});

test('a canary that becomes unhealthy is rolled back by the circuit breaker', async () => {
  const scene = await deployedScene({ ...CANARY, ...withBreaker(true) });
  await scene.update({ taskDefinition: 'web:2' });
  await scene.advanceUntil(async () => (await scene.weights()).blue === 10);
  await scene.advanceUntil(async () => {
    const sick = (await scene.tasks()).filter((one) => one.taskDefinitionArn?.endsWith('web:2'));
    for (const { containers } of sick) {
      const address = containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address;
      if (address !== undefined) failHealthChecks(scene.region, address, 5000);
    }
    return (await scene.latest()).status === 'ROLLBACK_SUCCESSFUL';
  });
  await expectRestored(scene);
});

test('without rollback, a failed deployment stays, and the old tasks keep all traffic and are still replaced', async () => {
  const scene = await deployedScene({ ...BLUE_GREEN, ...withBreaker(false) }, CANNOT_PULL);
  await scene.update({ taskDefinition: 'web:2' });
  await scene.untilStatus('STOPPED');
  expect((await scene.service()).deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'FAILED', runningCount: 0 },
    { status: 'ACTIVE', runningCount: 2 },
  ]);
  expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
  const [lost] = await scene.tasks();
  await scene.ecs.send(new StopTaskCommand({ cluster: 'main', task: lost?.taskArn }));
  await scene.advanceUntil(async () => {
    const arns = (await scene.tasks()).map(({ taskArn }) => taskArn);
    return arns.length === 2 && !arns.includes(lost?.taskArn);
  });
});

test('the first deployment of a service has no way back', async () => {
  const scene = await timedScene();
  scene.plane.fate = () => CANNOT_PULL;
  await scene.create(scene.shiftingInput({ ...BLUE_GREEN, ...withBreaker(true) }));
  await scene.untilStatus('ROLLBACK_FAILED');
  expect(await scene.latest()).toMatchObject({
    statusReason: 'No rollback candidate was found to run the rollback.',
  });
  const service = await scene.service();
  expect(service).toMatchObject({ status: 'ACTIVE', deployments: [{ rolloutState: 'FAILED' }] });
  expect(eventMessages(service).join('\n')).toContain('deployment failed: tasks failed to start.');
});

test('a second update stops the first one, moves the traffic back, and reconciles the service', async () => {
  const scene = await deployedScene(CANARY);
  await scene.update({ taskDefinition: 'web:2' });
  await scene.advanceUntil(async () => (await scene.weights()).blue === 10);
  const first = await scene.latest();
  await scene.update({ forceNewDeployment: true });
  expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
  const second = await scene.latest();
  expect(second.serviceDeploymentArn).not.toBe(first.serviceDeploymentArn);
  expect(second.lifecycleStage).toBe('RECONCILE_SERVICE');
  await scene.untilStage('SCALE_UP');
  // Only the tasks of the completed revision and those of the newest one are left.
  const running = (await scene.service()).deployments?.filter(({ runningCount = 0 }) => runningCount > 0);
  expect(
    running?.every(({ rolloutState, status }) => rolloutState === 'COMPLETED' || status === 'PRIMARY'),
  ).toBe(true);
  await scene.untilCompleted();
  expect(await scene.weights()).toEqual({ blue: 100, green: 0 });
  expect((await scene.tasks()).every((one) => one.taskDefinitionArn?.endsWith('web:2'))).toBe(true);
});

test('an update in CLEAN_UP continues from the revision that has got the traffic', async () => {
  const scene = await deployedScene(BLUE_GREEN);
  await scene.update({ taskDefinition: 'web:2' });
  await scene.untilStage('CLEAN_UP');
  await scene.update({ taskDefinition: 'web:1' });
  expect(await scene.weights()).toEqual({ blue: 100, green: 0 });
  await scene.untilStage('BAKE_TIME');
  expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
  await stopLatest(scene);
  await scene.untilStatus('ROLLBACK_SUCCESSFUL');
  expect(await scene.weights()).toEqual({ blue: 100, green: 0 });
  expect((await scene.tasks()).every((one) => one.taskDefinitionArn?.endsWith('web:2'))).toBe(true);
});
