// Deployments of the sandbox's services: rolling updates, the circuit breaker, rollbacks, and the launch throttle.
import { RegisterTaskDefinitionCommand, type DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { DeleteRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { markTargetsHealthy, scriptedPlane, type Fate } from './plane.ts';
import {
  balancedAccount,
  calls,
  isCompleted,
  eventMessages,
  required,
  twoContainerTask,
  until,
} from './scene.ts';

const CANNOT_PULL: Fate = {
  stopCode: 'TaskFailedToStart',
  reason: 'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref',
  container: 'api1',
};
const withBreaker = (rollback = true): DeploymentConfiguration => ({
  deploymentCircuitBreaker: { enable: true, rollback },
});

/** Creates a service of web:1, waits for its deployment, and registers web:2. Tasks of web:2 have the given fate. */
async function sceneBeforeUpdate(fate: Fate, deploymentConfiguration = withBreaker(), desiredCount = 1) {
  const plane = scriptedPlane((definition) => (definition.endsWith(':2') ? fate : 'runs'));
  const scene = await balancedAccount({ plane });
  await calls(scene.ecs).create(scene.serviceInput({ deploymentConfiguration, desiredCount }));
  const before = await until(scene, isCompleted);
  await scene.ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(scene.role)));
  return { ...scene, plane, before, firstDeploymentId: before.deployments?.[0]?.id };
}

test('a rolling update keeps the old tasks serving until the new ones are healthy', async () => {
  const clock = manualClock();
  const scene = await balancedAccount({ pace: 1, clock, plane: scriptedPlane() });
  const { create, update, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput());
  clock.advance(60_000);
  markTargetsHealthy(scene.region);
  clock.advance(20_000);
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  const old = (await tasks()).map(({ taskArn }) => taskArn);
  await scene.ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(scene.role)));
  await update({ taskDefinition: 'web:2' });
  clock.advance(120_000);
  const during = await service();
  expect(during.runningCount).toBe(4);
  expect(during.deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 2, desiredCount: 2 },
    { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2, desiredCount: 2 },
  ]);
  markTargetsHealthy(scene.region);
  clock.advance(6_000);
  // The old tasks drain: they receive no new requests and finish the current ones.
  expect(await tasks('STOPPED')).toMatchObject([
    { taskArn: old[0], lastStatus: 'DEACTIVATING' },
    { taskArn: old[1], lastStatus: 'DEACTIVATING' },
  ]);
  expect((await service()).deployments).toMatchObject([{ status: 'PRIMARY' }, { status: 'ACTIVE' }]);
  clock.advance(20_000);
  expect((await service()).deployments).toHaveLength(2);
  clock.advance(30_000);
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'COMPLETED', runningCount: 2 }]);
  expect(await tasks('STOPPED')).toMatchObject([{ lastStatus: 'STOPPED' }, { lastStatus: 'STOPPED' }]);
});

test('an update that does not affect the tasks starts a deployment only if the update is forced', async () => {
  const scene = await sceneBeforeUpdate('runs');
  const { update, service } = calls(scene.ecs);
  await update({ taskDefinition: 'web:1', networkConfiguration: scene.networkConfiguration });
  await update({ deploymentConfiguration: { maximumPercent: 150 }, healthCheckGracePeriodSeconds: 10 });
  expect((await service()).deployments).toMatchObject([{ id: scene.firstDeploymentId }]);
  await update({ forceNewDeployment: true });
  const forced = await service();
  expect(forced.deployments?.map(({ status }) => status)).toEqual(['PRIMARY', 'ACTIVE']);
  expect(forced.deployments?.[1]?.id).toBe(scene.firstDeploymentId);
});

test('changing the load balancers of a service starts a deployment', async () => {
  const scene = await sceneBeforeUpdate('runs');
  const { update } = calls(scene.ecs);
  const loadBalancers = [{ targetGroupArn: scene.groups[0], containerName: 'api1', containerPort: 5000 }];
  const { service } = await update({ loadBalancers });
  expect(service?.deployments).toHaveLength(2);
  await until(scene, isCompleted);
  const [api1, api2] = scene.groups.map((arn) => required(scene.region.elbv2.targetGroups.get(arn)));
  expect([api1?.targets.length, api2?.targets.length]).toEqual([1, 0]);
});

test('an update keeps omitted deployment settings, including optional ones of the circuit breaker', async () => {
  const scene = await balancedAccount();
  const { create, update } = calls(scene.ecs);
  const deploymentConfiguration: DeploymentConfiguration = {
    maximumPercent: 150,
    deploymentCircuitBreaker: { enable: true, rollback: true, resetOnHealthyTask: false },
  };
  await create(scene.serviceInput({ deploymentConfiguration }));
  const { service } = await update({
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
  });
  expect(service?.deploymentConfiguration).toMatchObject({
    maximumPercent: 150,
    minimumHealthyPercent: 100,
    deploymentCircuitBreaker: { enable: true, rollback: false, resetOnHealthyTask: false },
  });
});

