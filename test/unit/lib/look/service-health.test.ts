// The health of deployed services: their targets, and containers that have ended in running tasks.
import { DescribeTasksCommand, ListTasksCommand, type Container, type Task } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { compareWithTargets, lookServiceHealth } from '../../../../lib/look/service-health.ts';
import type { FoundService } from '../../../../lib/look/services.ts';
import { engineContext } from '../../engine-harness.ts';
import { mocks, sentCalls } from '../../step-harness.ts';
import { foundService } from '../../provision/service-scenario.ts';

const container = (name: string, address: string, more: Partial<Container> = {}): Container => ({
  name,
  lastStatus: 'RUNNING',
  networkInterfaces: [{ privateIpv4Address: address }],
  ...more,
});
const task = (address: string, more: Partial<Task> = {}, api2: Partial<Container> = {}): Task => ({
  group: 'service:web',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  containers: [container('api1', address), container('api2', address, api2)],
  ...more,
});
const target = (
  Id: string,
  Port: number,
  State = 'healthy',
  Description?: string,
): TargetHealthDescription => ({
  Target: { Id, Port },
  TargetHealth: { State: State as 'healthy', Description },
});
const groupsWith = (one: TargetHealthDescription[], two: TargetHealthDescription[]) =>
  new Map([
    ['arn:group-1', one],
    ['arn:group-2', two],
  ]);
const allHealthy = groupsWith([target('10.0.0.4', 5000)], [target('10.0.0.4', 6000)]);
const healthy = { runningCount: 1, unregistered: [], unhealthy: [], ended: [] };

test('a service whose targets are all registered and healthy has nothing to report', () => {
  expect(compareWithTargets(foundService, [task('10.0.0.4')], allHealthy)).toEqual(healthy);
});

test.each([
  ['is gone', []],
  ['is draining', [target('10.0.0.4', 6000, 'draining')]],
])('a running task whose target %s is not registered', (_, second) => {
  const groups = groupsWith([target('10.0.0.4', 5000)], second);
  expect(compareWithTargets(foundService, [task('10.0.0.4')], groups)).toEqual({
    ...healthy,
    unregistered: [{ container: 'api2', address: '10.0.0.4', port: 6000, targetGroupArn: 'arn:group-2' }],
  });
});

test('tasks that are starting or stopping, and those of other services, are left out', () => {
  const others = [
    task('10.0.0.5', { lastStatus: 'ACTIVATING' }),
    task('10.0.0.6', { desiredStatus: 'STOPPED' }),
    task('10.0.0.7', { group: 'service:other' }),
    task('10.0.0.8', { group: 'family:web' }),
  ];
  expect(compareWithTargets(foundService, [task('10.0.0.4'), ...others], allHealthy)).toEqual(healthy);
});

test('an unhealthy target is reported with the description of the load balancer', () => {
  const why = 'Health checks failed with these codes: [502]';
  const groups = groupsWith(
    [target('10.0.0.4', 5000, 'unhealthy', why)],
    [target('10.0.0.4', 6000, 'initial')],
  );
  expect(compareWithTargets(foundService, [task('10.0.0.4')], groups)).toEqual({
    ...healthy,
    unhealthy: [{ container: 'api1', address: '10.0.0.4', port: 5000, why }],
  });
});

test('a container that has ended is counted over all tasks', () => {
  const tasks = [
    task('10.0.0.4', {}, { lastStatus: 'STOPPED', exitCode: 1 }),
    task('10.0.0.5', {}, { lastStatus: 'STOPPED', exitCode: 1 }),
    task('10.0.0.6'),
  ];
  expect(compareWithTargets({ ...foundService, loadBalancers: [] }, tasks, allHealthy)).toEqual({
    ...healthy,
    runningCount: 3,
    ended: [{ container: 'api2', why: 'exit code 1', taskCount: 2 }],
  });
});

test('a job that has succeeded is fine; one that has failed is reported as a job', () => {
  const tasks = [
    task('10.0.0.4', {}, { lastStatus: 'STOPPED', exitCode: 0 }),
    task('10.0.0.5', {}, { lastStatus: 'STOPPED', exitCode: 3 }),
  ];
  const withoutGroups = { ...foundService, loadBalancers: [] };
  expect(compareWithTargets(withoutGroups, tasks, allHealthy, new Set(['api2'])).ended).toEqual([
    { container: 'api2', why: 'exit code 3', taskCount: 1, isJob: true },
  ]);
});

test('while ECS decides between two groups, a target may be in either of them, and a missing one has no group', () => {
  const blueGreen: FoundService = {
    ...foundService,
    loadBalancers: ['api1:5000 → arn:group-1'],
    deployment: { ...foundService.deployment, strategy: 'BLUE_GREEN' },
  };
  const inSecond = groupsWith([], [target('10.0.0.4', 5000)]);
  expect(compareWithTargets(blueGreen, [task('10.0.0.4')], inSecond)).toEqual(healthy);
  expect(compareWithTargets(blueGreen, [task('10.0.0.4')], groupsWith([], []))).toMatchObject({
    unregistered: [{ address: '10.0.0.4', targetGroupArn: undefined }],
  });
});

test('only deployed services are looked at, all with one list of tasks and one call for each group', async () => {
  mocks.ecs.on(ListTasksCommand).resolves({ taskArns: ['arn:task'] });
  mocks.ecs.on(DescribeTasksCommand).resolves({ tasks: [task('10.0.0.4')] });
  mocks.elbv2
    .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:group-1' })
    .resolves({ TargetHealthDescriptions: [target('10.0.0.4', 5000)] })
    .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:group-2' })
    .resolves({ TargetHealthDescriptions: [] });
  const groups = new Map(
    ['arn:group-1', 'arn:group-2', 'arn:group-of-others'].map((targetGroupArn) => [
      targetGroupArn,
      { targetGroupArn },
    ]),
  );
  const services = new Map<string, FoundService>([
    ['web', foundService],
    ['busy', { ...foundService, rollout: 'IN_PROGRESS' }],
    ['off', { ...foundService, desiredCount: 0 }],
    ['leaving', { ...foundService, status: 'DRAINING' }],
  ]);
  const health = await lookServiceHealth(engineContext(), services, groups);
  expect([...health.keys()]).toEqual(['web']);
  expect(health.get('web')?.unregistered).toMatchObject([{ container: 'api2' }]);
  expect(
    sentCalls()
      .map(({ command }) => command)
      .sort(),
  ).toEqual(['DescribeTargetHealth', 'DescribeTargetHealth', 'DescribeTasks', 'ListTasks']);
});

test('the targets of a group that does not exist are not reported', () => {
  const groups = new Map([['arn:group-1', [target('10.0.0.4', 5000)]]]);
  expect(compareWithTargets(foundService, [task('10.0.0.4')], groups)).toEqual(healthy);
});

test('without a deployed service, no call is made', async () => {
  expect((await lookServiceHealth(engineContext(), new Map(), new Map())).size).toBe(0);
});
