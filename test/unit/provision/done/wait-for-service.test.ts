// The wait for a service: when the wait ends, and what it reports.
import { ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from '@jest/globals';
import { completeDeploy } from '../../../../lib/config/complete.ts';
import { DeployOptions } from '../../../../lib/config/deploy-schema.ts';
import type { Change } from '../../../../lib/model/change.ts';
import { mocks, sentCalls } from '../../step-harness.ts';
import { dateAt, primaryDeployment, service } from '../deployments.ts';
import {
  commands,
  exited,
  mockEcs,
  mockTargets,
  mockTasks,
  notes,
  oneContainer,
  pendingNotes,
  running,
  target,
  targets,
  wait,
  waitedSeconds,
  web,
  worker,
} from './service-wait.ts';

type ConfiguredDeploy = Parameters<typeof DeployOptions.parse>[0];
const started = service(primaryDeployment('IN_PROGRESS'));
const inProgress = service(primaryDeployment('IN_PROGRESS', { runningCount: 1 }));
const completed = service(primaryDeployment('COMPLETED', { runningCount: 1 }));

describe('a service that this run deploys', () => {
  test('the wait ends once all targets are healthy and the tasks have stayed up for six seconds', async () => {
    mockEcs(inProgress, completed);
    mockTasks([running('1')]);
    mockTargets(target('healthy'));
    await wait(web, started);
    expect(waitedSeconds).toBe(6);
    const groups = sentCalls()
      .filter(({ command }) => command === 'DescribeTargetHealth')
      .map(({ input }) => (input as { TargetGroupArn: string }).TargetGroupArn);
    expect(new Set(groups)).toEqual(new Set(['arn:group-1', 'arn:group-2']));
    expect(pendingNotes.targets).toEqual([
      'its tasks must stay up for 6 more seconds; 1/1 running',
      'its tasks must stay up for 3 more seconds; 1/1 running',
    ]);
  });

  test('it reports once that the new tasks serve, and then that the deployment is completed', async () => {
    mockEcs(inProgress, inProgress, inProgress, completed);
    mockTasks([running('1')]);
    mocks.elbv2
      .on(DescribeTargetHealthCommand)
      .resolvesOnce(targets(target('initial')))
      .resolves(targets(target('healthy')));
    const reports: string[] = [];
    await wait(oneContainer, started, {
      reportServing: () => void reports.push('serving'),
      onDeployed: () => void reports.push('deployed'),
    });
    expect(reports).toEqual(['serving', 'deployed']);
  });

  test('a long deployment needs no further time', async () => {
    mockEcs(...Array<typeof inProgress>(20).fill(inProgress), completed);
    mockTasks([running('1')]);
    mockTargets(target('healthy'));
    await wait(web, started);
    expect(waitedSeconds).toBe(20);
    expect(pendingNotes.targets).toEqual([]);
  });

  test('the wait requires healthy targets of its own tasks, one per task', async () => {
    const two = service(primaryDeployment('COMPLETED', { runningCount: 2, desiredCount: 2 }));
    mockEcs({ ...two, desiredCount: 2 });
    mockTasks([
      running('1'),
      running('2', { containers: [{ networkInterfaces: [{ privateIpv4Address: '10.0.1.6' }] }] }),
    ]);
    const at = (Id: string, State: string) =>
      ({ Target: { Id, Port: 5000 }, TargetHealth: { State } }) as never;
    mocks.elbv2
      .on(DescribeTargetHealthCommand)
      .resolvesOnce(targets(at('10.0.1.5', 'healthy'), at('10.0.9.9', 'healthy')))
      .resolvesOnce(targets(at('10.0.1.5', 'healthy'), at('10.0.1.6', 'initial')))
      .resolves(targets(at('10.0.1.5', 'healthy'), at('10.0.1.6', 'healthy')));
    await wait({ ...oneContainer, count: 2 }, started);
    expect(pendingNotes.targets[0]).toMatch(/^1\/2 targets of api1 healthy; 2\/2 running$/);
    expect(waitedSeconds).toBe(1 + 6);
  });

  test('a healthy target in the alternate target group counts, since ECS may shift traffic there', async () => {
    mockEcs(completed);
    mockTasks([running('1')]);
    mockTargets();
    mocks.elbv2
      .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:other' })
      .resolves(targets(target('healthy')));
    await wait(oneContainer, started, { alternates: { 'web-api1.alternate': 'arn:other' } });
    expect(waitedSeconds).toBe(6);
  });

  test('a worker must stay up as well', async () => {
    mockEcs(completed);
    mockTasks([running('1')]);
    await wait(worker, started);
    expect(waitedSeconds).toBe(6);
    expect(commands()).not.toContain('DescribeTargetHealth');
  });

  test('a task that exits once is forgiven if the next one outlives it for long enough', async () => {
    mockEcs(completed);
    mockTasks([running('1')], [running('1')], [running('4'), exited('1')]);
    mockTargets(target('healthy'));
    await wait(oneContainer, started);
    expect(waitedSeconds).toBe(1 + 15);
    expect(pendingNotes.targets[1]).toBe(
      'a task has failed: the new tasks must stay up for 15 more seconds; 1/1 running; last exit: Essential container in task exited; api1 exit code 3',
    );
  });

  test('the wait reports the stage of a deployment that shifts traffic, and waits for its bake times', async () => {
    const deploymentConfiguration = {
      strategy: 'CANARY' as const,
      bakeTimeInMinutes: 5,
      canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 10 },
    };
    const baking = { ...inProgress, deploymentConfiguration };
    mockEcs(...Array<typeof baking>(900).fill(baking), { ...completed, deploymentConfiguration });
    mocks.ecs.on(ListServiceDeploymentsCommand).resolves({ serviceDeployments: [] });
    mockTasks([running('1')]);
    mockTargets(target('healthy'));
    await wait(oneContainer, baking);
    expect(waitedSeconds).toBe(900);
  });
});

