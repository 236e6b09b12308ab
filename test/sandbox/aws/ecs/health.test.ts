// The scheduler's replacement of unhealthy tasks, and the grace period during which the scheduler waits.
import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { DeregisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { recordContainerExit, recordContainerHealth } from '../../../../sandbox/aws/ecs/task-reports.ts';
import { setTargetHealth } from '../../../../sandbox/aws/elbv2/targets.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { markTargetsHealthy, scriptedPlane, failHealthChecks } from './plane.ts';
import {
  balancedAccount,
  calls,
  isCompleted,
  eventMessages,
  required,
  twoContainerTask,
  until,
} from './scene.ts';

const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };

/** Creates a service with one task and waits for its deployment, at AWS's pace with a manual clock. */
async function steadyScene(deploymentConfiguration = {}) {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, pace: 1, plane: scriptedPlane() });
  const { create, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, deploymentConfiguration }));
  clock.advance(60_000);
  markTargetsHealthy(scene.region);
  clock.advance(20_000);
  expect(isCompleted(await service())).toBe(true);
  const [task] = await tasks();
  const arn = required(task?.taskArn);
  const ip = required(scene.region.ecs.tasks.get(arn)?.privateIp);
  return { ...scene, clock, arn, ip, currentService: service, tasks };
}

