// The wait for a service: when it ends, and how its failure is explained.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type Service as EcsService,
  type Task,
} from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Change } from '../../../../lib/model/change.ts';
import type { Service } from '../../../../lib/config/config.ts';
import type { WaitName } from '../../../../lib/engine/waits.ts';
import { until, type ProbeResult } from '../../../../lib/engine/until.ts';
import { waitForService } from '../../../../provision/done/wait-for-service.ts';
import { awsError, config, mocks, lookContextOf, sent, testClock } from '../../step-harness.ts';
import { existing } from '../../existing-resources.ts';
import { dateAt, BREAKER_MESSAGE, NEW_DEFINITION, OLD_DEFINITION, primary, service } from '../deployments.ts';

describe('waiting for a service', () => {
  const mockBalancer = (Code: 'active' | 'failed', Reason?: string) =>
    mocks.elbv2
      .on(DescribeLoadBalancersCommand)
      .resolves({ LoadBalancers: [{ LoadBalancerName: 'shop-dev', State: { Code, Reason } }] });
  beforeEach(() => void mockBalancer('active'));
  const [web] = config().services as [Service];
  const notes: string[] = [];
  const waiting: string[] = [];
  const ids = {
    taskDefinitions: new Map([['web', { taskDefinitionArn: NEW_DEFINITION }]]),
    targetGroups: new Map(Object.entries(existing.targetGroups)),
  };
  /** Waits for at most a few probes, with its own clock and notes. */
  const wait = async (configured = web, returned?: EcsService, change?: Change) => {
    const clock = testClock();
    const { signal } = new AbortController();
    notes.length = 0;
    waiting.length = 0;
    await waitForService(
      {
        ...lookContextOf(),
        change,
        clock,
        note: (text) => void notes.push(text),
        until: <T>(what: string, _wait: WaitName, probe: () => Promise<ProbeResult<T>>) =>
          until(
            what,
            { first: 0, every: 1000, deadline: 4000 },
            probe,
            // The notes of the wait for the deployment are not tested here.
            { clock, signal, onPending: (note) => void (what.includes('targets') && waiting.push(note)) },
          ),
      },
      configured,
      ids,
      returned,
    );
  };
  /** Sets the responses to successive looks at the service; the last is repeated. */
  const mockEcs = (...services: EcsService[]) => {
    const mock = mocks.ecs.on(DescribeServicesCommand);
    for (const one of services.slice(0, -1)) mock.resolvesOnce({ services: [one] });
    mock.resolves({ services: services.slice(-1) });
  };
  const target = (State: string, Reason?: string, Description?: string): TargetHealthDescription =>
    ({
      Target: { Id: '10.0.1.5', Port: 5000 },
      TargetHealth: { State, Reason, Description },
    }) as TargetHealthDescription;
  const targets = (...all: TargetHealthDescription[]) => ({ TargetHealthDescriptions: all });
  /** Sets the stopped tasks that successive looks return; the last response is repeated. */
  const mockStopped = (...looks: Task[][]) => {
    const byArn = new Map(looks.flat().map((one) => [one.taskArn ?? '', one]));
    const list = mocks.ecs.on(ListTasksCommand);
    const arns = looks.map((tasks) => ({ taskArns: tasks.map(({ taskArn = '' }) => taskArn) }));
    for (const answer of arns.slice(0, -1)) list.resolvesOnce(answer);
    list.resolves(arns.at(-1) ?? {});
    mocks.ecs
      .on(DescribeTasksCommand)
      .callsFake(({ tasks }: { tasks: string[] }) => ({ tasks: tasks.map((arn) => byArn.get(arn)) }));
  };
  const commands = () => sent().map(({ command }) => command);

  test('the wait ends once the deployment is completed and all targets of every group are healthy', async () => {
    mockEcs(service(primary('IN_PROGRESS')), service(primary('COMPLETED', { runningCount: 1 })));
    mockStopped([]);
    mocks.elbv2
      .on(DescribeTargetHealthCommand)
      .resolves(targets(target('healthy')))
      .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:group-2' })
      .resolvesOnce(targets(target('initial', 'Elb.InitialHealthChecking')))
      .resolvesOnce(targets(target('unhealthy', 'Target.Timeout'), target('draining')))
      .resolves(targets(target('healthy'), target('draining')));
    await wait();
    const groups = sent()
      .filter(({ command }) => command === 'DescribeTargetHealth')
      .map(({ input }) => (input as { TargetGroupArn: string }).TargetGroupArn);
    expect(groups.sort()).toEqual(['arn:group-1', 'arn:group-2'].flatMap((group) => [group, group, group]));
    expect(waiting).toEqual([
      '0/1 targets of api2 healthy, Elb.InitialHealthChecking; 1/1 running',
      '0/1 targets of api2 healthy, Target.Timeout; 1/1 running',
    ]);
  });

  test('the wait requires one healthy target per task', async () => {
    mockEcs(service(primary('COMPLETED')));
    mockStopped([]);
    const two = { ...web, count: 2, containers: web.containers.slice(0, 1) };
    mocks.elbv2
      .on(DescribeTargetHealthCommand)
      .resolvesOnce(targets(target('healthy'), target('initial')))
      .resolves(targets(target('healthy'), target('healthy')));
    await wait(two);
    expect(commands().filter((command) => command === 'DescribeTargetHealth')).toHaveLength(2);
  });

  describe('a count that differs from the configuration', () => {
    const single = { ...web, count: 1, containers: web.containers.slice(0, 1) };
    const serviceWithCount = (desiredCount: number) => ({ ...service(primary('COMPLETED')), desiredCount });

    test('the wait follows the current desired count, since Application Auto Scaling may scale in meanwhile', async () => {
      mockEcs(serviceWithCount(3), serviceWithCount(3), serviceWithCount(2));
      mockStopped([]);
      mocks.elbv2.on(DescribeTargetHealthCommand).resolves(targets(target('healthy'), target('healthy')));
      await wait(single);
      expect(waiting).toEqual(Array(2).fill(expect.stringMatching(/^2\/3 targets of api1 healthy; /)));
    });

    test('the wait needs no targets if the service was scaled to zero', async () => {
      mockEcs(serviceWithCount(0));
      await wait(single);
      expect(commands()).toEqual(['DescribeServices']);
    });

    test('the wait uses the count that this run has set, since a look may still return the previous count', async () => {
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
      await wait({ ...single, count: 2 }, undefined, change);
      expect(commands().filter((command) => command === 'DescribeTargetHealth')).toHaveLength(2);
    });
  });

  test('the wait needs no targets if the service is configured without tasks or without paths', async () => {
    mockEcs(service(primary('COMPLETED')));
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
          ...service(primary(index === 2 ? 'COMPLETED' : 'IN_PROGRESS')),
          events: all,
        })),
      );
      await wait({ ...web, count: 0 }, { ...service(primary('IN_PROGRESS')), events: [] });
      expect(notes).toEqual([
        'web: has started 1 tasks: (task 1).',
        'web: registered 1 targets in (target-group shop-dev-web-api1-1a2b)',
        'web: has reached a steady state.',
      ]);
    });

    test('messages from before the update are not reported', async () => {
      mockEcs({ ...service(primary('COMPLETED')), events: [third, second, first] });
      await wait({ ...web, count: 0 }, { ...service(primary('IN_PROGRESS')), events: [second, first] });
      expect(notes).toEqual(['web: has reached a steady state.']);
    });

    test('messages from before the first look are not reported if the run changed nothing', async () => {
      mockEcs(
        { ...service(primary('IN_PROGRESS')), events: [second, first] },
        { ...service(primary('COMPLETED')), events: [third, second, first] },
      );
      await wait({ ...web, count: 0 });
      expect(notes).toEqual(['web: has reached a steady state.']);
    });
  });

  describe('while targets are missing', () => {
    const single = { ...web, containers: web.containers.slice(0, 1) };
    const ended = (id: number, more: Task = {}): Task => ({
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
    const END = 'Essential container in task exited; api1 exit code 3';
    /** Lets the deployment stay completed while no target is healthy. */
    const mockCompleted = (counts: object, ...messages: string[]) => {
      const deployment = service(primary('COMPLETED', counts));
      mockEcs(deployment, { ...deployment, events: messages.map(event) });
      mocks.elbv2.on(DescribeTargetHealthCommand).resolves(targets());
      mocks.logs.on(GetLogEventsCommand).resolves({
        events: [{ message: 'connecting to db:5432' }, { message: 'no database, giving up' }],
      });
    };

    test('the wait reports the number of running tasks, the last exit, and the last message from ECS', async () => {
      const counts = { runningCount: 0, pendingCount: 1 };
      mockCompleted(counts, 'has started 1 tasks: (task 2).', 'registered 1 targets.');
      mockStopped([ended(1)]);
      mocks.elbv2
        .on(DescribeTargetHealthCommand)
        .resolvesOnce(targets(target('draining', 'Target.DeregistrationInProgress')))
        .resolves(targets(target('healthy')));
      await wait(single);
      expect(waiting).toEqual([
        `0/1 targets of api1 healthy, Target.DeregistrationInProgress; 0/1 running, 1 starting; last exit: ${END}; ECS: has started 1 tasks`,
      ]);
    });

    test('if tasks keep ending, the wait fails with their exit code, reason and last log lines', async () => {
      mockCompleted({ runningCount: 0 }, 'has started 1 tasks: (task 4).', 'was unable to place a task.');
      mockStopped([ended(1)], [ended(1), ended(2)], [ended(1), ended(2), ended(3), ended(4)]);
      await expect(wait(single, { ...service(primary('COMPLETED')), events: [] })).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        what: 'web was deployed but does not keep running.',
        why: [
          '3 tasks ended. 0/1 targets of api1 healthy, 0/1 running',
          'was unable to place a task.',
          END,
          'the last lines of api1:',
          '  connecting to db:5432',
          '  no database, giving up',
        ].join('\n'),
        now: expect.stringContaining('the failed service is kept'),
        fix: expect.arrayContaining(['A container exited on its own: its last log lines show why.']),
      });
      expect(waiting).toHaveLength(2);
    });

    test('a larger service tolerates more ended tasks, as ECS does in a deployment', async () => {
      const large = { ...single, count: 8 };
      mockCompleted({ runningCount: 7, desiredCount: 8 });
      mockStopped(
        [],
        [ended(1), ended(2), ended(3)],
        [1, 2, 3, 4].map((id) => ended(id)),
      );
      await expect(wait(large)).rejects.toMatchObject({ why: expect.stringMatching(/^4 tasks ended\. /) });
    });

    test('the wait ignores ended tasks that ECS stopped or that belong to another task definition', async () => {
      const stopped = [1, 2, 3].map((id) => ended(id, { stopCode: 'ServiceSchedulerInitiated' as const }));
      mockCompleted({ runningCount: 1 });
      mockStopped([], [...stopped, ended(4, { taskDefinitionArn: OLD_DEFINITION })]);
      await expect(wait(single)).rejects.toMatchObject({ code: 'UNHEALTHY', why: 'It has no targets.' });
    });

    test.each([
      ['not all tasks run', 0, [] as Task[], []],
      ['a task runs but another has ended', 1, [ended(1)], [END]],
    ])('a timeout while %s is explained by the tasks', async (_when, runningCount, tasks, ends) => {
      mockCompleted({ runningCount });
      mockStopped([], tasks);
      await expect(wait(single)).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        what: 'web was deployed but does not keep running.',
        why: expect.stringContaining(
          [
            `Gave up waiting for the targets of web to be healthy after 4 s. 0/1 targets of api1 healthy, ${runningCount}/1 running`,
            ...ends,
          ].join('\n'),
        ),
      });
    });

    test('the wait fails if someone else deploys another task definition or deletes the service', async () => {
      mockStopped([]);
      mocks.elbv2.on(DescribeTargetHealthCommand).resolves(targets());
      const deployed = service(primary('COMPLETED'));
      mockEcs(deployed, { ...deployed, status: 'DRAINING' });
      await expect(wait(single)).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        why: 'the service is DRAINING: someone else is deleting it',
      });
      mockEcs(deployed, service(primary('IN_PROGRESS', { taskDefinition: OLD_DEFINITION })));
      await expect(wait(single)).rejects.toMatchObject({ why: 'ECS rolled back to shop-dev-web:1' });
      expect(waiting).toEqual([]);
    });

    test('the wait continues if tasks cannot be read', async () => {
      mockCompleted({ runningCount: 1 });
      mocks.ecs.on(ListTasksCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
      mocks.elbv2
        .on(DescribeTargetHealthCommand)
        .resolvesOnce(targets())
        .resolves(targets(target('healthy')));
      await wait(single);
      expect(waiting).toEqual(['0/1 targets of api1 healthy; 1/1 running']);
    });
  });

  describe('failures', () => {
    test("the wait fails if the deployment was rolled back, and the problem contains ECS's messages", async () => {
      const message = '(service web) was unable to place a task. Reason: Internal error.';
      mockEcs(service(primary('IN_PROGRESS', { failedTasks: 1 })), {
        ...service(
          primary('IN_PROGRESS', { taskDefinition: OLD_DEFINITION, createdAt: dateAt(20) }),
          primary('FAILED', { status: 'ACTIVE', rolloutStateReason: BREAKER_MESSAGE }),
        ),
        events: [
          { id: '2', message: '(service web) has started 1 tasks.' },
          { id: '1', message },
        ],
      });
      mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
      await expect(wait(web, { ...service(primary('IN_PROGRESS')), events: [] })).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        what: 'The deployment of web failed.',
        why: `${BREAKER_MESSAGE}\nECS rolled back to shop-dev-web:1\nwas unable to place a task. Reason: Internal error.`,
      });
      expect(commands()).not.toContain('DescribeTargetHealth');
    });

    test('the wait fails if the first deployment failed', async () => {
      mockEcs(service(primary('FAILED', { rolloutStateReason: BREAKER_MESSAGE })));
      mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
      await expect(wait()).rejects.toMatchObject({ code: 'DEPLOYMENT', why: BREAKER_MESSAGE });
    });

    test('if the load balancer failed, the wait fails with its reason, and tasks are not read', async () => {
      mockEcs(service(primary('IN_PROGRESS')));
      const why = 'The subnets have no free addresses left.';
      mockBalancer('failed', why);
      await expect(wait()).rejects.toMatchObject({ code: 'FAILED_STATE', why });
      expect(sent().map(({ command }) => command)).toEqual(['DescribeLoadBalancers', 'DescribeServices']);
    });

    test('if the deployment takes too long, the wait fails with the task counts', async () => {
      mockEcs(service(primary('IN_PROGRESS', { failedTasks: 5 })));
      mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
      await expect(wait()).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        why: 'The last check reported: 0/1 running, 5 failed.',
      });
    });

    test('the wait fails if targets stay unhealthy while tasks run, and the problem lists the targets with their reasons', async () => {
      mockEcs(service(primary('COMPLETED', { runningCount: 1 })));
      mockStopped([]);
      mocks.elbv2.on(DescribeTargetHealthCommand).resolves(targets(target('healthy')));
      mocks.elbv2
        .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:group-1' })
        .resolves(targets(target('unhealthy', 'Target.Timeout', 'Request timed out')));
      await expect(wait()).rejects.toMatchObject({
        code: 'UNHEALTHY',
        what: 'The load balancer reports api1 as unhealthy.',
        why: '10.0.1.5:5000 is unhealthy, Target.Timeout, Request timed out',
        fix: expect.arrayContaining(['api1 must listen on 0.0.0.0:5000 and answer GET /health within 5 s.']),
      });
    });

    test('the wait throws the original error if a look fails', async () => {
      mocks.ecs.on(DescribeServicesCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
      await expect(wait()).rejects.toMatchObject({ message: 'not allowed' });
      mockEcs(service(primary('COMPLETED')));
      mocks.elbv2.on(DescribeTargetHealthCommand).rejects(awsError('TargetGroupNotFoundException', 'none'));
      await expect(wait()).rejects.toMatchObject({ message: 'none' });
    });
  });
});
