// The wait for a service: when the wait ends, and how a failure is explained.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../../../lib/model/change.ts';
import { awsError, mocks, sentCalls } from '../../step-harness.ts';
import { dateAt, NEW_DEFINITION, OLD_DEFINITION, primaryDeployment, service } from '../deployments.ts';

import {
  web,
  notes,
  targetNotes,
  wait,
  mockEcs,
  target,
  targets,
  mockStopped,
  commands,
} from './service-wait.ts';

describe('waiting for a service', () => {
  test('the wait ends once the deployment is completed and all targets of every group are healthy', async () => {
    mockEcs(
      service(primaryDeployment('IN_PROGRESS')),
      service(primaryDeployment('COMPLETED', { runningCount: 1 })),
    );
    mockStopped([]);
    mocks.elbv2
      .on(DescribeTargetHealthCommand)
      .resolves(targets(target('healthy')))
      .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:group-2' })
      .resolvesOnce(targets(target('initial', 'Elb.InitialHealthChecking')))
      .resolvesOnce(targets(target('unhealthy', 'Target.Timeout'), target('draining')))
      .resolves(targets(target('healthy'), target('draining')));
    await wait();
    const groups = sentCalls()
      .filter(({ command }) => command === 'DescribeTargetHealth')
      .map(({ input }) => (input as { TargetGroupArn: string }).TargetGroupArn);
    expect(groups.sort()).toEqual(['arn:group-1', 'arn:group-2'].flatMap((group) => [group, group, group]));
    expect(targetNotes).toEqual([
      '0/1 targets of api2 healthy, Elb.InitialHealthChecking; 1/1 running',
      '0/1 targets of api2 healthy, Target.Timeout; 1/1 running',
    ]);
  });

  test('the wait requires one healthy target per task', async () => {
    mockEcs(service(primaryDeployment('COMPLETED')));
    mockStopped([]);
    const twoTasks = { ...web, count: 2, containers: web.containers.slice(0, 1) };
    mocks.elbv2
      .on(DescribeTargetHealthCommand)
      .resolvesOnce(targets(target('healthy'), target('initial')))
      .resolves(targets(target('healthy'), target('healthy')));
    await wait(twoTasks);
    expect(commands().filter((command) => command === 'DescribeTargetHealth')).toHaveLength(2);
  });

  describe('a count that differs from the configuration', () => {
    const oneContainerService = { ...web, count: 1, containers: web.containers.slice(0, 1) };
    const serviceWithCount = (desiredCount: number) => ({
      ...service(primaryDeployment('COMPLETED')),
      desiredCount,
    });

    test('the wait follows the current desired count, since Application Auto Scaling may scale in meanwhile', async () => {
      mockEcs(serviceWithCount(3), serviceWithCount(3), serviceWithCount(2));
      mockStopped([]);
      mocks.elbv2.on(DescribeTargetHealthCommand).resolves(targets(target('healthy'), target('healthy')));
      await wait(oneContainerService);
      expect(targetNotes).toEqual(Array(2).fill(expect.stringMatching(/^2\/3 targets of api1 healthy; /)));
    });

    test('the wait needs no targets if the service was scaled to zero', async () => {
      mockEcs(serviceWithCount(0));
      await wait(oneContainerService);
      expect(commands()).toEqual(['DescribeServices']);
    });

    test('the wait uses the count that this run has set, since a lookup may still return the previous count', async () => {
      mockEcs(serviceWithCount(1));
      mockStopped([]);
      mocks.elbv2
        .on(DescribeTargetHealthCommand)
        .resolvesOnce(targets(target('healthy')))
        .resolves(targets(target('healthy'), target('healthy')));
      const change: Change = {
        noun: 'services',
        key: 'web',
        verb: 'update',
        fields: [{ field: 'count', from: 1, to: 2 }],
        reason: '',
      };
      await wait({ ...oneContainerService, count: 2 }, undefined, change);
      expect(commands().filter((command) => command === 'DescribeTargetHealth')).toHaveLength(2);
    });
  });

  test('the wait needs no targets if the service is configured without tasks or without paths', async () => {
    mockEcs(service(primaryDeployment('COMPLETED')));
    await wait({ ...web, count: 0 });
    await wait({ ...web, containers: web.containers.map((one) => ({ ...one, path: undefined })) });
    expect(commands()).toEqual(['DescribeServices', 'DescribeServices']);
  });

  describe('messages from ECS', () => {
    const messageOf = (id: string, message: string) => ({
      id,
      message: `(service web) ${message}`,
      createdAt: dateAt(0),
    });
    const GROUP =
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-dev-web-api1-1a2b/0123';
    const [first, second, third] = [
      messageOf('1', 'has started 1 tasks: (task 1).'),
      messageOf('2', `registered 1 targets in (target-group ${GROUP})`),
      messageOf('3', 'has reached a steady state.'),
    ];

    test('messages from ECS are reported in order, each once and shortened', async () => {
      const events = [[first], [second, first], [third, second, first]].map((all) => [...all]);
      mockEcs(
        ...events.map((all, index) => ({
          ...service(primaryDeployment(index === 2 ? 'COMPLETED' : 'IN_PROGRESS')),
          events: all,
        })),
      );
      await wait({ ...web, count: 0 }, { ...service(primaryDeployment('IN_PROGRESS')), events: [] });
      expect(notes).toEqual([
        'web: has started 1 tasks: (task 1).',
        'web: registered 1 targets in (target-group shop-dev-web-api1-1a2b)',
        'web: has reached a steady state.',
      ]);
    });

    test('messages from before the update are not reported', async () => {
      mockEcs({ ...service(primaryDeployment('COMPLETED')), events: [third, second, first] });
      await wait(
        { ...web, count: 0 },
        { ...service(primaryDeployment('IN_PROGRESS')), events: [second, first] },
      );
      expect(notes).toEqual(['web: has reached a steady state.']);
    });

    test('messages from before the first lookup are not reported if the run changed nothing', async () => {
      mockEcs(
        { ...service(primaryDeployment('IN_PROGRESS')), events: [second, first] },
        { ...service(primaryDeployment('COMPLETED')), events: [third, second, first] },
      );
      await wait({ ...web, count: 0 });
      expect(notes).toEqual(['web: has reached a steady state.']);
    });
  });

  describe('while targets are missing', () => {
    const oneContainerService = { ...web, containers: web.containers.slice(0, 1) };
    const endedTask = (id: number, more: Task = {}): Task => ({
      taskArn: `arn:aws:ecs:eu-west-1:111122223333:task/shop-dev/${id}`,
      taskDefinitionArn: NEW_DEFINITION,
      group: 'service:web',
      createdAt: dateAt(id),
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'api1', exitCode: 3 }],
      ...more,
    });
    const event = (message: string) => ({ id: message, message: `(service web) ${message}` });
    const EXIT = 'Essential container in task exited; api1 exit code 3';
    /** Lets the deployment stay completed while no target is healthy. */
    const mockCompleted = (counts: object, ...messages: string[]) => {
      const deployment = service(primaryDeployment('COMPLETED', counts));
      mockEcs(deployment, { ...deployment, events: messages.map(event) });
      mocks.elbv2.on(DescribeTargetHealthCommand).resolves(targets());
      mocks.logs.on(GetLogEventsCommand).resolves({
        events: [{ message: 'connecting to db:5432' }, { message: 'no database, giving up' }],
      });
    };

    test('the wait reports the number of running tasks, the last exit, and the last message from ECS', async () => {
      const counts = { runningCount: 0, pendingCount: 1 };
      mockCompleted(counts, 'has started 1 tasks: (task 2).', 'registered 1 targets.');
      mockStopped([endedTask(1)]);
      mocks.elbv2
        .on(DescribeTargetHealthCommand)
        .resolvesOnce(targets(target('draining', 'Target.DeregistrationInProgress')))
        .resolves(targets(target('healthy')));
      await wait(oneContainerService);
      expect(targetNotes).toEqual([
        `0/1 targets of api1 healthy, Target.DeregistrationInProgress; 0/1 running, 1 starting; last exit: ${EXIT}; ECS: has started 1 tasks`,
      ]);
    });

    test('if tasks keep ending, the wait fails with their exit code, reason and last log lines', async () => {
      mockCompleted({ runningCount: 0 }, 'has started 1 tasks: (task 4).', 'was unable to place a task.');
      mockStopped(
        [endedTask(1)],
        [endedTask(1), endedTask(2)],
        [endedTask(1), endedTask(2), endedTask(3), endedTask(4)],
      );
      await expect(
        wait(oneContainerService, { ...service(primaryDeployment('COMPLETED')), events: [] }),
      ).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        what: 'web was deployed but does not keep running: api1 exited with code 3: no database, giving up.',
        why: [
          `ECS: ${EXIT}`,
          'api1 logged:',
          '  no database, giving up',
          '3 tasks ended. 0/1 targets of api1 healthy, 0/1 running',
        ].join('\n'),
        now: expect.stringContaining('the failed service is kept'),
        fix: expect.arrayContaining(['Correct api1: the log above shows the error.']),
      });
      expect(targetNotes).toHaveLength(2);
    });

    test('a larger service tolerates more ended tasks, as ECS does in a deployment', async () => {
      const large = { ...oneContainerService, count: 8 };
      mockCompleted({ runningCount: 7, desiredCount: 8 });
      mockStopped(
        [],
        [endedTask(1), endedTask(2), endedTask(3)],
        [1, 2, 3, 4].map((id) => endedTask(id)),
      );
      await expect(wait(large)).rejects.toMatchObject({ why: expect.stringMatching(/^4 tasks ended\. /m) });
    });

    test('ended tasks are not counted if ECS stopped them or if they belong to another task definition', async () => {
      const stoppedTasks = [1, 2, 3].map((id) =>
        endedTask(id, { stopCode: 'ServiceSchedulerInitiated' as const }),
      );
      mockCompleted({ runningCount: 1 });
      mockStopped([], [...stoppedTasks, endedTask(4, { taskDefinitionArn: OLD_DEFINITION })]);
      await expect(wait(oneContainerService)).rejects.toMatchObject({
        code: 'UNHEALTHY',
        what: 'The load balancer reports api1 as unhealthy.',
      });
    });

    test.each([
      ['not all tasks run', 0, [] as Task[]],
      ['a task runs but another has ended', 1, [endedTask(1)]],
    ])('a timeout while %s is explained by the tasks', async (_when, runningCount, tasks) => {
      mockCompleted({ runningCount });
      mockStopped([], tasks);
      await expect(wait(oneContainerService)).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        what: expect.stringContaining('web was deployed but does not keep running'),
        why: expect.stringContaining(
          `Gave up waiting for the targets of web to be healthy after 4 s. 0/1 targets of api1 healthy, ${runningCount}/1 running`,
        ),
      });
    });

    test('the wait fails if someone else deploys another task definition or deletes the service', async () => {
      mockStopped([]);
      mocks.elbv2.on(DescribeTargetHealthCommand).resolves(targets());
      const deployed = service(primaryDeployment('COMPLETED'));
      mockEcs(deployed, { ...deployed, status: 'DRAINING' });
      await expect(wait(oneContainerService)).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        why: 'the service is DRAINING: someone else is deleting it',
      });
      mockEcs(deployed, service(primaryDeployment('IN_PROGRESS', { taskDefinition: OLD_DEFINITION })));
      await expect(wait(oneContainerService)).rejects.toMatchObject({
        why: 'ECS rolled back to shop-dev-web:1',
      });
      expect(targetNotes).toEqual([]);
    });

    test('the wait continues if tasks cannot be read', async () => {
      mockCompleted({ runningCount: 1 });
      mocks.ecs.on(ListTasksCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
      mocks.elbv2
        .on(DescribeTargetHealthCommand)
        .resolvesOnce(targets())
        .resolves(targets(target('healthy')));
      await wait(oneContainerService);
      expect(targetNotes).toEqual(['0/1 targets of api1 healthy; 1/1 running']);
    });
  });
});
