// A one-off task from its start to its end, to its failure, or to an interruption.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../../../../lib/engine/until.ts';
import { localWaits } from '../../../../lib/engine/waits.ts';
import { runTask } from '../../../../lib/one-off/run-task.ts';
import { awsError, config, lookContextOf, mocks, mutations, testClock } from '../../step-harness.ts';

const DEFINITION = 'arn:aws:ecs:eu-west-1:1:task-definition/shop-dev-web_run:1';
const TASK = 'arn:aws:ecs:eu-west-1:1:task/shop-dev/0123456789abcdef';
const [service] = config().services;
const definition = {
  containerDefinitions: [
    { name: 'api1', dependsOn: [{ containerName: 'job', condition: 'SUCCESS' as const }] },
    { name: 'job' },
  ],
};

/** The descriptions of the task in turn; the last one stays. */
const taskStates = (...states: (Task | undefined)[]): void => {
  let index = 0;
  mocks.ecs.on(DescribeTasksCommand).callsFake(() => {
    const state = states[Math.min(index, states.length - 1)];
    index += 1;
    return { tasks: state ? [{ taskArn: TASK, ...state }] : [] };
  });
};
const ended = (exitCode: number, more: Task = {}): Task => ({
  lastStatus: 'DEPROVISIONING',
  stopCode: 'EssentialContainerExited',
  containers: [{ name: 'api1', exitCode }],
  ...more,
});

async function run(abortOn?: string) {
  const controller = new AbortController();
  const clock = testClock();
  const { aws, names } = lookContextOf(config(), clock);
  const lines: string[] = [];
  const warnings: string[] = [];
  const started: string[] = [];
  const waitOptions = {
    ...{ clock, signal: controller.signal },
    onPending: (note: string) => void (abortOn !== undefined && note.includes(abortOn) && controller.abort()),
  };
  if (!service) throw new Error('no service');
  const end = await runTask(
    {
      ...{ aws, names, clock, signal: controller.signal },
      awsCommand: (command) => `${command} --region eu-west-1`,
      wait: (what, probe) => until(what, localWaits.oneOff, probe, waitOptions),
    },
    {
      ...{ service, container: 'api1', command: ['node', 'x.js'], startedBy: 'run', definition },
      ...{ network: { subnets: ['subnet-1'] }, tags: { 'slipway:stack': 'shop-dev' } },
    },
    {
      onLines: (added) => void lines.push(...added.map(({ text }) => text)),
      onWarning: (text) => void warnings.push(text),
      onStarted: ({ id }) => void started.push(id),
    },
  ).catch((error: unknown) => ({ error }));
  return { end, lines, warnings, started };
}

beforeEach(() => {
  mocks.ecs.on(RegisterTaskDefinitionCommand).resolves({ taskDefinition: { taskDefinitionArn: DEFINITION } });
  mocks.ecs.on(RunTaskCommand).resolves({ tasks: [{ taskArn: TASK }], failures: [] });
  mocks.ecs.on(DeregisterTaskDefinitionCommand).resolves({});
  mocks.ecs.on(DeleteTaskDefinitionsCommand).resolves({});
  mocks.ecs.on(StopTaskCommand).resolves({});
  mocks.logs.on(GetLogEventsCommand).rejects(awsError('ResourceNotFoundException'));
});

