// The explanation of a failed deployment: the responsible container, its last log lines, and a suggested fix.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import type { RoutedContainer, Service } from '../../../../lib/config/config.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { problem } from '../../../../lib/model/problem.ts';
import { diagnose, unhealthyTargets } from '../../../../provision/done/diagnose.ts';
import { awsError, config, mocks, lookContextOf, sentCalls } from '../../step-harness.ts';

const FAILED_DEFINITION = 'arn:definition:2';
const REASON = 'ECS deployment circuit breaker: tasks failed to start.';
const [web] = config().services as [Service];
const [api1] = web.containers as [RoutedContainer];

const task = (id: number, more: Task = {}): Task => ({
  taskArn: `arn:aws:ecs:eu-west-1:111122223333:task/shop-dev/${id}`,
  taskDefinitionArn: FAILED_DEFINITION,
  group: 'service:web',
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, id)),
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containers: [
    { name: 'api1', exitCode: 143 },
    { name: 'api2', exitCode: 1 },
  ],
  ...more,
});

/** Sets the stopped tasks that ECS returns, and the last lines of every log stream. */
function mockStopped(tasks: readonly Task[], lines: readonly string[] = []): void {
  mocks.ecs.on(ListTasksCommand).resolves({ taskArns: tasks.map(({ taskArn = '' }) => taskArn) });
  mocks.ecs.on(DescribeTasksCommand).resolves({ tasks: [...tasks] });
  mocks.logs.on(GetLogEventsCommand).resolves({ events: lines.map((message) => ({ message })) });
}
const diagnoseFailure = (messages: readonly string[] = []) =>
  diagnose(lookContextOf(), web, { taskDefinitionArn: FAILED_DEFINITION, reason: REASON, messages });
/** Returns the containers whose logs were read. */
const containersWithReadLogs = () =>
  sentCalls()
    .filter(({ command }) => command === 'GetLogEvents')
    .map(({ input }) => (input as { logStreamName: string }).logStreamName.split('/')[1]);

test("the problem contains ECS's messages, how the tasks ended, and the last log lines of the responsible container", async () => {
  mockStopped([task(1), task(2)], ['connecting to db:5432\n', 'Error: no database']);
  const shownProblem = await diagnoseFailure(['has started 1 tasks.', 'was unable to place a task.']);
  expect(shownProblem).toMatchObject({
    code: 'DEPLOYMENT',
    what: 'The deployment of web failed.',
    now: 'Everything else is created and recorded; the failed service is kept so that you can inspect it.',
  });
  expect(shownProblem.why.split('\n')).toEqual([
    REASON,
    'was unable to place a task.',
    'Essential container in task exited; api1 exit code 143; api2 exit code 1',
    'the last lines of api2:',
    '  connecting to db:5432',
    '  Error: no database',
  ]);
  expect(shownProblem.fix).toEqual([
    'A container exited on its own: its last log lines show why.',
    'npm run provision, once the cause is fixed',
    'aws logs tail /slipway/shop-dev --follow, for the complete logs',
  ]);
  expect(sentCalls().filter(({ command }) => command === 'GetLogEvents')).toEqual([
    {
      command: 'GetLogEvents',
      input: {
        logGroupName: '/slipway/shop-dev',
        logStreamName: 'web/api2/2',
        limit: 10,
        startFromHead: false,
      },
    },
  ]);
});

test('only tasks of the failed deployment are listed, the latest first', async () => {
  mockStopped([
    task(1, { stoppedReason: 'first' }),
    task(9, { stoppedReason: 'Scaling activity', taskDefinitionArn: 'arn:definition:1' }),
    task(3, { stoppedReason: 'third' }),
    task(4, { stoppedReason: 'fourth' }),
    task(2, { stoppedReason: 'second' }),
  ]);
  const { why } = await diagnoseFailure();
  expect(why.split('\n').map((line) => line.split(';')[0])).toEqual([REASON, 'fourth', 'third', 'second']);
});

test('several tasks that ended for the same reason are listed as one', async () => {
  mockStopped([task(1), task(2), task(3)]);
  expect((await diagnoseFailure()).why.split('\n')).toHaveLength(2);
});

