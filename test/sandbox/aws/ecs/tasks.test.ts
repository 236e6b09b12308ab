// Tasks of the sandbox: their life cycle, and the operations that run, list, describe and stop them.
import {
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type ListTasksCommandInput,
  type RunTaskCommandInput,
} from '@aws-sdk/client-ecs';
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { serialize } from 'node:v8';
import { recordContainerExit } from '../../../../sandbox/aws/ecs/task-reports.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { scriptedPlane } from './plane.ts';
import { balancedAccount, calls, required, twoContainerTask } from './scene.ts';

/** Creates the scene at AWS's pace with a manual clock, and adds functions that run and describe tasks. */
async function timedScene(plane = scriptedPlane()) {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, pace: 1, plane });
  const run = async (overrides: Partial<RunTaskCommandInput> = {}) =>
    (
      await scene.ecs.send(
        new RunTaskCommand({
          ...scene.taskInput,
          ...overrides,
        }),
      )
    ).tasks ?? [];
  const describe = async (arn: string | undefined) =>
    required(
      (await scene.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [required(arn)] })))
        .tasks?.[0],
    );
  const taskInterfaces = () =>
    scene.region.ec2.networkInterfaces.filter(({ Description = '' }) => Description.includes(':attachment/'));
  return { ...scene, clock, plane, run, describe, taskInterfaces };
}

test('a task passes through its states and releases its network interface at the end', async () => {
  const { run, describe, clock, taskInterfaces, ecs, plane, subnets, securityGroups } = await timedScene();
  const [task] = await run();
  const state = async () => (await describe(task?.taskArn)).lastStatus;
  expect(task).toMatchObject({
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    attachments: [{ type: 'ElasticNetworkInterface', status: 'PRECREATED' }],
    group: 'family:web',
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    cpu: '256',
    memory: '512',
  });
  expect(taskInterfaces()).toEqual([]);
  clock.advance(10_000);
  expect(await state()).toBe('PENDING');
  const [taskInterface] = taskInterfaces();
  expect(taskInterface).toMatchObject({
    SubnetId: subnets[0],
    RequesterManaged: true,
    Groups: [{ GroupId: securityGroups[0] }],
  });
  expect(plane.started).toEqual([]);
  clock.advance(15_000);
  expect(plane.started).toEqual([task?.taskArn]);
  expect(await state()).toBe('ACTIVATING');
  clock.advance(2_000);
  const running = await describe(task?.taskArn);
  expect(running).toMatchObject({
    lastStatus: 'RUNNING',
    connectivity: 'CONNECTED',
    healthStatus: 'UNKNOWN',
    startedAt: expect.any(Date),
    pullStartedAt: expect.any(Date),
    availabilityZone: 'eu-west-1a',
    containers: [
      {
        name: 'api1',
        lastStatus: 'RUNNING',
        networkInterfaces: [{ privateIpv4Address: taskInterface?.PrivateIpAddress }],
      },
      { name: 'api2', lastStatus: 'RUNNING', runtimeId: expect.any(String) },
    ],
  });
  expect(running.attachments?.[0]).toMatchObject({
    status: 'ATTACHED',
    details: expect.arrayContaining([
      { name: 'subnetId', value: subnets[0] },
      { name: 'networkInterfaceId', value: taskInterface?.NetworkInterfaceId },
      { name: 'privateIPv4Address', value: taskInterface?.PrivateIpAddress },
    ]),
  });
  const { task: stopping } = await ecs.send(
    new StopTaskCommand({ cluster: 'main', task: required(task?.taskArn), reason: 'enough' }),
  );
  expect(stopping).toMatchObject({ desiredStatus: 'STOPPED', lastStatus: 'DEPROVISIONING' });
  expect(taskInterfaces()).toHaveLength(1);
  clock.advance(10_000);
  expect(await describe(task?.taskArn)).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'UserInitiated',
    stoppedReason: 'enough',
    stoppedAt: expect.any(Date),
    executionStoppedAt: expect.any(Date),
    attachments: [{ status: 'DELETED' }],
    containers: [{ lastStatus: 'STOPPED' }, { lastStatus: 'STOPPED' }],
  });
  expect(taskInterfaces()).toEqual([]);
});

test('a stopped task can be described for an hour and is removed when another task starts later', async () => {
  const { run, clock, ecs } = await timedScene();
  const [task] = await run();
  await ecs.send(new StopTaskCommand({ cluster: 'main', task: required(task?.taskArn) }));
  clock.advance(3_600_000);
  const describe = () =>
    ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [required(task?.taskArn)] }));
  expect((await describe()).tasks).toMatchObject([{ stoppedReason: 'Task stopped by user' }]);
  clock.advance(60_000);
  await run();
  expect((await describe()).failures).toEqual([{ arn: task?.taskArn, reason: 'MISSING' }]);
});

