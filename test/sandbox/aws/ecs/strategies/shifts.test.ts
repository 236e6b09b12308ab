// Deployments that shift traffic: their stages, the weights of the rules, the tasks of both revisions, and swapped groups.
import { DescribeServiceRevisionsCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { eventMessages, required } from '../scene.ts';
import { deployedScene, timedScene, type ShiftingScene } from './scene.ts';

const BLUE_GREEN = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 } as const;

/** Advances to the end of a deployment. @returns its stages with the weights of the two rules, without repetitions */
async function watch(scene: ShiftingScene): Promise<string[]> {
  const seen: string[] = [];
  await scene.advanceUntil(async () => {
    const { lifecycleStage, status } = await scene.latest();
    const [production, tested] = [await scene.weights(), await scene.weights(scene.testRule)];
    const line = `${lifecycleStage} ${production.blue}/${production.green} test ${tested.blue}/${tested.green}`;
    if (seen.at(-1) !== line) seen.push(line);
    return status === 'SUCCESSFUL';
  });
  return seen;
}

test('a blue/green deployment passes its stages in order, and moves first the test traffic, then all production traffic', async () => {
  const scene = await deployedScene(BLUE_GREEN);
  expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
  await scene.update({ taskDefinition: 'web:2' });
  expect(await watch(scene)).toEqual([
    'PRE_SCALE_UP 0/100 test 0/100',
    'SCALE_UP 0/100 test 0/100',
    'POST_SCALE_UP 0/100 test 0/100',
    'TEST_TRAFFIC_SHIFT 0/100 test 100/0',
    'POST_TEST_TRAFFIC_SHIFT 0/100 test 100/0',
    'PRODUCTION_TRAFFIC_SHIFT 0/100 test 100/0',
    'PRODUCTION_TRAFFIC_SHIFT 100/0 test 100/0',
    'POST_PRODUCTION_TRAFFIC_SHIFT 100/0 test 100/0',
    'BAKE_TIME 100/0 test 100/0',
    'CLEAN_UP 100/0 test 100/0',
  ]);
});

test('the first deployment goes to the group that serves no production traffic, and then the groups swap their roles', async () => {
  const scene = await timedScene();
  await scene.create(scene.shiftingInput(BLUE_GREEN));
  await scene.untilCompleted();
  const groupOf = async () => {
    const { targetServiceRevision } = await scene.latest();
    const { serviceRevisions } = await scene.ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [required(targetServiceRevision?.arn)] }),
    );
    return serviceRevisions?.[0]?.resolvedConfiguration?.loadBalancers;
  };
  const targetsOf = (arn: string) => scene.region.elbv2.targetGroups.get(arn)?.targets.length;
  const { productionRule: productionListenerRule } = scene;
  expect(await groupOf()).toEqual([{ targetGroupArn: scene.green, productionListenerRule }]);
  expect([targetsOf(scene.blue), targetsOf(scene.green)]).toEqual([0, 2]);
  await scene.update({ forceNewDeployment: true });
  await scene.untilCompleted();
  expect(await groupOf()).toEqual([{ targetGroupArn: scene.blue, productionListenerRule }]);
  expect([targetsOf(scene.blue), targetsOf(scene.green)]).toEqual([2, 0]);
  await scene.update({ forceNewDeployment: true });
  await scene.untilCompleted();
  expect(await groupOf()).toEqual([{ targetGroupArn: scene.green, productionListenerRule }]);
  // The service keeps the configured groups.
  expect((await scene.service()).loadBalancers).toEqual(scene.balancers());
});

test('both revisions have all their tasks until the bake time is over', async () => {
  const scene = await deployedScene(BLUE_GREEN);
  await scene.update({ taskDefinition: 'web:2' });
  await scene.untilStage('BAKE_TIME');
  const start = scene.clock.now();
  expect(await scene.service()).toMatchObject({
    runningCount: 4,
    deployments: [
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 2, desiredCount: 2 },
      { status: 'ACTIVE', runningCount: 2, desiredCount: 2 },
    ],
  });
  expect(await scene.latest()).toMatchObject({
    status: 'IN_PROGRESS',
    targetServiceRevision: { requestedProductionTrafficWeight: 100, requestedTestTrafficWeight: 100 },
    sourceServiceRevisions: [{ requestedProductionTrafficWeight: 0, requestedTestTrafficWeight: 0 }],
  });
  await scene.untilStage('CLEAN_UP');
  const bakeTime = scene.clock.now() - start;
  expect(bakeTime).toBeGreaterThanOrEqual(58_000);
  expect(bakeTime).toBeLessThan(70_000);
  await scene.untilCompleted();
  expect((await scene.service()).runningCount).toBe(2);
  expect((await scene.latest()).status).toBe('SUCCESSFUL');
});

