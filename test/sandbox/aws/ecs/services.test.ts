// The life of a service in the sandbox: created, completed, scaled, deleted.
import {
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { scriptedPlane } from './plane.ts';
import { balancedAccount, calls, isCompleted, eventMessages, required, until } from './scene.ts';

const webService = { cluster: 'main', service: 'web' };

test('at the instant pace, the first deployment of a service is completed after two describe calls', async () => {
  const scene = await balancedAccount();
  const { create, service } = calls(scene.ecs);
  const { service: created } = await create(scene.serviceInput());
  expect(created).toMatchObject({
    serviceArn: 'arn:aws:ecs:eu-west-1:000000000000:service/main/web',
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: 0,
    pendingCount: 0,
  });
  await service();
  const seen = await service();
  expect(seen).toMatchObject({ runningCount: 2, pendingCount: 0 });
  expect(seen.deployments).toHaveLength(1);
  const [primary] = seen.deployments ?? [];
  expect(primary).toMatchObject({
    status: 'PRIMARY',
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${primary?.id} completed.`,
    desiredCount: 2,
    runningCount: 2,
    failedTasks: 0,
  });
});

test("a created service is returned with AWS's defaults", async () => {
  const scene = await balancedAccount();
  const { create } = calls(scene.ecs);
  const { service } = await create(scene.serviceInput({ tags: [{ key: 'team', value: 'blue' }] }));
  expect(service).toMatchObject({
    taskDefinition: 'arn:aws:ecs:eu-west-1:000000000000:task-definition/web:1',
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    platformFamily: 'Linux',
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: 'ROLLING',
      deploymentCircuitBreaker: { enable: false, rollback: false },
    },
    availabilityZoneRebalancing: 'ENABLED',
    healthCheckGracePeriodSeconds: 0,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    tags: [{ key: 'team', value: 'blue' }],
  });
});

test('empty lists of unsupported settings are ignored', async () => {
  const scene = await balancedAccount();
  const emptyLists = {
    placementConstraints: [],
    placementStrategy: [],
    serviceRegistries: [],
    vpcLatticeConfigurations: [],
  };
  const { create, update } = calls(scene.ecs);
  expect((await create(scene.serviceInput(emptyLists))).service).toMatchObject({ status: 'ACTIVE' });
  expect((await update(emptyLists)).service).toMatchObject({ status: 'ACTIVE' });
});

test('the tags of a service are shown only on request', async () => {
  const scene = await balancedAccount();
  const { create, service } = calls(scene.ecs);
  const { service: created } = await create(scene.serviceInput({ tags: [{ key: 'team', value: 'blue' }] }));
  expect((await service()).tags).toBeUndefined();
  const { services } = await scene.ecs.send(
    new DescribeServicesCommand({ cluster: 'main', services: ['web'], include: ['TAGS'] }),
  );
  expect(services?.[0]?.tags).toEqual([{ key: 'team', value: 'blue' }]);
  const { tags } = await scene.ecs.send(new ListTagsForResourceCommand({ resourceArn: created?.serviceArn }));
  expect(tags).toEqual([{ key: 'team', value: 'blue' }]);
});

test('a deployment is completed only when every task is healthy in every target group', async () => {
  const scene = await balancedAccount({ plane: scriptedPlane() });
  const { create, service } = calls(scene.ecs);
  await create(scene.serviceInput());
  await service();
  const waiting = await service();
  expect(waiting).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'IN_PROGRESS' }] });
  const setHealth = (group: string, State: 'healthy') =>
    required(scene.region.elbv2.targetGroups.get(group)).targets.forEach((target) => {
      target.health = { State };
    });
  setHealth(required(scene.groups[0]), 'healthy');
  await service();
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS' }]);
  setHealth(required(scene.groups[1]), 'healthy');
  await service();
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
});

test('the events of a service have the wording of ECS and are listed newest first', async () => {
  const scene = await balancedAccount({ plane: scriptedPlane() });
  await calls(scene.ecs).create(scene.serviceInput({ desiredCount: 1 }));
  const [api1, api2] = scene.groups;
  expect(eventMessages(await until(scene, isCompleted))).toEqual([
    '(service web) has reached a steady state.',
    '(service web) (deployment ecs-svc/<n>) deployment completed.',
    `(service web) registered 1 targets in (target-group ${api2})`,
    `(service web) registered 1 targets in (target-group ${api1})`,
    '(service web) has started 1 tasks: (task <task>).',
  ]);
});

test('scaling starts no deployment, and scaling in stops the newest tasks first', async () => {
  const scene = await balancedAccount({ plane: scriptedPlane() });
  const { create, update, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  const before = await until(scene, isCompleted);
  const [oldest] = await tasks();
  await update({ desiredCount: 3 });
  const scaledOut = await until(scene, ({ runningCount }) => runningCount === 3);
  expect(scaledOut.deployments).toMatchObject([
    { id: before.deployments?.[0]?.id, rolloutState: 'COMPLETED', desiredCount: 3 },
  ]);
  await update({ desiredCount: 1 });
  await until(scene, ({ runningCount }) => runningCount === 1);
  expect((await tasks()).map(({ taskArn }) => taskArn)).toEqual([oldest?.taskArn]);
  const reasons = (await tasks('STOPPED')).map(({ stopCode, stoppedReason }) => [stopCode, stoppedReason]);
  const reason = `Scaling activity initiated by (deployment ${before.deployments?.[0]?.id})`;
  expect(reasons).toEqual([
    ['ServiceSchedulerInitiated', reason],
    ['ServiceSchedulerInitiated', reason],
  ]);
});

test('the tasks of a service are spread evenly over its subnets', async () => {
  const scene = await balancedAccount();
  const { create, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 4 }));
  await service();
  const zones = (await tasks()).map(({ availabilityZone }) => availabilityZone).sort();
  expect(zones).toEqual(['eu-west-1a', 'eu-west-1a', 'eu-west-1b', 'eu-west-1b']);
});

test('the first deployment of a service with desired count 0 is completed without tasks', async () => {
  const scene = await balancedAccount();
  await calls(scene.ecs).create(scene.serviceInput({ desiredCount: 0 }));
  const seen = await until(scene, isCompleted);
  expect(seen).toMatchObject({ runningCount: 0, desiredCount: 0 });
});

test('a service that is scaled above 0 can be deleted only by force', async () => {
  const scene = await balancedAccount();
  await calls(scene.ecs).create(scene.serviceInput());
  expect(await refusalOf(scene.ecs.send(new DeleteServiceCommand(webService)))).toEqual({
    code: 'InvalidParameterException',
    message: 'The service cannot be stopped while it is scaled above 0.',
  });
  const { service } = await scene.ecs.send(new DeleteServiceCommand({ ...webService, force: true }));
  expect(service).toMatchObject({ status: 'DRAINING', desiredCount: 0 });
});

test('a service can be deleted only by force while one of its deployments is being replaced', async () => {
  const clock = manualClock();
  const scene = await balancedAccount({ pace: 1, clock, plane: scriptedPlane() });
  const { create, update } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  await update({ forceNewDeployment: true, desiredCount: 0 });
  const refusal = await refusalOf(scene.ecs.send(new DeleteServiceCommand(webService)));
  expect(refusal.message).toBe('The service cannot be stopped while deployments are active.');
});

test('a deleted service drains, is not listed, and becomes INACTIVE when its tasks have ended', async () => {
  const clock = manualClock();
  const plane = scriptedPlane();
  const scene = await balancedAccount({ pace: 1, clock, plane });
  const { create, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  clock.advance(60_000);
  expect(await tasks()).toMatchObject([{ lastStatus: 'RUNNING' }]);
  await scene.ecs.send(new DeleteServiceCommand({ ...webService, force: true }));
  clock.advance(6_000);
  // Both targets drain, although they were still `initial`.
  expect(await tasks('STOPPED')).toMatchObject([{ lastStatus: 'DEACTIVATING', desiredStatus: 'STOPPED' }]);
  expect((await service()).status).toBe('DRAINING');
  const { serviceArns } = await scene.ecs.send(new ListServicesCommand({ cluster: 'main' }));
  expect(serviceArns).toEqual([]);
  expect(await refusalOf(create(scene.serviceInput()))).toEqual({
    code: 'InvalidParameterException',
    message: 'Unable to Start a service that is still Draining.',
  });
  const repeat = await scene.ecs.send(new DeleteServiceCommand({ ...webService, force: true }));
  expect(repeat.service?.status).toBe('DRAINING');
  expect(plane.stopped).toEqual([]);
  clock.advance(35_000);
  expect(plane.stopped).toHaveLength(1);
  expect(await service()).toMatchObject({ status: 'INACTIVE', deployments: [] });
  const refusal = await refusalOf(scene.ecs.send(new DeleteServiceCommand(webService)));
  expect(refusal).toEqual({ code: 'ServiceNotFoundException', message: 'Service not found.' });
  expect((await create(scene.serviceInput())).service?.status).toBe('ACTIVE');
});

test('a cluster can be deleted once its services and tasks are gone', async () => {
  const scene = await balancedAccount();
  const { create, service } = calls(scene.ecs);
  await create(scene.serviceInput());
  const refusalOfDelete = () => refusalOf(scene.ecs.send(new DeleteClusterCommand({ cluster: 'main' })));
  expect((await refusalOfDelete()).code).toBe('ClusterContainsServicesException');
  await scene.ecs.send(new DeleteServiceCommand({ ...webService, force: true }));
  await service();
  await service();
  const { cluster } = await scene.ecs.send(new DeleteClusterCommand({ cluster: 'main' }));
  expect(cluster?.status).toBe('INACTIVE');
});

test('DescribeServices accepts up to ten names and lists unknown services as failures', async () => {
  const scene = await balancedAccount();
  const describe = (services: string[]) =>
    scene.ecs.send(new DescribeServicesCommand({ cluster: 'main', services }));
  const { services, failures } = await describe(['nobody']);
  expect(services).toEqual([]);
  expect(failures).toEqual([
    { arn: 'arn:aws:ecs:eu-west-1:000000000000:service/main/nobody', reason: 'MISSING' },
  ]);
  const tooMany = await refusalOf(describe(Array.from({ length: 11 }, (_, index) => `s${index}`)));
  expect(tooMany.code).toBe('InvalidParameterException');
});

test('services are listed page by page', async () => {
  const scene = await balancedAccount();
  for (const serviceName of ['a', 'b', 'c']) {
    await calls(scene.ecs).create(scene.serviceInput({ serviceName, desiredCount: 0 }));
  }
  const list = (nextToken?: string) =>
    scene.ecs.send(new ListServicesCommand({ cluster: 'main', maxResults: 2, nextToken }));
  const first = await list();
  const second = await list(first.nextToken);
  const arns = [...(first.serviceArns ?? []), ...(second.serviceArns ?? [])];
  expect(arns.map((arn) => arn.split('/').at(-1))).toEqual(['a', 'b', 'c']);
  expect(second.nextToken).toBeUndefined();
});
