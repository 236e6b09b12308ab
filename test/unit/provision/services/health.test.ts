// The health of services as drift: a provision repairs what it can, and warns of everything else.
import { DescribeTasksCommand, ListTasksCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { ServiceHealth } from '../../../../lib/look/service-health.ts';
import { healthWarnings } from '../../../../provision/services/health.ts';
import { services } from '../../../../provision/steps/services.ts';
import { mocks, provisionStep, sentCalls } from '../../step-harness.ts';
import {
  deployedService,
  foundService,
  mockDeployed,
  mutations,
  scenarioWith,
  updateCall,
} from '../service-scenario.ts';

const healthy: ServiceHealth = { runningCount: 1, unregistered: [], unhealthy: [], ended: [] };
const missing = { container: 'api2', address: '10.0.0.4', port: 6000, targetGroupArn: 'arn:group-2' };
const ended = { container: 'metrics', why: 'exit code 1', taskCount: 1 };
const warningsFor = (health: ServiceHealth, desiredCount = 1) =>
  healthWarnings({ services: new Map([['web', { ...foundService, desiredCount, health }]]) });

test('a healthy service is neither changed nor warned of', async () => {
  expect((await provisionStep(services, scenarioWith({ health: healthy }))).shortChanges).toEqual([]);
  expect(warningsFor(healthy)).toEqual([]);
});

test('a target that someone deregistered is drift, and is registered again without a deployment', async () => {
  mockDeployed();
  mocks.ecs.on(ListTasksCommand).resolves({ taskArns: ['arn:task'] });
  const task = (address: string, lastStatus: string) => ({
    group: 'service:web',
    lastStatus,
    containers: [{ name: 'api1', networkInterfaces: [{ privateIpv4Address: address }] }],
  });
  mocks.ecs
    .on(DescribeTasksCommand)
    .resolves({ tasks: [task('10.0.0.4', 'RUNNING'), task('10.0.0.5', 'STOPPING')] });
  mocks.elbv2.on(RegisterTargetsCommand).resolves({});
  mocks.elbv2
    .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:group-2' })
    .resolvesOnce({ TargetHealthDescriptions: [] })
    .resolves({ TargetHealthDescriptions: [{ TargetHealth: { State: 'healthy' } }] })
    .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:group-1' })
    .resolves({
      TargetHealthDescriptions: [
        { Target: { Id: '10.0.0.4', Port: 5000 }, TargetHealth: { State: 'healthy' } },
      ],
    });
  const { shortChanges, changes } = await provisionStep(
    services,
    scenarioWith({ health: { ...healthy, unregistered: [missing, { ...missing, address: '10.0.0.5' }] } }),
  );
  expect(shortChanges).toEqual([['update', 'web', 'registered targets']]);
  expect(changes[0]?.fields).toEqual([
    {
      field: 'registered targets',
      from: 'all except 10.0.0.4:6000 of api2, 10.0.0.5:6000 of api2',
      to: 'all',
    },
  ]);
  expect(mutations()).toEqual([]);
  // The second task has stopped since the survey.
  expect(sentCalls().filter(({ command }) => command === 'RegisterTargets')).toMatchObject([
    { input: { TargetGroupArn: 'arn:group-2', Targets: [{ Id: '10.0.0.4', Port: 6000 }] } },
  ]);
});

test('a job that has failed in some tasks only is a warning: a restart would not help', async () => {
  const health = { ...healthy, runningCount: 2, ended: [{ ...ended, isJob: true }] };
  expect((await provisionStep(services, scenarioWith({ health }))).shortChanges).toEqual([]);
  expect(warningsFor(health)).toEqual([
    'services.web: metrics has failed in 1 of 2 tasks (exit code 1). The other containers of web wait only for its end, so they run all the same',
  ]);
});

test('a container that has ended in some tasks only is restarted together with its tasks', async () => {
  mockDeployed();
  mocks.ecs.on(UpdateServiceCommand).resolves({ service: deployedService });
  const health = { ...healthy, runningCount: 2, ended: [ended] };
  const { shortChanges, changes } = await provisionStep(services, scenarioWith({ health }));
  expect(shortChanges).toEqual([['update', 'web', 'running containers']]);
  expect(changes[0]?.fields[0]?.from).toBe('all except metrics in 1 of 2 tasks (exit code 1)');
  expect(mutations()).toEqual([updateCall({ forceNewDeployment: true })]);
  expect(warningsFor(health)).toEqual([]);
});

test('a container that has ended in every task would end again: it is a warning, and its tasks are left alone', async () => {
  const health = { ...healthy, ended: [ended] };
  expect((await provisionStep(services, scenarioWith({ health }))).shortChanges).toEqual([]);
  expect(warningsFor(health)).toEqual([
    'services.web: metrics has ended in every task (exit code 1). It is not essential, so web runs without it, and ECS does not restart it. Correct its program, and run npm run provision',
  ]);
});

test('unhealthy targets, missing tasks, and targets for which ECS chooses the group are warnings', () => {
  const { targetGroupArn: _group, ...target } = missing;
  expect(
    warningsFor(
      {
        ...healthy,
        unhealthy: [{ ...target, why: 'Request timed out' }],
        unregistered: [{ ...target, targetGroupArn: undefined }],
      },
      2,
    ),
  ).toEqual([
    'services.web: 1 of 2 tasks are running',
    'services.web: the target 10.0.0.4:6000 of api2 is unhealthy: Request timed out. ECS replaces its task; npm run provision waits for the new one, and explains the cause if it fails',
    'services.web: the target 10.0.0.4:6000 of api2 is not registered in any of its target groups. ECS registers it again or replaces its task',
  ]);
});
