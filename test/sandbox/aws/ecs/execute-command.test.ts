// ExecuteCommand opens a session in a running container with a connected agent, and refuses everything else.
import {
  DescribeTasksCommand,
  ExecuteCommandCommand,
  type ExecuteCommandCommandInput,
} from '@aws-sdk/client-ecs';
import { DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { taskScene } from '../../data-plane/task-scene.ts';

const PROGRAM = 'setInterval(() => undefined, 1000);';
const ACTIONS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];
const POLICY = {
  RoleName: 'task',
  PolicyName: 'exec',
  PolicyDocument: JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: ACTIONS.map((action) => `ssmmessages:${action}`), Resource: '*' },
  }),
};

/** Runs a task with two containers, of which one has a read-only root file system. */
async function scene(enableExecuteCommand = true) {
  const started = await taskScene();
  await started.push(PROGRAM, 'v1');
  await started.iam.send(new PutRolePolicyCommand(POLICY));
  const task = await started.run(
    { web: {}, closed: { readonlyRootFilesystem: true } },
    { taskRoleArn: started.role },
    { enableExecuteCommand },
  );
  await started.waitForTask(task, ({ lastStatus }) => lastStatus === 'RUNNING');
  const execute = (input: Partial<ExecuteCommandCommandInput> = {}) =>
    started.ecs.send(
      new ExecuteCommandCommand({
        ...{ cluster: 'main', task, container: 'web', command: 'sh', interactive: true },
        ...input,
      }),
    );
  return { ...started, task, execute };
}

const NOT_RUNNING =
  'execute command was not enabled when the task was run or the execute command agent isn’t running';
const invalidWith = (message: string) => ({
  code: 'InvalidParameterException',
  message: expect.stringContaining(message),
});

test('a session has an id, an address on this machine and a token, and tasks show their agents', async () => {
  const { ecs, execute, task } = await scene();
  const { session, ...response } = await execute();
  expect(response).toMatchObject({
    clusterArn: expect.stringMatching(/:cluster\/main$/),
    containerArn: expect.stringMatching(/:container\/main\//),
    containerName: 'web',
    interactive: true,
    taskArn: task,
  });
  expect(session).toEqual({
    sessionId: expect.stringMatching(/^ecs-execute-command-[0-9a-f]{32}$/),
    streamUrl: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/v1\/data-channel\/ecs-execute-command-/),
    tokenValue: expect.stringMatching(/^[\w-]{43}$/),
  });
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [task] }));
  expect(tasks?.[0]?.enableExecuteCommand).toBe(true);
  const agents = tasks?.[0]?.containers?.map(({ name, managedAgents }) => [name, managedAgents]);
  expect(agents).toEqual([
    ['web', [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING', lastStartedAt: expect.any(Date) }]],
    [
      'closed',
      [
        {
          name: 'ExecuteCommandAgent',
          lastStatus: 'STOPPED',
          reason: expect.stringMatching(/^CannotStartManagedAgentError/),
        },
      ],
    ],
  ]);
});

test('a container without an agent, and a call with a mistake, are refused', async () => {
  const { execute, iam } = await scene();
  expect(await refusalOf(execute({ container: 'closed' }))).toEqual(invalidWith(NOT_RUNNING));
  expect(await refusalOf(execute({ interactive: false }))).toEqual(
    invalidWith('Interactive is the only mode'),
  );
  expect(await refusalOf(execute({ container: undefined }))).toEqual(invalidWith('several containers'));
  expect(await refusalOf(execute({ container: 'other' }))).toEqual(invalidWith('other'));
  expect(await refusalOf(execute({ task: '0123456789abcdef0123456789abcdef' }))).toEqual(
    invalidWith('not found'),
  );
  await iam.send(new DeleteRolePolicyCommand(POLICY));
  expect(await refusalOf(execute())).toEqual({
    code: 'TargetNotConnectedException',
    message: 'The execute command failed due to an internal error. Try again later.',
  });
});

test('a task that was started without ECS Exec has no agent', async () => {
  const { execute, ecs, task } = await scene(false);
  expect(await refusalOf(execute())).toEqual(invalidWith(NOT_RUNNING));
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [task] }));
  expect(tasks?.[0]?.containers?.map(({ managedAgents }) => managedAgents)).toEqual([undefined, undefined]);
});