describe('the responsible container', () => {
  const failedHealthChecks = (container: RoutedContainer) =>
    `Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/${namesOf(config()).targetGroup(container)}/0123)`;
  test.each<[string, Task, string]>([
    ['the one that exited on its own, not the one that ECS stopped as a result', {}, 'api2'],
    [
      'the one whose exit has a reason from ECS',
      {
        containers: [
          { name: 'api1', exitCode: 1 },
          { name: 'api2', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
        ],
      },
      'api2',
    ],
    [
      'the one whose targets were unhealthy, although ECS stopped both',
      {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: failedHealthChecks(web.containers[1] as RoutedContainer),
        containers: [
          { name: 'api1', exitCode: 143 },
          { name: 'api2', exitCode: 143 },
        ],
      },
      'api2',
    ],
    [
      'the one that fails its own health check',
      {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Task failed container health checks',
        containers: [
          { name: 'api1', exitCode: 143, healthStatus: 'HEALTHY' },
          { name: 'api2', exitCode: 143, healthStatus: 'UNHEALTHY' },
        ],
      },
      'api2',
    ],
    [
      'the essential one that exited with code 0',
      {
        containers: [
          { name: 'api1', exitCode: 143 },
          { name: 'api2', exitCode: 0 },
        ],
      },
      'api2',
    ],
    [
      'the one that was killed, in the absence of other evidence',
      {
        containers: [
          { name: 'api1', exitCode: 0 },
          { name: 'api2', exitCode: 137 },
        ],
        stopCode: 'UserInitiated',
      },
      'api2',
    ],
  ])('the responsible container is %s', async (_what, end, name) => {
    mockStopped([task(1, end)], ['a line']);
    await diagnoseFailure();
    expect(containersWithReadLogs()).toEqual([name]);
  });

  test('no container is responsible if all of them ended normally', async () => {
    mockStopped([
      task(1, {
        stopCode: 'UserInitiated',
        stoppedReason: 'Task stopped by user',
        containers: [{ name: 'api1', exitCode: 0 }, { name: 'api2' }],
      }),
    ]);
    expect((await diagnoseFailure()).why).toBe(`${REASON}\nTask stopped by user`);
    expect(containersWithReadLogs()).toEqual([]);
  });
});

test('target group ARNs are shortened to names', async () => {
  const stoppedReason =
    'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop-dev-web-api1-1a2b/0123)';
  mockStopped([task(1, { stoppedReason, containers: [] })]);
  expect((await diagnoseFailure()).why).toBe(
    `${REASON}\nTask failed ELB health checks in (target-group shop-dev-web-api1-1a2b)`,
  );
});

test('the deployment failure is still reported when tasks or logs cannot be read', async () => {
  mocks.ecs.on(ListTasksCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  expect(await diagnoseFailure()).toMatchObject({ code: 'DEPLOYMENT', why: REASON });
  mockStopped([task(1)]);
  mocks.logs.on(GetLogEventsCommand).rejects(awsError('ResourceNotFoundException', 'no such stream'));
  expect((await diagnoseFailure()).why).toBe(
    `${REASON}\nEssential container in task exited; api1 exit code 143; api2 exit code 1`,
  );
});

describe('unhealthy targets', () => {
  const cause = problem('TIMEOUT', { what: 'Gave up.', why: '', now: '', fix: [] });
  const target = (Reason: string, Description: string) => ({
    Target: { Id: '10.0.1.5', Port: 5000 },
    TargetHealth: { State: 'unhealthy' as const, Reason: Reason as never, Description },
  });

  test('unhealthy targets are listed with their reasons', () => {
    const targets = [
      target('Target.ResponseCodeMismatch', 'Health checks failed with these codes: [404]'),
      { Target: { Id: '10.0.2.6', Port: 5000 }, TargetHealth: { State: 'initial' as const } },
    ];
    expect(unhealthyTargets(api1, targets, cause)).toMatchObject({
      code: 'UNHEALTHY',
      what: 'The load balancer reports api1 as unhealthy.',
      why: '10.0.1.5:5000 is unhealthy, Target.ResponseCodeMismatch, Health checks failed with these codes: [404]\n10.0.2.6:5000 is initial',
      fix: [
        'GET /health must return 200: correct health.path or health.matcher of api1.',
        'npm run provision, to check again and continue',
      ],
      cause,
    });
  });

  test('the absence of any targets is reported', () => {
    expect(unhealthyTargets(api1, [], cause).why).toBe('It has no targets.');
  });
});