describe('a service that this run does not change', () => {
  test('a deployment that was completed long ago needs one look', async () => {
    mockEcs(completed);
    mockTasks([running('1', { startedAt: new Date(0) })]);
    mockTargets(target('healthy'));
    await wait();
    expect(waitedSeconds).toBe(0);
    expect(commands().filter((command) => command === 'DescribeServices')).toHaveLength(1);
  });

  test('a deployment in progress is followed like one of this run', async () => {
    mockEcs(inProgress, inProgress, completed);
    mockTasks([running('1')]);
    mockTargets(target('healthy'));
    await wait();
    expect(waitedSeconds).toBe(6);
    expect(pendingNotes.deployment).toEqual(['1/1 running']);
  });

  // The wait begins before ECS has described the deployment.
  test.each<[string, ConfiguredDeploy, number]>([
    ['canary', { canary: { percent: 10, stepMinutes: 10, bakeMinutes: 5 } }, 15],
    ['linear', { linear: { percent: 25, stepMinutes: 4, bakeMinutes: 1 } }, 13],
    ['rolling with an alarm', { alarms: ['shop-5xx'] }, 5],
  ])('a deployment that an earlier run started may pause: %s', async (_what, deploy, minutes) => {
    const seconds = minutes * 60;
    mockEcs(...Array<typeof inProgress>(seconds).fill(inProgress), completed);
    mockTasks([running('1')]);
    mockTargets(target('healthy'));
    await wait({ ...oneContainer, deploy: completeDeploy(DeployOptions.parse(deploy)) });
    expect(waitedSeconds).toBe(seconds);
  });
});

describe('a count that differs from the configuration', () => {
  const withCount = (desiredCount: number) => ({ ...completed, desiredCount });

  test('the wait follows the current desired count, since Application Auto Scaling may scale in meanwhile', async () => {
    mockEcs(withCount(2), withCount(2), withCount(1));
    mockTasks([running('1', { startedAt: new Date(0) })]);
    mockTargets(target('healthy'));
    await wait(oneContainer);
    expect(pendingNotes.targets).toEqual([expect.stringMatching(/^1\/2 targets of api1 healthy; /)]);
    expect(waitedSeconds).toBe(1);
  });

  test.each([
    ['was scaled to zero', { ...completed, desiredCount: 0 }, oneContainer],
    ['is configured without tasks', completed, { ...oneContainer, count: 0 }],
  ])('the wait needs no tasks and no targets if the service %s', async (_what, current, configured) => {
    mockEcs(current);
    await wait(configured);
    expect(commands()).toEqual(['DescribeServices']);
  });

  test('the wait uses the count that this run has set, since a lookup may still return the previous count', async () => {
    mockEcs(withCount(1));
    mockTasks([running('1', { startedAt: new Date(0) })]);
    mockTargets(target('healthy'));
    const change: Change = {
      noun: 'services',
      key: 'web',
      verb: 'update',
      fields: [{ field: 'count', from: 1, to: 2 }],
      reason: '',
    };
    await expect(wait({ ...oneContainer, count: 2 }, undefined, { change })).rejects.toMatchObject({
      code: 'UNHEALTHY',
    });
    expect(pendingNotes.targets[0]).toMatch(/^1\/2 targets of api1 healthy; /);
  });
});

describe('messages from ECS', () => {
  const messageOf = (id: string, message: string) => ({
    id,
    message: `(service web) ${message}`,
    createdAt: dateAt(0),
  });
  const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-dev-web-api1-1a2b/0123';
  const [first, second, third] = [
    messageOf('1', 'has started 1 tasks: (task 1).'),
    messageOf('2', `registered 1 targets in (target-group ${GROUP})`),
    messageOf('3', 'has reached a steady state.'),
  ];

  test('messages from ECS are reported in order, each once and shortened', async () => {
    mockEcs(
      { ...inProgress, events: [first] },
      { ...inProgress, events: [second, first] },
      { ...completed, events: [third, second, first] },
    );
    mockTasks([]);
    await wait({ ...web, count: 0 }, { ...started, events: [] });
    expect(notes).toEqual([
      'web: has started 1 tasks: (task 1).',
      'web: registered 1 targets in (target-group shop-dev-web-api1-1a2b)',
      'web: has reached a steady state.',
    ]);
  });

  test('messages from before the update are not reported', async () => {
    mockEcs({ ...completed, events: [third, second, first] });
    await wait({ ...web, count: 0 }, { ...started, events: [second, first] });
    expect(notes).toEqual(['web: has reached a steady state.']);
  });

  test('messages from before the first lookup are not reported if the run changed nothing', async () => {
    mockEcs({ ...inProgress, events: [second, first] }, { ...completed, events: [third, second, first] });
    mockTasks([]);
    await wait({ ...web, count: 0 });
    expect(notes).toEqual(['web: has reached a steady state.']);
  });
});