test("a task that fails one target group's health checks is stopped only after its replacement is healthy", async () => {
  const { clock, region, ip, arn, currentService, tasks, groups } = await steadyScene();
  failHealthChecks(region, ip, 6000);
  expect(eventMessages(await currentService()).slice(0, 2)).toEqual([
    '(service web) has started 1 tasks: (task <task>). Amazon ECS replaced 1 tasks due to an unhealthy status.',
    '(service web) has reached a steady state.',
  ]);
  clock.advance(40_000);
  expect((await tasks()).map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING']);
  markTargetsHealthy(region);
  clock.advance(6_000);
  expect(await tasks('STOPPED')).toMatchObject([
    {
      taskArn: arn,
      lastStatus: 'DEACTIVATING',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${groups[1]})`,
    },
  ]);
  clock.advance(60_000);
  const seen = await currentService();
  expect(seen).toMatchObject({
    runningCount: 1,
    deployments: [{ rolloutState: 'COMPLETED', failedTasks: 1 }],
  });
  // The event about the health belongs to the stop, as in recordings.
  expect(eventMessages(seen).slice(0, 8)).toEqual([
    '(service web) has reached a steady state.',
    '(service web, taskSet ecs-svc/<n>) has begun draining connections on 1 tasks.',
    `(service web) deregistered 1 targets in (target-group ${groups[1]})`,
    `(service web) deregistered 1 targets in (target-group ${groups[0]})`,
    '(service web) has stopped 1 running tasks: (task <task>).',
    `(service web) (task <task>) (port 6000) is unhealthy in (target-group ${groups[1]}) due to (reason Health checks failed with these codes: [502]).`,
    `(service web) registered 1 targets in (target-group ${groups[1]})`,
    `(service web) registered 1 targets in (target-group ${groups[0]})`,
  ]);
});

test('an unhealthy task is stopped before its replacement starts if the maximum allows no extra task', async () => {
  const { clock, region, ip, arn, currentService, tasks } = await steadyScene({
    minimumHealthyPercent: 0,
    maximumPercent: 100,
  });
  failHealthChecks(region, ip, 5000);
  await currentService();
  expect(await tasks('STOPPED')).toMatchObject([{ taskArn: arn, lastStatus: 'DEACTIVATING' }]);
  clock.advance(5_000);
  expect(await tasks()).toMatchObject([{ lastStatus: 'PROVISIONING' }]);
});

test("the load balancer's health report triggers a replacement without any describe call", async () => {
  const { clock, region, ip, groups, tasks } = await steadyScene();
  failHealthChecks(region, ip, 5000);
  region.after(0, 'ecs:target-health-changed', required(groups[0]));
  clock.advance(5_000);
  expect((await tasks()).map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'PROVISIONING']);
});

test('a target that someone deregisters from a running service is registered again', async () => {
  const { clock, elbv2, region, ip, arn, tasks, currentService, groups } = await steadyScene();
  const [TargetGroupArn] = groups;
  await elbv2.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: ip, Port: 5000 }] }));
  const state = () =>
    region.elbv2.targetGroups.get(TargetGroupArn)?.targets.map(({ health }) => health.State);
  expect(state()).toEqual(['draining']);
  clock.advance(5_000);
  expect(state()).toEqual(['initial']);
  expect(eventMessages(await currentService())[0]).toBe(
    `(service web) registered 1 targets in (target-group ${TargetGroupArn})`,
  );
  markTargetsHealthy(region);
  clock.advance(20_000);
  expect(await tasks()).toMatchObject([{ taskArn: arn }]);
  expect(eventMessages(await currentService())[0]).toBe('(service web) has reached a steady state.');
});

test('failed health checks of a new task are ignored during the grace period', async () => {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, pace: 1, plane: scriptedPlane() });
  const { create, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, healthCheckGracePeriodSeconds: 60 }));
  clock.advance(35_000);
  const [task] = await tasks();
  expect(task?.lastStatus).toBe('RUNNING');
  failHealthChecks(
    scene.region,
    required(scene.region.ecs.tasks.get(required(task?.taskArn))?.privateIp),
    5000,
  );
  clock.advance(30_000);
  expect(await tasks('STOPPED')).toEqual([]);
  clock.advance(40_000);
  expect(await tasks()).toMatchObject([{ taskArn: task?.taskArn }, { lastStatus: 'PENDING' }]);
  clock.advance(40_000);
  markTargetsHealthy(scene.region);
  clock.advance(5_000);
  expect(await tasks('STOPPED')).toMatchObject([{ taskArn: task?.taskArn }]);
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS', failedTasks: 1 }]);
});

test('real programs get the whole grace period in real time, even when AWS time runs faster', async () => {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, plane: { ...scriptedPlane(), runsPrograms: true } });
  const { create, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, healthCheckGracePeriodSeconds: 60 }));
  await service();
  const [task] = await tasks();
  failHealthChecks(
    scene.region,
    required(scene.region.ecs.tasks.get(required(task?.taskArn))?.privateIp),
    5000,
  );
  clock.advance(59_999);
  await service();
  expect(await tasks()).toHaveLength(1);
  clock.advance(1);
  await service();
  expect(await tasks()).toHaveLength(2);
});

test('without a grace period, a program has the real time to start that the health checks take on AWS', async () => {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, pace: 60, plane: { ...scriptedPlane(), runsPrograms: true } });
  const { create, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  clock.advance(1_000);
  const [task] = await tasks();
  const { privateIp = '' } = required(scene.region.ecs.tasks.get(required(task?.taskArn)));
  failHealthChecks(scene.region, privateIp, 5000);
  // The second check of a target group with AWS's defaults starts 30 s after the first.
  clock.advance(28_000);
  expect(await tasks()).toHaveLength(1);
  clock.advance(2_000);
  expect((await tasks()).map(({ taskArn }) => taskArn)).toEqual([task?.taskArn, expect.any(String)]);
});

test('the scheduler stops a task a second after its target became unhealthy', async () => {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, pace: 60, plane: { ...scriptedPlane(), runsPrograms: true } });
  const { create, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  clock.advance(35_000);
  const [task] = await tasks();
  const { privateIp = '' } = required(scene.region.ecs.tasks.get(required(task?.taskArn)));
  failHealthChecks(scene.region, privateIp, 5000);
  clock.advance(900);
  expect(await tasks()).toHaveLength(1);
  clock.advance(600);
  expect(await tasks()).toHaveLength(2);
});

test('real programs count as healthy once they have been healthy for some seconds without interruption', async () => {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, plane: { ...scriptedPlane(), runsPrograms: true } });
  const { create, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, healthCheckGracePeriodSeconds: 60 }));
  await service();
  markTargetsHealthy(scene.region);
  const rolloutState = async () => (await service()).deployments?.[0]?.rolloutState;
  expect(await rolloutState()).toBe('IN_PROGRESS');
  clock.advance(3_000);
  const [task] = await tasks();
  const { privateIp = '' } = required(scene.region.ecs.tasks.get(required(task?.taskArn)));
  failHealthChecks(scene.region, privateIp, 5000);
  await service();
  for (const { TargetGroupArn } of scene.region.elbv2.targetGroups.all())
    setTargetHealth(scene.region, TargetGroupArn, privateIp, 5000, { State: 'healthy' });
  await service();
  clock.advance(3_000);
  expect(await rolloutState()).toBe('IN_PROGRESS');
  clock.advance(200);
  expect(await rolloutState()).toBe('COMPLETED');
});

test('a program that lives for a second counts as a failure, and its deployment does not complete', async () => {
  const clock = manualClock();
  const plane = { ...scriptedPlane(), runsPrograms: true };
  const scene = await balancedAccount({ clock, pace: 60, plane });
  const { create, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  clock.advance(1_000);
  markTargetsHealthy(scene.region);
  clock.advance(1_000);
  const [task] = await tasks();
  expect(task?.lastStatus).toBe('RUNNING');
  recordContainerExit(scene.region, required(task?.taskArn), 'api1', 1);
  clock.advance(1_000);
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS', failedTasks: 1 }]);
});

test('a deployment whose tasks never become healthy trips the circuit breaker', async () => {
  const scene = await balancedAccount({ plane: scriptedPlane() });
  const { create, service } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, deploymentConfiguration: breaker }));
  let seen = await service();
  for (let attempt = 0; attempt < 20 && seen.deployments?.[0]?.rolloutState !== 'FAILED'; attempt += 1) {
    for (const { privateIp } of scene.region.ecs.tasks.all())
      failHealthChecks(scene.region, privateIp ?? '', 5000);
    seen = await service();
  }
  expect(seen.deployments).toMatchObject([{ rolloutState: 'FAILED', failedTasks: 3 }]);
});

test('the health of a task follows the health checks of its essential containers', async () => {
  const scene = await balancedAccount({ plane: scriptedPlane() });
  const input = twoContainerTask(scene.role);
  const healthCheck = { command: ['CMD-SHELL', 'true'] };
  await scene.ecs.send(
    new RegisterTaskDefinitionCommand({
      ...input,
      containerDefinitions: input.containerDefinitions?.map((container) => ({ ...container, healthCheck })),
    }),
  );
  const { create, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, loadBalancers: [], deploymentConfiguration: breaker }));
  await service();
  const [task] = await tasks();
  const arn = required(task?.taskArn);
  const report = async (name: string, health: 'HEALTHY' | 'UNHEALTHY') => {
    recordContainerHealth(scene.region, arn, name, health);
    const seen = await service();
    return [seen.deployments?.[0]?.rolloutState, scene.region.ecs.tasks.get(arn)?.healthStatus];
  };
  expect(await report('api1', 'HEALTHY')).toEqual(['IN_PROGRESS', 'UNKNOWN']);
  expect(await report('api2', 'HEALTHY')).toEqual(['COMPLETED', 'HEALTHY']);
  expect(await report('api2', 'UNHEALTHY')).toEqual(['COMPLETED', 'UNHEALTHY']);
  for (const { taskArn } of (await tasks()).filter((other) => other.taskArn !== arn)) {
    for (const name of ['api1', 'api2']) recordContainerHealth(scene.region, taskArn ?? '', name, 'HEALTHY');
  }
  const seen = await service();
  expect(eventMessages(seen)).toContain('(service web) (task <task>) failed container health checks.');
  expect(await tasks('STOPPED')).toMatchObject([
    { taskArn: arn, healthStatus: 'UNHEALTHY', stoppedReason: 'Task failed container health checks' },
  ]);
});

test('a steady service replaces a task that exits', async () => {
  const scene = await balancedAccount({ plane: scriptedPlane() });
  const { create, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  const before = await until(scene, isCompleted);
  const [task] = await tasks();
  recordContainerExit(scene.region, required(task?.taskArn), 'api1', 1);
  const replaced = await until(
    scene,
    (service) => service.runningCount === 1 && service.events?.[0]?.id !== before.events?.[0]?.id,
  );
  expect(replaced.deployments).toMatchObject([
    { id: before.deployments?.[0]?.id, rolloutState: 'COMPLETED' },
  ]);
  expect(await tasks('STOPPED')).toMatchObject([
    { taskArn: task?.taskArn, stopCode: 'EssentialContainerExited' },
  ]);
});

test('without load balancers and health checks, a task counts as healthy some time after it is RUNNING', async () => {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, pace: 1, plane: scriptedPlane() });
  const { create, service } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, loadBalancers: [] }));
  clock.advance(60_000);
  expect(await service()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'IN_PROGRESS' }] });
  clock.advance(30_000);
  expect(await service()).toMatchObject({ deployments: [{ rolloutState: 'COMPLETED' }] });
});

test('a simulated task is unhealthy when no security group lets the load balancer reach it', async () => {
  const scene = await balancedAccount();
  scene.region.ec2.securityGroupRules.clear();
  const { create } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1, deploymentConfiguration: breaker }));
  const seen = await until(scene, ({ deployments }) => deployments?.[0]?.rolloutState === 'FAILED');
  expect(eventMessages(seen).some((message) => message.includes('due to (reason Request timed out)'))).toBe(
    true,
  );
});