test('a task that is stopped before it gets a network interface never gets one', async () => {
  const { run, clock, taskInterfaces, ecs, describe, plane } = await timedScene();
  const [task] = await run();
  await ecs.send(new StopTaskCommand({ cluster: 'main', task: required(task?.taskArn) }));
  clock.advance(60_000);
  expect(await describe(task?.taskArn)).toMatchObject({ lastStatus: 'STOPPED' });
  expect([taskInterfaces(), plane.started, plane.stopped]).toEqual([[], [], []]);
});

test('a task whose network interface cannot be created fails with the error code of EC2', async () => {
  const { run, clock, describe, region, subnets } = await timedScene();
  const [task] = await run();
  region.ec2.subnets.delete(required(subnets[0]));
  clock.advance(25_000);
  expect(await describe(task?.taskArn)).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'TaskFailedToStart',
    stoppedReason: `Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet '${subnets[0]}': InvalidSubnetID.NotFound`,
  });
});

test('a failure to start is reported on the task and on the container at fault', async () => {
  const reason = 'CannotPullContainerError: not found';
  const { run, clock, describe } = await timedScene(
    scriptedPlane(() => ({ stopCode: 'TaskFailedToStart', reason, container: 'api2' })),
  );
  const [task] = await run();
  clock.advance(60_000);
  const stopped = await describe(task?.taskArn);
  expect(stopped).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: reason });
  expect(stopped.containers?.map((container) => container.reason)).toEqual([undefined, reason]);
});

test('a task ends when an essential container ends, but not when another container does', async () => {
  const { run, clock, describe, region, ecs, role } = await timedScene();
  const input = twoContainerTask(role);
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...input,
      containerDefinitions: [
        { ...input.containerDefinitions?.[0] },
        { name: 'setup', image: 'setup', essential: false },
      ],
    }),
  );
  const [task] = await run();
  clock.advance(27_000);
  const arn = required(task?.taskArn);
  recordContainerExit(region, arn, 'setup', 0);
  expect(await describe(arn)).toMatchObject({
    lastStatus: 'RUNNING',
    containers: [{ lastStatus: 'RUNNING' }, { lastStatus: 'STOPPED', exitCode: 0 }],
  });
  recordContainerExit(region, arn, 'api1', 137, 'OutOfMemoryError: Container killed due to memory usage');
  clock.advance(10_000);
  expect(await describe(arn)).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [
      { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
      { exitCode: 0 },
    ],
  });
});

test('an assigned public IP address is associated with the network interface', async () => {
  const { run, clock, taskInterfaces, subnets, securityGroups } = await timedScene();
  await run({
    networkConfiguration: {
      awsvpcConfiguration: { subnets, securityGroups, assignPublicIp: 'ENABLED' },
    },
  });
  clock.advance(10_000);
  expect(taskInterfaces()[0]?.Association?.PublicIp).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
});

test('a task without security groups gets the default group of its VPC', async () => {
  const { run, clock, taskInterfaces, subnets } = await timedScene();
  await run({ networkConfiguration: { awsvpcConfiguration: { subnets } } });
  clock.advance(10_000);
  expect(taskInterfaces()[0]?.Groups).toMatchObject([{ GroupName: 'default' }]);
});

test('a task shows its startedBy value, and shows its tags only on request', async () => {
  const { run, ecs } = await timedScene();
  const [task] = await run({
    tags: [{ key: 'kind', value: 'migration' }],
    enableECSManagedTags: true,
    startedBy: 'me',
  });
  const { tasks } = await ecs.send(
    new DescribeTasksCommand({ cluster: 'main', tasks: [required(task?.taskArn)], include: ['TAGS'] }),
  );
  expect(tasks).toMatchObject([
    {
      startedBy: 'me',
      overrides: { containerOverrides: [{ name: 'api1' }, { name: 'api2' }] },
      tags: [
        { key: 'aws:ecs:clusterName', value: 'main' },
        { key: 'kind', value: 'migration' },
      ],
    },
  ]);
});

test("a service's tasks name their deployment, and have the service's tags if the service propagates them", async () => {
  const scene = await balancedAccount();
  const { create, service, tasks } = calls(scene.ecs);
  const { service: created } = await create(
    scene.serviceInput({
      desiredCount: 1,
      propagateTags: 'SERVICE',
      enableECSManagedTags: true,
      tags: [{ key: 'team', value: 'blue' }],
    }),
  );
  await service();
  const [task] = await tasks();
  expect(task).toMatchObject({ group: 'service:web', startedBy: created?.deployments?.[0]?.id, tags: [] });
  const { tasks: tagged } = await scene.ecs.send(
    new DescribeTasksCommand({ cluster: 'main', tasks: [required(task?.taskArn)], include: ['TAGS'] }),
  );
  expect(tagged?.[0]?.tags).toEqual([
    { key: 'aws:ecs:serviceName', value: 'web' },
    { key: 'aws:ecs:clusterName', value: 'main' },
    { key: 'team', value: 'blue' },
  ]);
});