test.each<[string, Fate, string, string]>([
  ['cannot be started', CANNOT_PULL, 'TaskFailedToStart', CANNOT_PULL.reason],
  ['exit immediately', { exitCode: 1 }, 'EssentialContainerExited', 'Essential container in task exited'],
])('if the tasks %s, a first deployment fails after three of them and starts no more', async (...given) => {
  const [, fate, stopCode, stoppedReason] = given;
  const plane = scriptedPlane(() => fate);
  const scene = await balancedAccount({ plane });
  const { create, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, deploymentConfiguration: withBreaker() }));
  const failed = await until(scene, ({ deployments }) => deployments?.[0]?.rolloutState === 'FAILED');
  expect(failed.deployments).toMatchObject([
    {
      status: 'PRIMARY',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      failedTasks: 3,
      runningCount: 0,
      pendingCount: 0,
    },
  ]);
  expect(eventMessages(failed)[0]).toBe(
    '(service web) (deployment ecs-svc/<n>) deployment failed: tasks failed to start.',
  );
  for (let attempt = 0; attempt < 3; attempt += 1) await service();
  expect(plane.started).toHaveLength(3);
  expect(await tasks()).toEqual([]);
  expect(await tasks('STOPPED')).toMatchObject([
    { stopCode, stoppedReason, lastStatus: 'STOPPED' },
    { stopCode, stoppedReason, lastStatus: 'STOPPED' },
    { stopCode, stoppedReason, lastStatus: 'STOPPED' },
  ]);
});

test('the reason why tasks cannot be placed is reported once, not for every attempt', async () => {
  const scene = await balancedAccount({ plane: scriptedPlane(() => CANNOT_PULL) });
  const { create } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, deploymentConfiguration: withBreaker() }));
  const seen = await until(scene, ({ deployments }) => deployments?.[0]?.rolloutState === 'FAILED');
  const unplaced = eventMessages(seen).filter((message) => message.includes('unable to place'));
  expect(unplaced).toEqual([`(service web) was unable to place a task. Reason: ${CANNOT_PULL.reason}.`]);
});

test('a service with a failed deployment recovers with the next deployment', async () => {
  const plane = scriptedPlane((definition) => (definition.endsWith(':2') ? 'runs' : CANNOT_PULL));
  const scene = await balancedAccount({ plane });
  const { create, update } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, deploymentConfiguration: withBreaker() }));
  await until(scene, ({ deployments }) => deployments?.[0]?.rolloutState === 'FAILED');
  await scene.ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(scene.role)));
  await update({ taskDefinition: 'web:2' });
  const repaired = await until(scene, isCompleted);
  expect(repaired).toMatchObject({
    runningCount: 1,
    deployments: [{ taskDefinition: expect.stringMatching(/:2$/) }],
  });
});

test('a failed update is rolled back to the last completed deployment, whose tasks keep running', async () => {
  const scene = await sceneBeforeUpdate(CANNOT_PULL);
  const { update, tasks } = calls(scene.ecs);
  const [old] = await tasks();
  const { service: updated } = await update({ taskDefinition: 'web:2' });
  const rolledBack = await until(
    scene,
    ({ deployments }) => deployments?.[0]?.id === scene.firstDeploymentId,
  );
  expect(updated?.deployments?.[0]?.id).not.toBe(scene.firstDeploymentId);
  expect(rolledBack.taskDefinition).toMatch(/:1$/);
  const events = eventMessages(rolledBack);
  expect(events).toContain('(service web) rolling back to deployment ecs-svc/<n>.');
  expect(events).toContain(
    '(service web) (deployment ecs-svc/<n>) deployment failed: tasks failed to start.',
  );
  const completed = await until(scene, isCompleted);
  expect(completed.deployments).toMatchObject([{ id: scene.firstDeploymentId, rolloutState: 'COMPLETED' }]);
  expect((await tasks()).map(({ taskArn }) => taskArn)).toEqual([old?.taskArn]);
});

