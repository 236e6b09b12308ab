// The explanation of a failed deployment: the responsible container, its last log lines, and a suggested fix.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import type { RoutedContainer, Service } from '../../../../lib/config/config.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { findCause } from '../../../../lib/diagnosis/cause.ts';
import { factGatherer } from '../../../../lib/diagnosis/gather.ts';
import { failureProblem } from '../../../../provision/done/failure-problem.ts';
import { awsError, config, mocks, lookContextOf, sentCalls, testClock } from '../../step-harness.ts';

const FAILED_DEFINITION = 'arn:definition:2';
const REASON = 'ECS deployment circuit breaker: tasks failed to start.';
const [web] = config().services as [Service];

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
const NOW = 'Everything else is created and recorded; the failed service is kept so that you can inspect it.';
async function diagnoseFailure(events: readonly string[] = []) {
  const context = { ...lookContextOf(), clock: testClock() };
  const deployment = { service: web, taskDefinitionArn: FAILED_DEFINITION, targetGroups: new Map() };
  const facts = await factGatherer(context, deployment)({ reason: REASON, events });
  return failureProblem(facts, findCause(facts), {
    code: 'DEPLOYMENT',
    service: 'web',
    what: 'The deployment of web failed',
    now: NOW,
    reason: REASON,
    moreAdvice: [],
  });
}

test('the problem begins with the cause, and contains how the task ended and the error in the log', async () => {
  mockStopped([task(1), task(2)], ['connecting to db:5432\n', 'Error: no database', 'closing']);
  const shownProblem = await diagnoseFailure(['has started 1 tasks.', 'was unable to place a task.']);
  expect(shownProblem).toMatchObject({
    code: 'DEPLOYMENT',
    what: 'The deployment of web failed: api2 exited with code 1: Error: no database.',
    now: 'Everything else is created and recorded; the failed service is kept so that you can inspect it.',
  });
  expect(shownProblem.why.split('\n')).toEqual([
    'ECS: Essential container in task exited; api1 exit code 143; api2 exit code 1',
    'api2 logged:',
    '  Error: no database',
    REASON,
  ]);
  expect(shownProblem.fix).toEqual([
    'Correct api2: the log above shows the error.',
    'npm run provision, once the cause is fixed',
    'npm run logs -- web --since 1h, for the complete logs',
  ]);
});

test('logs are read from the streams of the latest tasks', async () => {
  mockStopped([task(1), task(2), task(3), task(4)], ['Error: no database']);
  await diagnoseFailure();
  const streams = sentCalls()
    .filter(({ command }) => command === 'GetLogEvents')
    .map(({ input }) => (input as { logStreamName: string }).logStreamName);
  expect(streams.sort()).toEqual([
    'web/api1/2',
    'web/api1/3',
    'web/api1/4',
    'web/api2/2',
    'web/api2/3',
    'web/api2/4',
  ]);
});

/** A task that a user stopped: its end has no cause that the rules know. */
const stoppedByUser = (id: number, more: Task = {}) =>
  task(id, { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user', containers: [], ...more });

test('without a known cause, the tasks of the failed deployment are listed, the latest first', async () => {
  mockStopped([
    stoppedByUser(1, { stoppedReason: 'first' }),
    stoppedByUser(9, { stoppedReason: 'Scaling activity', taskDefinitionArn: 'arn:definition:1' }),
    stoppedByUser(3, { stoppedReason: 'third' }),
    stoppedByUser(4, { stoppedReason: 'fourth' }),
    stoppedByUser(2, { stoppedReason: 'second' }),
  ]);
  const { what, why } = await diagnoseFailure();
  expect(what).toBe('The deployment of web failed.');
  expect(why.split('\n')).toEqual([REASON, 'fourth', 'third', 'second']);
});

test('several tasks that ended for the same reason are listed as one', async () => {
  mockStopped([stoppedByUser(1), stoppedByUser(2), stoppedByUser(3)]);
  expect((await diagnoseFailure()).why.split('\n')).toEqual([REASON, 'Task stopped by user']);
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
  ])('the responsible container is %s', async (_what, end, name) => {
    mockStopped([task(1, end)], ['a line']);
    expect((await diagnoseFailure()).what).toMatch(new RegExp(`failed: ${name} `));
  });
});

test('target group ARNs are shortened to names', async () => {
  const stoppedReason =
    'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop-dev-web-api1-1a2b/0123)';
  mockStopped([stoppedByUser(1, { stoppedReason })]);
  expect((await diagnoseFailure()).why).toBe(
    `${REASON}\nTask failed ELB health checks in (target-group shop-dev-web-api1-1a2b)`,
  );
});

test('the deployment failure is still reported when tasks or logs cannot be read', async () => {
  mocks.ecs.on(ListTasksCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  expect(await diagnoseFailure()).toMatchObject({ code: 'DEPLOYMENT', why: REASON });
  mockStopped([task(1)]);
  mocks.logs.on(GetLogEventsCommand).rejects(awsError('ResourceNotFoundException', 'no such stream'));
  expect(await diagnoseFailure()).toMatchObject({
    what: 'The deployment of web failed: api2 exited with code 1 and logged nothing.',
    why: `ECS: Essential container in task exited; api1 exit code 143; api2 exit code 1\n${REASON}`,
  });
});
