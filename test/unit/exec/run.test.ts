// The command checks its arguments before any call, waits for an agent that has just started, and trusts only encrypted addresses.
import {
  DescribeTasksCommand,
  ExecuteCommandCommand,
  ListTasksCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { execute } from '../../../exec/run.ts';
import { localWaits } from '../../../lib/engine/waits.ts';
import type { Options } from '../../../lib/run/options.ts';
import { defaultOptions, fileOf } from '../engine-harness.ts';
import { fakeSandbox } from '../lib/run/fake-sandbox.ts';
import { ACCOUNT, awsError, config, mocks, sentCalls, testClock } from '../step-harness.ts';

/** The time of the test clock. */
const NOW = Date.UTC(2026, 0, 1);
const TASK_ARN = 'arn:aws:ecs:eu-west-1:000000000000:task/shop-dev/0123456789abcdef';

/** A running task. @param agentAge how long ago its agent has started, in milliseconds */
const task = (agentAge: number): Task => ({
  ...{ taskArn: TASK_ARN, group: 'service:web', enableExecuteCommand: true, startedAt: new Date(NOW) },
  containers: [
    {
      ...{ name: 'api1', lastStatus: 'RUNNING' },
      managedAgents: [
        { name: 'ExecuteCommandAgent', lastStatus: 'RUNNING', lastStartedAt: new Date(NOW - agentAge) },
      ],
    },
  ],
});

/** Runs the command as a program that calls it, and returns its problem. */
const problemOf = (options: Partial<Options> = {}) =>
  execute(
    {
      options: { ...defaultOptions, container: 'api1', words: ['true'], ...options },
      report: () => undefined,
      signal: new AbortController().signal,
      interactive: false,
    },
    {
      openSandbox: async () => fakeSandbox({ folder: fileOf('home/sandbox') }).sandbox,
      config: Promise.resolve(config({ target: 'sandbox' })),
      home: fileOf('home'),
      time: { clock: testClock(), waits: localWaits },
    },
    undefined,
  ).then(
    () => undefined,
    (error: unknown) => error as { readonly code?: string; readonly why?: string },
  );
const executed = () => sentCalls().filter(({ command }) => command === 'ExecuteCommand');

function mockTask(agentAge: number): void {
  mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [TASK_ARN] });
  mocks.ecs.on(DescribeTasksCommand).resolves({ tasks: [task(agentAge)] });
}

beforeEach(() => {
  mocks.sts.on(GetCallerIdentityCommand).resolves({ Account: ACCOUNT });
});

describe('exec', () => {
  test('checks its arguments before any call', async () => {
    expect(await problemOf({ container: 'api3' })).toMatchObject({ code: 'ARGUMENTS' });
    expect(await problemOf({ words: [] })).toMatchObject({ code: 'ARGUMENTS' });
    expect(await problemOf({ words: [], json: true })).toMatchObject({
      code: 'ARGUMENTS',
      why: expect.stringContaining('With --json'),
    });
    expect(sentCalls()).toEqual([]);
  });

  test.each([
    ['has just started, several times', 10_000, 5],
    ['has run for a while, once', 600_000, 1],
  ])('asks an agent that is not connected, and %s', async (_, agentAge, attempts) => {
    mockTask(agentAge);
    mocks.ecs.on(ExecuteCommandCommand).rejects(awsError('TargetNotConnectedException', 'Try again later.'));
    expect(await problemOf()).toMatchObject({
      code: 'EXEC_NO_AGENT',
      why: expect.stringContaining('AWS says: Try again later.'),
    });
    expect(executed()).toHaveLength(attempts);
    expect(executed()[0]?.input).toMatchObject({
      ...{ cluster: 'shop-dev', task: TASK_ARN, container: 'api1', interactive: true },
      command: expect.stringMatching(/^sh -c '/),
    });
  });

  test.each(['ws://example.com/v1', 'http://127.0.0.1:1/', 'ws://127.0.0.1.example.com/', ''])(
    'does not show its token to an address that is neither encrypted nor on this machine: %s',
    async (streamUrl) => {
      mockTask(0);
      mocks.ecs
        .on(ExecuteCommandCommand)
        .resolves({ session: { sessionId: 'one', streamUrl, tokenValue: 'token' } });
      const problem = await problemOf();
      expect(JSON.stringify(problem)).toContain('not encrypted');
      expect(JSON.stringify(problem)).not.toContain('"token"');
    },
  );

  test('a session that does not start is explained, and no exit code is made up', async () => {
    mockTask(0);
    const session = { sessionId: 'one', streamUrl: 'ws://127.0.0.1:1/', tokenValue: 'token' };
    mocks.ecs.on(ExecuteCommandCommand).resolves({ session });
    expect(await problemOf()).toMatchObject({
      code: 'EXEC_ENDED',
      why: expect.stringMatching(/ECONNREFUSED|did not start within 30 seconds/),
    });
  });
});
