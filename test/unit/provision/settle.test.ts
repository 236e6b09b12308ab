// When a service is done, and what is said when it never will be.
import { DescribeServicesCommand, type Deployment, type Service as EcsService } from '@aws-sdk/client-ecs';
import { ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from '@jest/globals';
import type { Service } from '../../../lib/config/config.ts';
import type { WaitName } from '../../../lib/waits.ts';
import { failed, pending, ready, until, type Probed } from '../../../lib/until.ts';
import { deploymentState, settled } from '../../../provision/settle.ts';
import { awsError, config, mocks, seeOf, sent, testClock } from '../act.ts';
import { neighbours } from '../neighbours.ts';

const MINE = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/shop-dev-web:2';
const OLD = MINE.replace(/2$/, '1');
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const primary = (rolloutState: Deployment['rolloutState'], more: Deployment = {}): Deployment => ({
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: MINE,
  rolloutState,
  desiredCount: 1,
  createdAt: at(10),
  ...more,
});
const service = (...deployments: Deployment[]): EcsService => ({ status: 'ACTIVE', deployments });
const state = (...deployments: Deployment[]) => deploymentState(service(...deployments), MINE);
const BROKEN = 'ECS deployment circuit breaker: tasks failed to start.';

describe('the state of a deployment', () => {
  test('is ready when ours is primary and completed', () => {
    expect(state(primary('COMPLETED'), { status: 'ACTIVE', taskDefinition: OLD })).toEqual(ready(undefined));
  });

  test.each<[string, Deployment, string]>([
    ['nothing runs yet', {}, '0/1 running'],
    ['tasks start', { pendingCount: 1 }, '0/1 running, 1 starting'],
    ['some run', { runningCount: 1, desiredCount: 3, pendingCount: 2 }, '1/3 running, 2 starting'],
    ['some failed', { failedTasks: 2 }, '0/1 running, 2 failed'],
  ])('is pending while it is under way, in numbers: %s', (_what, counts, note) => {
    expect(state(primary('IN_PROGRESS', counts))).toEqual(pending(note));
  });

  test('is pending while the service is not seen', () => {
    expect(deploymentState(undefined, MINE)).toEqual(pending('the service is not seen yet'));
    expect(state()).toEqual(pending('the deployment is not seen yet'));
  });

  test('is pending while a look still sees the deployment before, however that ended', () => {
    const before = { createdAt: at(1) };
    const stale = [
      primary('COMPLETED', before),
      primary('FAILED', before),
      primary('COMPLETED', { ...before, taskDefinition: OLD }),
    ];
    for (const deployment of stale) {
      expect(deploymentState(service(deployment), MINE, at(10))).toEqual(
        pending('the deployment is not seen yet'),
      );
    }
    expect(deploymentState(service(primary('COMPLETED')), MINE, at(10))).toEqual(ready(undefined));
  });

  test('has failed when ECS says so: a first deployment has nothing to go back to', () => {
    expect(state(primary('FAILED', { rolloutStateReason: BROKEN }))).toEqual(failed(BROKEN));
    expect(state(primary('FAILED'))).toEqual(failed('the deployment failed'));
  });

  test('has failed when ECS went back to the one before, even if that is completed', () => {
    const back = primary('COMPLETED', {
      id: 'ecs-svc/3',
      taskDefinition: OLD,
      createdAt: at(20),
      rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
    });
    const mine = primary('FAILED', { status: 'ACTIVE', rolloutStateReason: BROKEN });
    expect(deploymentState(service(back, mine), MINE, at(10))).toEqual(
      failed(
        `${BROKEN}\nECS went back to shop-dev-web:1\nECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.`,
      ),
    );
    // Later ours is forgotten.
    expect(state({ ...back, rolloutStateReason: undefined })).toEqual(
      failed('ECS went back to shop-dev-web:1'),
    );
  });

  test('is that of the deployment under way, whatever became of an earlier one of the same definition', () => {
    const earlier = primary('FAILED', { id: 'ecs-svc/1', status: 'ACTIVE', createdAt: at(1) });
    expect(state(earlier, primary('IN_PROGRESS'))).toEqual(pending('0/1 running'));
  });

  test('has failed when somebody removes the service', () => {
    const leaving = { ...service(primary('COMPLETED')), status: 'DRAINING' };
    expect(deploymentState(leaving, MINE)).toEqual(failed('the service is DRAINING: somebody removes it'));
  });
});

describe('a service is done', () => {
  const [web] = config().services as [Service];
  const notes: string[] = [];
  const made = {
    taskDefinitions: new Map([['web', { taskDefinitionArn: MINE }]]),
    targetGroups: new Map(Object.entries(neighbours.targetGroups)),
  };
  /** Waits with a few looks; every test has its own clock and notes. */
  const settle = async (of = web, answered?: EcsService) => {
    const clock = testClock();
    const { signal } = new AbortController();
    notes.length = 0;
    await settled(
      {
        ...seeOf(),
        clock,
        note: (text) => void notes.push(text),
        until: <T>(what: string, _wait: WaitName, probe: () => Promise<Probed<T>>) =>
          until(what, { first: 0, every: 1000, deadline: 4000 }, probe, { clock, signal }),
      },
      of,
      made,
      answered,
    );
  };
  /** What the looks at the service see, one after the other; the last is seen for ever. */
  const looks = (...services: EcsService[]) => {
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
  const commands = () => sent().map(({ command }) => command);

  test('when its deployment is, and then all targets of every group are healthy', async () => {
    looks(service(primary('IN_PROGRESS')), service(primary('COMPLETED')));
    mocks.elbv2
      .on(DescribeTargetHealthCommand)
      .resolves(targets(target('healthy')))
      .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:group-2' })
      .resolvesOnce(targets(target('initial', 'Elb.InitialHealthChecking')))
      .resolvesOnce(targets(target('unhealthy', 'Target.Timeout'), target('draining')))
      .resolves(targets(target('healthy'), target('draining')));
    await settle();
    expect(commands().filter((command) => command === 'DescribeServices')).toHaveLength(2);
    const asked = sent().filter(({ command }) => command === 'DescribeTargetHealth');
    expect(asked.map(({ input }) => (input as { TargetGroupArn: string }).TargetGroupArn)).toEqual(
      expect.arrayContaining(['arn:group-1', 'arn:group-2', 'arn:group-2', 'arn:group-2']),
    );
    expect(asked).toHaveLength(4);
  });

  test('with as many healthy targets as tasks', async () => {
    looks(service(primary('COMPLETED')));
    const two = { ...web, count: 2, containers: web.containers.slice(0, 1) };
    mocks.elbv2
      .on(DescribeTargetHealthCommand)
      .resolvesOnce(targets(target('healthy'), target('initial')))
      .resolves(targets(target('healthy'), target('healthy')));
    await settle(two);
    expect(commands().filter((command) => command === 'DescribeTargetHealth')).toHaveLength(2);
  });

  test('without targets, when it is to have no tasks or no routes', async () => {
    looks(service(primary('COMPLETED')));
    await settle({ ...web, count: 0 });
    await settle({ ...web, containers: web.containers.map((one) => ({ ...one, path: undefined })) });
    expect(commands()).toEqual(['DescribeServices', 'DescribeServices']);
  });

  describe('and ECS is heard', () => {
    const said = (id: string, message: string) => ({
      id,
      message: `(service web) ${message}`,
      createdAt: at(0),
    });
    const GROUP =
      'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop-dev-web-api1-1a2b/0123';
    const [first, second, third] = [
      said('1', 'has started 1 tasks: (task 1).'),
      said('2', `registered 1 targets in (target-group ${GROUP})`),
      said('3', 'has reached a steady state.'),
    ];

    test('once each, in the order in which it spoke, without what the line says anyway', async () => {
      const events = [[first], [second, first], [third, second, first]].map((all) => [...all]);
      looks(
        ...events.map((all, index) => ({
          ...service(primary(index === 2 ? 'COMPLETED' : 'IN_PROGRESS')),
          events: all,
        })),
      );
      await settle({ ...web, count: 0 }, { ...service(primary('IN_PROGRESS')), events: [] });
      expect(notes).toEqual([
        'web: has started 1 tasks: (task 1).',
        'web: registered 1 targets in (target-group shop-dev-web-api1-1a2b)',
        'web: has reached a steady state.',
      ]);
    });

    test('but not what it said before the update', async () => {
      looks({ ...service(primary('COMPLETED')), events: [third, second, first] });
      await settle({ ...web, count: 0 }, { ...service(primary('IN_PROGRESS')), events: [second, first] });
      expect(notes).toEqual(['web: has reached a steady state.']);
    });

    test('and not before the first look, when nothing was changed', async () => {
      looks(
        { ...service(primary('IN_PROGRESS')), events: [second, first] },
        { ...service(primary('COMPLETED')), events: [third, second, first] },
      );
      await settle({ ...web, count: 0 });
      expect(notes).toEqual(['web: has reached a steady state.']);
    });
  });

  describe('never', () => {
    test('when it was rolled back: the problem says so, and what ECS said meanwhile', async () => {
      const message = '(service web) was unable to place a task. Reason: Internal error.';
      looks(service(primary('IN_PROGRESS', { failedTasks: 1 })), {
        ...service(
          primary('IN_PROGRESS', { taskDefinition: OLD, createdAt: at(20) }),
          primary('FAILED', { status: 'ACTIVE', rolloutStateReason: BROKEN }),
        ),
        events: [
          { id: '2', message: '(service web) has started 1 tasks.' },
          { id: '1', message },
        ],
      });
      mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
      await expect(settle(web, { ...service(primary('IN_PROGRESS')), events: [] })).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        what: 'The deployment of web failed.',
        why: `${BROKEN}\nECS went back to shop-dev-web:1\nwas unable to place a task. Reason: Internal error.`,
      });
      expect(commands()).not.toContain('DescribeTargetHealth');
    });

    test('when the first deployment failed', async () => {
      looks(service(primary('FAILED', { rolloutStateReason: BROKEN })));
      mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
      await expect(settle()).rejects.toMatchObject({ code: 'DEPLOYMENT', why: BROKEN });
    });

    test('when it takes too long: that is explained as well', async () => {
      looks(service(primary('IN_PROGRESS', { failedTasks: 5 })));
      mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
      await expect(settle()).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        why: 'The last look said: 0/1 running, 5 failed.',
      });
    });

    test('when its targets stay unhealthy: the problem says which, and why', async () => {
      looks(service(primary('COMPLETED')));
      mocks.elbv2.on(DescribeTargetHealthCommand).resolves(targets(target('healthy')));
      mocks.elbv2
        .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:group-1' })
        .resolves(targets(target('unhealthy', 'Target.Timeout', 'Request timed out')));
      await expect(settle()).rejects.toMatchObject({
        code: 'UNHEALTHY',
        what: 'The load balancer finds api1 unhealthy.',
        why: '10.0.1.5:5000 is unhealthy, Target.Timeout, Request timed out',
        fix: expect.arrayContaining(['api1 must listen on 0.0.0.0:5000 and answer GET /health within 5 s.']),
      });
    });

    test('when a look fails: that error is told as it is', async () => {
      mocks.ecs.on(DescribeServicesCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
      await expect(settle()).rejects.toMatchObject({ message: 'not allowed' });
      looks(service(primary('COMPLETED')));
      mocks.elbv2.on(DescribeTargetHealthCommand).rejects(awsError('TargetGroupNotFoundException', 'none'));
      await expect(settle()).rejects.toMatchObject({ message: 'none' });
    });
  });
});
