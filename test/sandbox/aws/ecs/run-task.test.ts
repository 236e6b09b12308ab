// RunTask and StartTask of the sandbox: overrides, client tokens, startedBy and container instances.
import {
  ConflictException,
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  StartTaskCommand,
  type RunTaskCommandInput,
  type TaskOverride,
} from '@aws-sdk/client-ecs';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { scriptedPlane } from './plane.ts';
import { balancedAccount, required } from './scene.ts';

async function runScene() {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, pace: 1, plane: scriptedPlane() });
  const { ecs, taskInput } = scene;
  const run = async (input: Partial<RunTaskCommandInput> = {}) =>
    (
      await ecs.send(
        new RunTaskCommand({
          ...taskInput,
          ...input,
        }),
      )
    ).tasks ?? [];
  const refusalFor = (overrides: TaskOverride) => refusalOf(run({ overrides }));
  return { ...scene, clock, run, refusalFor };
}

describe('overrides', () => {
  test('are shown in the task, for every container', async () => {
    const { run, ecs } = await runScene();
    const [task] = await run({
      overrides: {
        cpu: '512',
        memory: '1 GB',
        ephemeralStorage: { sizeInGiB: 30 },
        containerOverrides: [
          {
            name: 'api2',
            command: ['migrate'],
            environment: [{ name: 'LEVEL', value: 'debug' }],
            cpu: 64,
            memory: 300,
            memoryReservation: 200,
          },
        ],
      },
    });
    const { tasks } = await ecs.send(
      new DescribeTasksCommand({ cluster: 'main', tasks: [required(task?.taskArn)] }),
    );
    expect(tasks).toMatchObject([
      {
        cpu: '512',
        memory: '1024',
        ephemeralStorage: { sizeInGiB: 30 },
        fargateEphemeralStorage: { sizeInGiB: 30 },
        containers: [
          { name: 'api1', cpu: '0' },
          { name: 'api2', cpu: '64', memory: '300', memoryReservation: '200' },
        ],
        overrides: {
          cpu: '512',
          memory: '1024',
          ephemeralStorage: { sizeInGiB: 30 },
          containerOverrides: [
            { name: 'api1' },
            {
              name: 'api2',
              command: ['migrate'],
              environment: [{ name: 'LEVEL', value: 'debug' }],
              cpu: 64,
              memory: 300,
              memoryReservation: 200,
            },
          ],
          inferenceAcceleratorOverrides: [],
        },
      },
    ]);
  });

  test.each<[string, TaskOverride, string]>([
    [
      'name an unknown container',
      { containerOverrides: [{ name: 'web', command: ['x'] }] },
      'Override for container named web is not a container in the TaskDefinition.',
    ],
    [
      'are too long',
      { containerOverrides: [{ name: 'api1', environment: [{ name: 'A', value: 'x'.repeat(8192) }] }] },
      'Container Overrides length must be at most 8192',
    ],
    [
      'give a container more memory than the task has',
      { containerOverrides: [{ name: 'api1', memory: 1024 }] },
      "'memory' setting for container 'api1' is greater than for task.",
    ],
    [
      'ask for a size that Fargate does not have',
      { cpu: '1024' },
      'No Fargate configuration exists for given values: 1024 CPU, 512 memory. See the Amazon ECS documentation for the valid values.',
    ],
    ['ask for a size without a number', { memory: 'much' }, "Invalid 'memory' setting for task."],
    ['ask for too little storage', { ephemeralStorage: { sizeInGiB: 20 } }, 'at least 21'],
    ['ask for too much storage', { ephemeralStorage: { sizeInGiB: 201 } }, 'at most 200'],
    ['name no container', { containerOverrides: [{ command: ['x'] }] }, 'name'],
  ])('that %s are refused', async (_, overrides, message) => {
    const { refusalFor, region } = await runScene();
    expect(await refusalFor(overrides)).toEqual({
      code: 'InvalidParameterException',
      message: expect.stringContaining(message),
    });
    expect(region.ecs.tasks.size).toBe(0);
  });

  test.each<[string, TaskOverride]>([
    [
      'overrides.containerOverrides[0].environmentFiles',
      { containerOverrides: [{ name: 'api1', environmentFiles: [{ value: 'arn:x', type: 's3' }] }] },
    ],
    [
      'overrides.containerOverrides[0].resourceRequirements',
      { containerOverrides: [{ name: 'api1', resourceRequirements: [{ type: 'GPU', value: '1' }] }] },
    ],
    [
      'overrides.inferenceAcceleratorOverrides',
      { inferenceAcceleratorOverrides: [{ deviceName: 'a', deviceType: 'b' }] },
    ],
  ])('with %s are refused with an error that names the member', async (member, overrides) => {
    const { refusalFor } = await runScene();
    expect(await refusalFor(overrides)).toEqual({
      code: 'NotImplemented',
      message: expect.stringContaining(member),
    });
  });

  test('of roles are refused if the role does not exist or does not trust ECS tasks', async () => {
    const { run, refusalFor, iam, role } = await runScene();
    const missing = 'arn:aws:iam::123456789012:role/nobody';
    for (const member of ['taskRoleArn', 'executionRoleArn']) {
      expect(await refusalFor({ [member]: missing })).toEqual({
        code: 'ClientException',
        message: expect.stringContaining(`ECS was unable to assume the role '${missing}'`),
      });
    }
    const Statement = {
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    };
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: 'hosts',
        AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    );
    expect((await refusalFor({ taskRoleArn: required(Role?.Arn) })).code).toBe('ClientException');
    const [task] = await run({ overrides: { taskRoleArn: role } });
    expect(task?.overrides?.taskRoleArn).toBe(role);
  });
});