test('lists of tasks can be filtered by desired status, family, service and startedBy', async () => {
  const scene = await timedScene();
  const { run, ecs } = scene;
  const [one] = await run({ startedBy: 'me' });
  const [two] = await run();
  await ecs.send(new StopTaskCommand({ cluster: 'main', task: required(two?.taskArn) }));
  await calls(ecs).create(scene.serviceInput({ desiredCount: 1, loadBalancers: [] }));
  scene.clock.advance(5_000);
  const list = async (input: ListTasksCommandInput = {}) =>
    (await ecs.send(new ListTasksCommand({ cluster: 'main', ...input }))).taskArns ?? [];
  expect(await list()).toHaveLength(2);
  expect(await list({ desiredStatus: 'STOPPED' })).toEqual([two?.taskArn]);
  expect(await list({ desiredStatus: 'PENDING' })).toEqual([]);
  expect(await list({ startedBy: 'me' })).toEqual([one?.taskArn]);
  expect(await list({ family: 'web' })).toHaveLength(2);
  expect(await list({ family: 'other' })).toEqual([]);
  const ofService = await list({ serviceName: 'web' });
  expect(ofService).toHaveLength(1);
  expect(ofService).not.toContain(one?.taskArn);
  expect((await refusalOf(list({ serviceName: 'nobody' }))).code).toBe('ServiceNotFoundException');
  expect((await refusalOf(list({ startedBy: 'me', family: 'web' }))).code).toBe('InvalidParameterException');
});

test('unknown tasks and invalid RunTask parameters are refused', async () => {
  const { run, ecs } = await timedScene();
  const stop = new StopTaskCommand({ cluster: 'main', task: '0123456789abcdef0123456789abcdef' });
  expect(await refusalOf(ecs.send(stop))).toEqual({
    code: 'InvalidParameterException',
    message: 'The referenced task was not found.',
  });
  for (const overrides of [
    { count: 11 },
    { count: 0 },
    { group: 'service:web' },
    { networkConfiguration: undefined },
  ]) {
    expect((await refusalOf(run(overrides))).code).toBe('InvalidParameterException');
  }
  const withoutTasks = new DescribeTasksCommand({ cluster: 'main', tasks: [] });
  expect((await refusalOf(ecs.send(withoutTasks))).code).toBe('InvalidParameterException');
});

const trust = (statement: object) => ({
  Effect: 'Allow',
  Principal: { Service: 'ecs-tasks.amazonaws.com' },
  Action: 'sts:AssumeRole',
  ...statement,
});
const accountIs = (account: string) => ({ Condition: { StringEquals: { 'aws:SourceAccount': account } } });

test.each<[string, object[]]>([
  ['trusts another service', [trust({ Principal: { Service: 'ec2.amazonaws.com' } })]],
  ['allows another action', [trust({ Action: 'sts:TagSession' })]],
  ['denies ECS tasks', [trust({}), trust({ Effect: 'Deny' })]],
  ['trusts ECS tasks of another account', [trust(accountIs('111111111111'))]],
])('RunTask refuses a task whose role %s', async (_what, Statement) => {
  const { run, iam, role } = await timedScene();
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'tasks', PolicyDocument }));
  expect(await refusalOf(run())).toEqual({
    code: 'ClientException',
    message: expect.stringContaining(`ECS was unable to assume the role '${role}'`),
  });
});

test.each<[string, object]>([
  ['ECS tasks of this account', accountIs('000000000000')],
  [
    'ECS tasks under a condition that the sandbox cannot evaluate',
    { Condition: { Bool: { 'a:b': 'true' } } },
  ],
])('RunTask accepts a role that trusts %s', async (_what, statement) => {
  const { run, iam } = await timedScene();
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust(statement)] });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'tasks', PolicyDocument }));
  expect(await run()).toHaveLength(1);
});

test('an image named like a built-in object property does not break snapshots', async () => {
  const { ecs, role, world, taskInput } = await balancedAccount();
  const definition = twoContainerTask(role);
  const containerDefinitions = [{ name: 'web', image: 'constructor' }];
  await ecs.send(new RegisterTaskDefinitionCommand({ ...definition, containerDefinitions }));
  const { tasks } = await ecs.send(new RunTaskCommand(taskInput));
  expect(tasks?.[0]?.containers).toMatchObject([{ image: 'constructor' }]);
  expect(() => serialize(world.snapshot())).not.toThrow();
});