test('a rollback names the deployment to which it returns, and the failed deployment is listed until the rollback completes', async () => {
  const clock = manualClock();
  const plane = scriptedPlane((definition) => (definition.endsWith(':2') ? CANNOT_PULL : 'runs'));
  const scene = await balancedAccount({ pace: 1, clock, plane });
  const { create, update, service } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, deploymentConfiguration: withBreaker() }));
  clock.advance(60_000);
  markTargetsHealthy(scene.region);
  clock.advance(20_000);
  const [completed] = (await service()).deployments ?? [];
  await scene.ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(scene.role)));
  await update({ taskDefinition: 'web:2' });
  let seen = await service();
  for (let steps = 0; steps < 200 && seen.deployments?.[0]?.id !== completed?.id; steps += 1) {
    clock.advance(1_000);
    seen = await service();
  }
  expect(seen.deployments).toMatchObject([
    {
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${completed?.id}.`,
      runningCount: 1,
    },
    {
      status: 'ACTIVE',
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    },
  ]);
  clock.advance(60_000);
  expect((await service()).deployments).toMatchObject([{ id: completed?.id, rolloutState: 'COMPLETED' }]);
});

test('without rollback, a failed update stays PRIMARY, and the old tasks continue to serve', async () => {
  const scene = await sceneBeforeUpdate(CANNOT_PULL, withBreaker(false));
  const { update, tasks } = calls(scene.ecs);
  await update({ taskDefinition: 'web:2' });
  const seen = await until(scene, ({ deployments }) => deployments?.[0]?.rolloutState === 'FAILED');
  expect(seen).toMatchObject({
    runningCount: 1,
    deployments: [
      { status: 'PRIMARY', rolloutState: 'FAILED' },
      { status: 'ACTIVE', id: scene.firstDeploymentId, runningCount: 1 },
    ],
  });
  expect(await tasks()).toMatchObject([{ lastStatus: 'RUNNING' }]);
});

test('the threshold of the circuit breaker can be configured', async () => {
  const plane = scriptedPlane(() => CANNOT_PULL);
  const scene = await balancedAccount({ plane });
  const deploymentCircuitBreaker = {
    enable: true,
    rollback: false,
    thresholdConfiguration: { type: 'COUNT' as const, value: 5 },
  };
  const { create } = calls(scene.ecs);
  await create(
    scene.serviceInput({ desiredCount: 1, deploymentConfiguration: { deploymentCircuitBreaker } }),
  );
  await until(scene, ({ deployments }) => deployments?.[0]?.rolloutState === 'FAILED');
  expect(plane.started).toHaveLength(5);
});

test('without a circuit breaker, failing tasks are retried indefinitely, a few per call', async () => {
  const plane = scriptedPlane(() => CANNOT_PULL);
  const scene = await balancedAccount({ plane });
  const { create, service } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  await service();
  await service();
  const early = plane.started.length;
  expect(early).toBeGreaterThan(3);
  const seen = await service();
  await service();
  expect(plane.started.length).toBeGreaterThan(early);
  expect(seen.deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS' }]);
  expect(eventMessages(seen)).toContain(
    '(service web) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  );
});

test('without a circuit breaker, tasks that never run are started at growing intervals', async () => {
  const clock = manualClock();
  const plane = scriptedPlane(() => CANNOT_PULL);
  const scene = await balancedAccount({ pace: 1, clock, plane });
  await calls(scene.ecs).create(scene.serviceInput({ desiredCount: 1 }));
  const countStartsDuring = (minutes: number) => {
    const before = plane.started.length;
    clock.advance(minutes * 60_000);
    return plane.started.length - before;
  };
  const early = countStartsDuring(30);
  const late = countStartsDuring(60);
  expect(early).toBeGreaterThan(4);
  expect(late).toBeGreaterThanOrEqual(1);
  expect(late).toBeLessThanOrEqual(3);
});

test('a deployment with minimum and maximum percentages of 100 gets stuck, and an event reports this', async () => {
  const configuration = { minimumHealthyPercent: 100, maximumPercent: 100 };
  const scene = await sceneBeforeUpdate('runs', configuration);
  const { update, service } = calls(scene.ecs);
  await update({ taskDefinition: 'web:2' });
  await service();
  const seen = await service();
  expect(eventMessages(seen)[0]).toBe(
    '(service web) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
  );
  expect(seen.deployments).toMatchObject([
    { runningCount: 0 },
    { id: scene.firstDeploymentId, runningCount: 1 },
  ]);
});

test('ECS starts no tasks while their role does not trust ECS, and retries later', async () => {
  const scene = await balancedAccount();
  const { create, service } = calls(scene.ecs);
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  const trust = (document: string) =>
    scene.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'tasks', PolicyDocument: document }));
  await trust(PolicyDocument);
  await create(scene.serviceInput({ desiredCount: 1 }));
  const seen = await service();
  expect(seen.runningCount).toBe(0);
  expect(eventMessages(seen)[0]).toBe(
    `(service web) failed to launch a task with (error ECS was unable to assume the role '${scene.role}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).`,
  );
  await trust(PolicyDocument.replace('ec2.', 'ecs-tasks.'));
  await until(scene, isCompleted);
});

test('a deployment whose role is deleted fails instead of waiting indefinitely', async () => {
  const scene = await balancedAccount();
  await scene.iam.send(new DeleteRoleCommand({ RoleName: 'tasks' }));
  const { create } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, deploymentConfiguration: withBreaker() }));
  const seen = await until(scene, ({ deployments }) => deployments?.[0]?.rolloutState === 'FAILED');
  expect(seen.deployments).toMatchObject([{ failedTasks: 3, runningCount: 0 }]);
});