describe('a client token', () => {
  test('makes a repeated call return the tasks of the first call', async () => {
    const { run, region } = await runScene();
    const first = await run({ clientToken: 'one', count: 2 });
    expect(await run({ clientToken: 'one', count: 2 })).toEqual(first);
    expect(region.ecs.tasks.size).toBe(2);
    await run({ clientToken: 'two', count: 2 });
    expect(region.ecs.tasks.size).toBe(4);
  });

  test('is refused with other parameters, and the error lists the ARNs of the first tasks', async () => {
    const { run, region } = await runScene();
    const [task] = await run({ clientToken: 'one' });
    const conflict = await run({ clientToken: 'one', startedBy: 'me' }).catch((error: unknown) => error);
    expect(conflict).toBeInstanceOf(ConflictException);
    expect((conflict as ConflictException).resourceIds).toEqual([task?.taskArn]);
    expect(region.ecs.tasks.size).toBe(1);
  });

  test('is forgotten after a day', async () => {
    const { run, clock } = await runScene();
    const [first] = await run({ clientToken: 'one' });
    clock.advance(24 * 3_600_000 + 1);
    const [second] = await run({ clientToken: 'one' });
    expect(second?.taskArn).not.toBe(first?.taskArn);
  });

  test.each(['x'.repeat(65), 'a b', 'ä'])('like %j is refused', async (clientToken) => {
    const { run } = await runScene();
    expect((await refusalOf(run({ clientToken }))).code).toBe('InvalidParameterException');
  });
});

test('startedBy can have 128 characters, and lists of tasks can be filtered by it', async () => {
  const { run, ecs } = await runScene();
  const startedBy = 'x'.repeat(128);
  const [task] = await run({ startedBy });
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: 'main', startedBy }));
  expect(taskArns).toEqual([task?.taskArn]);
  expect(await refusalOf(run({ startedBy: `${startedBy}x` }))).toEqual({
    code: 'InvalidParameterException',
    message: 'startedBy longer than 128.',
  });
});

test('the tags of a service cannot be propagated, because RunTask has no service', async () => {
  const { run } = await runScene();
  expect((await refusalOf(run({ propagateTags: 'SERVICE' }))).code).toBe('InvalidParameterException');
});

describe('StartTask', () => {
  const start = (scene: Awaited<ReturnType<typeof runScene>>, containerInstances: string[]) =>
    scene.ecs.send(
      new StartTaskCommand({
        cluster: 'main',
        taskDefinition: 'web',
        containerInstances,
        networkConfiguration: scene.networkConfiguration,
      }),
    );

  test('starts nothing, because Fargate has no container instances', async () => {
    const scene = await runScene();
    const id = '0123456789abcdef0123456789abcdef';
    const { tasks, failures } = await start(scene, [id]);
    expect(tasks).toEqual([]);
    expect(failures).toEqual([
      {
        arn: `arn:aws:ecs:eu-west-1:${scene.role.split(':')[4]}:container-instance/main/${id}`,
        reason: 'MISSING',
      },
    ]);
  });

  test('needs between one and ten container instances', async () => {
    const scene = await runScene();
    expect((await refusalOf(start(scene, []))).code).toBe('InvalidParameterException');
    const eleven = Array.from({ length: 11 }, (_, index) => `i${index}`);
    expect((await refusalOf(start(scene, eleven))).code).toBe('InvalidParameterException');
  });
});
