// `run` starts a task like those in service, prints what it prints, and returns its exit code.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { localWaits } from '../../../lib/engine/waits.ts';
import type { Options } from '../../../lib/run/options.ts';
import { runCommand } from '../../../run/run.ts';
import { defaultOptions, fileOf } from '../engine-harness.ts';
import { fakeSandbox } from '../lib/run/fake-sandbox.ts';
import { ACCOUNT, config, mocks, mutations, testClock } from '../step-harness.ts';

const TASK = 'arn:aws:ecs:eu-west-1:1:task/shop-dev/0123456789abcdef';

async function runIt(options: Partial<Options> = {}, isTerminal = false) {
  const written: string[] = [];
  const reported: string[] = [];
  const result = runCommand(
    {
      options: {
        ...defaultOptions,
        container: 'api1',
        words: ['node', 'x.js', '--password', 'hunter2hunter2'],
        ...options,
      },
      report: ({ text }) => reported.push(text),
      signal: new AbortController().signal,
      interactive: false,
      output: {
        ...{ colour: false, isTerminal, closed: new AbortController().signal },
        write: async (text) => void written.push(String(text)),
        watch: () => () => undefined,
      },
    },
    {
      openSandbox: async () => fakeSandbox({ folder: fileOf('home/sandbox') }).sandbox,
      config: Promise.resolve(config({ target: 'sandbox' })),
      home: fileOf('home'),
      time: { clock: testClock(), waits: localWaits },
    },
  );
  const settled = await result.then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  );
  return { ...settled, text: written.join(''), reported };
}

const taskIs = (task: Task) =>
  mocks.ecs.on(DescribeTasksCommand).resolves({ tasks: [{ taskArn: TASK, lastStatus: 'STOPPED', ...task }] });
const endsWith = (exitCode: number, more: Task = {}) =>
  taskIs({ stopCode: 'EssentialContainerExited', containers: [{ name: 'api1', exitCode }], ...more });

beforeEach(() => {
  mocks.sts.on(GetCallerIdentityCommand).resolves({ Account: ACCOUNT });
  mocks.ecs.on(ListServicesCommand).resolves({});
  mocks.ecs.on(DescribeServicesCommand).resolves({
    services: [
      {
        ...{ serviceName: 'web', status: 'ACTIVE', desiredCount: 1, taskDefinition: 'arn:td:7' },
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
      },
    ],
  });
  mocks.ecs.on(DescribeTaskDefinitionCommand).resolves({
    taskDefinition: {
      ...{ taskDefinitionArn: 'arn:td:7', family: 'shop-dev-web', revision: 7, taskRoleArn: 'arn:role' },
      containerDefinitions: [{ name: 'api1', image: 'image:7' }],
    },
  });
  mocks.ecs
    .on(RegisterTaskDefinitionCommand)
    .resolves({ taskDefinition: { taskDefinitionArn: 'arn:one-off:1' } });
  mocks.ecs.on(RunTaskCommand).resolves({ tasks: [{ taskArn: TASK }] });
  mocks.ecs.on(DeregisterTaskDefinitionCommand).resolves({});
  mocks.ecs.on(DeleteTaskDefinitionsCommand).resolves({});
  mocks.logs.on(GetLogEventsCommand).callsFake(({ nextToken }: { nextToken?: string }) => ({
    events: nextToken === undefined ? [{ timestamp: 1, message: 'red \u001b[31m\n' }] : [],
    nextForwardToken: 'end',
  }));
});

describe('run', () => {
  test.each([0, 3, 137])(
    'exits with the exit code %d of the command, and prints its lines as they are',
    async (code) => {
      endsWith(code);
      expect(await runIt()).toMatchObject({
        value: { exitCode: code, isPrinted: true },
        text: 'red \u001b[31m\n',
      });
    },
  );

  test('uses the version, the roles and the network in service', async () => {
    endsWith(0);
    await runIt();
    expect(mutations()).toMatchObject([
      {
        input: {
          ...{ family: 'shop-dev-web_run', taskRoleArn: 'arn:role' },
          containerDefinitions: [
            { image: 'image:7', command: ['node', 'x.js', '--password', 'hunter2hunter2'] },
          ],
        },
      },
      {
        input: {
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: ['subnet-1'],
              securityGroups: ['sg-1'],
              assignPublicIp: 'DISABLED',
            },
          },
        },
      },
      {},
      {},
    ]);
  });

  test('makes control characters visible at a terminal', async () => {
    endsWith(0);
    expect((await runIt({}, true)).text).toBe('red \\u001b[31m\n');
  });

  test('returns a document without the command, which may contain secrets', async () => {
    endsWith(3);
    const { value, text } = await runIt({ json: true });
    expect(text).toBe('');
    expect(value).toMatchObject({
      ...{ exitCode: 3, isPrinted: false },
      json: {
        ...{
          stack: 'shop-dev',
          service: 'web',
          container: 'api1',
          task: '0123456789abcdef',
          exitCode: 3,
          stopped: false,
        },
        ...{ lines: [{ at: '1970-01-01T00:00:00.001Z', message: 'red \u001b[31m' }], omitted: 0 },
      },
    });
    expect(JSON.stringify(value)).not.toContain('hunter2');
  });

  test('says that someone has stopped the task', async () => {
    endsWith(143, { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' });
    const { value, reported } = await runIt();
    expect(value).toMatchObject({ exitCode: 143, json: { stopped: true } });
    expect(reported.at(-1)).toMatch(
      /^the command ended with exit code 143 after .*; ECS: Task stopped by user$/,
    );
  });

  test('explains why the command did not start', async () => {
    const reason = 'CannotStartContainerError: exec: "nope": executable file not found in $PATH';
    taskIs({ stopCode: 'TaskFailedToStart', stoppedReason: reason, containers: [{ name: 'api1', reason }] });
    expect((await runIt()).error).toMatchObject({
      code: 'TASK',
      what: 'The command did not start in api1: the image of api1 contains no `nope`.',
      fix: ['Correct the command: its first word must be a program in the image.', expect.anything()],
    });
  });

  test('starts nothing if the service or the container is not deployed', async () => {
    expect((await runIt({ container: 'api2' })).error).toMatchObject({ code: 'NOT_DEPLOYED' });
    mocks.ecs.on(DescribeServicesCommand).resolves({ services: [] });
    expect((await runIt()).error).toMatchObject({ code: 'NOT_DEPLOYED', why: 'Its service does not exist.' });
    expect(mutations()).toEqual([]);
  });

  test('refuses an unknown container before any call', async () => {
    expect((await runIt({ container: 'nope' })).error).toMatchObject({ code: 'ARGUMENTS' });
    expect(mocks.ecs.calls()).toEqual([]);
  });
});