test('a canary deployment shifts the share of the canary, bakes, and then shifts the rest', async () => {
  const scene = await deployedScene({
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 12.5, canaryBakeTimeInMinutes: 2 },
  });
  await scene.update({ taskDefinition: 'web:2' });
  await scene.advanceUntil(async () => (await scene.weights()).blue === 125);
  expect(await scene.weights()).toEqual({ blue: 125, green: 875 });
  const start = scene.clock.now();
  expect(await scene.latest()).toMatchObject({
    lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
    targetServiceRevision: { requestedProductionTrafficWeight: 12.5 },
    sourceServiceRevisions: [{ requestedProductionTrafficWeight: 87.5 }],
  });
  await scene.advanceUntil(async () => (await scene.weights()).blue === 100);
  expect(scene.clock.now() - start).toBeGreaterThanOrEqual(118_000);
  await scene.untilCompleted();
});

test('a linear deployment shifts in equal steps', async () => {
  const scene = await deployedScene({
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 1 },
  });
  await scene.update({ taskDefinition: 'web:2' });
  const stages = await watch(scene);
  const shifted = stages
    .filter((line) => line.startsWith('PRODUCTION_TRAFFIC_SHIFT'))
    .map((line) => line.split(' ')[1]);
  expect(shifted).toEqual(['0/100', '40/60', '80/20', '100/0']);
});

test('scaling during a shift scales both revisions', async () => {
  const scene = await deployedScene({ ...BLUE_GREEN, bakeTimeInMinutes: 5 });
  await scene.update({ taskDefinition: 'web:2' });
  await scene.untilStage('POST_SCALE_UP');
  await scene.update({ desiredCount: 3 });
  await scene.advanceUntil(async () => (await scene.service()).runningCount === 6);
  await scene.update({ desiredCount: 1 });
  await scene.advanceUntil(async () => (await scene.service()).runningCount === 2);
  expect((await scene.latest()).status).toBe('IN_PROGRESS');
  await scene.untilCompleted();
  expect((await scene.service()).runningCount).toBe(1);
});

test('a task of the old revision that ends during the shift is replaced by one of the old revision', async () => {
  const scene = await deployedScene(BLUE_GREEN);
  const old = (await scene.service()).taskDefinition;
  const [one] = await scene.tasks();
  await scene.update({ taskDefinition: 'web:2' });
  await scene.untilStage('SCALE_UP');
  await scene.ecs.send(new StopTaskCommand({ cluster: 'main', task: one?.taskArn }));
  await scene.untilStage('BAKE_TIME');
  const definitions = (await scene.tasks()).map(({ taskDefinitionArn }) => taskDefinitionArn);
  expect(definitions.filter((definition) => definition === old)).toHaveLength(2);
  expect(definitions).toHaveLength(4);
});

test('an update that changes only the desired count or the strategy starts no deployment', async () => {
  const scene = await deployedScene(BLUE_GREEN);
  const before = await scene.latest();
  await scene.update({ desiredCount: 3, deploymentConfiguration: { strategy: 'CANARY' } });
  await scene.advanceUntil(async () => (await scene.service()).runningCount === 3);
  expect((await scene.latest()).serviceDeploymentArn).toBe(before.serviceDeploymentArn);
  expect(await scene.weights()).toEqual({ blue: 0, green: 100 });
  await scene.update({ taskDefinition: 'web:2' });
  await scene.advanceUntil(async () => (await scene.weights()).blue === 5);
  await scene.untilCompleted();
});

test('a service without a load balancer passes the stages, and shows no shares', async () => {
  const scene = await timedScene();
  await scene.create(scene.serviceInput({ loadBalancers: [], deploymentConfiguration: BLUE_GREEN }));
  await scene.untilCompleted();
  await scene.update({ forceNewDeployment: true });
  await scene.untilStage('BAKE_TIME');
  expect((await scene.service()).runningCount).toBe(4);
  expect((await scene.latest()).targetServiceRevision).not.toHaveProperty('requestedProductionTrafficWeight');
  await scene.untilCompleted();
  expect((await scene.service()).runningCount).toBe(2);
});

test('a service with no tasks passes the stages as well', async () => {
  const scene = await deployedScene(BLUE_GREEN, 'runs', { desiredCount: 0 });
  await scene.update({ taskDefinition: 'web:2' });
  await scene.untilStage('BAKE_TIME');
  expect(await scene.weights()).toEqual({ blue: 100, green: 0 });
  await scene.untilCompleted();
  expect(eventMessages(await scene.service())[0]).toBe('(service web) has reached a steady state.');
});