describe('a one-off task', () => {
  test('runs from a separate definition, which is deleted as soon as the task has started', async () => {
    taskStates(undefined, { lastStatus: 'PENDING' }, { lastStatus: 'RUNNING' }, ended(3));
    expect(await run()).toMatchObject({
      end: { exitCode: 3, wasStopped: false },
      started: ['0123456789abcdef'],
      warnings: [],
    });
    const tags = [
      { key: 'slipway:stack', value: 'shop-dev' },
      { key: 'slipway:one-off', value: 'run' },
    ];
    expect(mutations()).toMatchObject([
      { command: 'RegisterTaskDefinition', input: { family: 'shop-dev-web_run', tags } },
      {
        command: 'RunTask',
        input: {
          ...{
            cluster: 'shop-dev',
            taskDefinition: DEFINITION,
            launchType: 'FARGATE',
            startedBy: 'slipway/run',
            tags,
          },
          networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
          clientToken: expect.stringMatching(/^[\da-f-]{36}$/) as unknown,
        },
      },
      { command: 'DeregisterTaskDefinition', input: { taskDefinition: DEFINITION } },
      { command: 'DeleteTaskDefinitions', input: { taskDefinitions: [DEFINITION] } },
    ]);
  });

  test('passes each line on once, including those that arrive after the end of the command', async () => {
    taskStates({ lastStatus: 'RUNNING' }, ended(0));
    const pages: Record<string, { lines: string[]; next: string }> = {
      none: { lines: ['one\n'], next: 'a' },
      a: { lines: ['two'], next: 'b' },
      b: { lines: [], next: 'b' },
    };
    let reads = 0;
    mocks.logs.on(GetLogEventsCommand).callsFake(({ nextToken = 'none' }: { nextToken?: string }) => {
      reads += 1;
      if (reads === 5) return { events: [{ timestamp: 3, message: 'late' }], nextForwardToken: 'b' };
      const page = pages[nextToken];
      return {
        events: page?.lines.map((message) => ({ timestamp: 1, message })),
        nextForwardToken: page?.next,
      };
    });
    expect((await run()).lines).toEqual(['one', 'two', 'late']);
  });

  test('is stopped when the run is interrupted, and the run says so', async () => {
    taskStates({ lastStatus: 'RUNNING' });
    const { end, warnings } = await run('runs');
    expect(end).toMatchObject({ error: { name: 'AbortError' } });
    expect(warnings).toEqual(['task 0123456789abcdef is being stopped']);
    expect(mutations().at(-1)).toMatchObject({
      command: 'StopTask',
      input: { cluster: 'shop-dev', task: TASK },
    });
  });

  test('leaves the command that stops it, if it cannot be stopped or followed', async () => {
    taskStates({ lastStatus: 'RUNNING' });
    mocks.ecs.on(StopTaskCommand).rejects(awsError('AccessDeniedException', 'no'));
    const stop =
      'to stop it: aws ecs stop-task --cluster shop-dev --task 0123456789abcdef --region eu-west-1';
    expect((await run('runs')).warnings).toEqual([`task 0123456789abcdef was not stopped (no); ${stop}`]);
    mocks.ecs.on(DescribeTasksCommand).rejects(awsError('ExpiredTokenException', 'expired'));
    expect(await run()).toMatchObject({
      end: { error: { message: 'expired' } },
      warnings: [`task 0123456789abcdef may still run; ${stop}`],
    });
  });

  test('is a problem if ECS starts none, and leaves no definition', async () => {
    const failures = [{ reason: 'RESOURCE:FARGATE', detail: 'Capacity is unavailable at this time.' }];
    mocks.ecs.on(RunTaskCommand).resolves({ tasks: [], failures });
    expect((await run()).end).toMatchObject({
      error: { code: 'TASK', why: 'Capacity is unavailable at this time.', now: 'Nothing runs.' },
    });
    expect(mutations().at(-1)).toMatchObject({ command: 'DeleteTaskDefinitions' });
  });

  test('has no exit code if it did not start, and counts as stopped if someone has stopped it', async () => {
    taskStates({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', containers: [{ name: 'api1' }] });
    expect((await run()).end).toMatchObject({ exitCode: undefined, wasStopped: false });
    taskStates(ended(0, { stopCode: 'UserInitiated' }));
    expect((await run()).end).toMatchObject({ exitCode: 0, wasStopped: true });
  });

  test('is stopped if a container fails for whose success the command waits', async () => {
    const containers = [{ name: 'api1' }, { name: 'job', exitCode: 1 }];
    taskStates(
      { lastStatus: 'PENDING', containers },
      { lastStatus: 'PENDING', containers },
      { lastStatus: 'STOPPED', containers },
    );
    expect((await run()).end).toMatchObject({ exitCode: undefined });
    expect(mutations().filter(({ command }) => command === 'StopTask')).toHaveLength(1);
  });

  test('runs on if its lines cannot be read', async () => {
    taskStates({ lastStatus: 'RUNNING' }, ended(0));
    mocks.logs.on(GetLogEventsCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
    expect(await run()).toMatchObject({
      end: { exitCode: 0 },
      warnings: ['what the task prints cannot be read: not allowed'],
    });
  });
});
