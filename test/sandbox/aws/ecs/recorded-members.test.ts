// Responses have the same members as recordings of AWS: capabilities that a task definition requires, and states of containers.
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { scriptedPlane } from './plane.ts';
import { account, balancedAccount, required, twoContainerTask, withFirstContainer } from './scene.ts';

const PREFIX = 'com.amazonaws.ecs.capability.';
const ECR_IMAGE = '000000000000.dkr.ecr.eu-west-1.amazonaws.com/web:1';
const LOGS = {
  logDriver: 'awslogs' as const,
  options: { 'awslogs-group': '/web', 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': 'web' },
};
const CHECK = { command: ['CMD', 'true'] };
const LOG_ATTRIBUTES = [
  `${PREFIX}logging-driver.awslogs`,
  `${PREFIX}docker-remote-api.1.19`,
  'ecs.capability.execution-role-awslogs',
];

test.each<[string, (role: string) => Partial<RegisterTaskDefinitionCommandInput>, string[]]>([
  ['a task role', () => ({}), [`${PREFIX}task-iam-role`]],
  ['no task role', () => ({ taskRoleArn: undefined }), []],
  ['logs', (role) => withFirstContainer(role, { logConfiguration: LOGS }), LOG_ATTRIBUTES],
  [
    'a log group that ECS creates',
    (role) =>
      withFirstContainer(role, {
        logConfiguration: { ...LOGS, options: { ...LOGS.options, 'awslogs-create-group': 'true' } },
      }),
    [...LOG_ATTRIBUTES, `${PREFIX}docker-remote-api.1.29`],
  ],
  [
    'an image in ECR',
    (role) => withFirstContainer(role, { image: ECR_IMAGE }),
    [`${PREFIX}ecr-auth`, `${PREFIX}docker-remote-api.1.19`, 'ecs.capability.execution-role-ecr-pull'],
  ],
  [
    'a health check',
    (role) => withFirstContainer(role, { healthCheck: CHECK }),
    ['ecs.capability.container-health-check', `${PREFIX}docker-remote-api.1.24`],
  ],
  [
    'a health check with a start period',
    (role) => withFirstContainer(role, { healthCheck: { ...CHECK, startPeriod: 5 } }),
    ['ecs.capability.container-health-check', `${PREFIX}docker-remote-api.1.29`],
  ],
  [
    'a memory reservation',
    (role) => withFirstContainer(role, { memoryReservation: 64 }),
    [`${PREFIX}docker-remote-api.1.21`],
  ],
  [
    'a start order',
    (role) => withFirstContainer(role, { dependsOn: [{ containerName: 'api2', condition: 'START' }] }),
    ['ecs.capability.container-ordering'],
  ],
])('a task definition with %s requires the capabilities for it', async (_, change, expected) => {
  const { ecs, role } = await account();
  const input = { ...twoContainerTask(role), ...change(role) };
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(input));
  const names = taskDefinition?.requiresAttributes?.map(({ name }) => name) ?? [];
  const commonAttributes = ['ecs.capability.task-eni', `${PREFIX}docker-remote-api.1.18`];
  const roleAttributes = input.taskRoleArn ? [`${PREFIX}task-iam-role`] : [];
  expect([...names].sort()).toEqual(
    [...new Set([...commonAttributes, ...roleAttributes, ...expected])].sort(),
  );
});

test('a task definition shows its compatibilities, and when and by whom it was registered', async () => {
  const { ecs, role } = await account();
  await ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(role)));
  const { taskDefinition, tags } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }),
  );
  expect(taskDefinition).toMatchObject({
    compatibilities: ['EC2', 'FARGATE', 'MANAGED_INSTANCES'],
    enableFaultInjection: false,
    placementConstraints: [],
    registeredAt: expect.any(Date),
    registeredBy: 'arn:aws:iam::000000000000:user/sandbox',
    volumes: [],
  });
  expect(tags).toBeUndefined();
});

test('a container gets more members while its task starts', async () => {
  const clock = manualClock();
  const { ecs, taskInput } = await balancedAccount({ clock, pace: 1, plane: scriptedPlane() });
  const { tasks } = await ecs.send(new RunTaskCommand(taskInput));
  const task = required(tasks?.[0], 'task');
  const state = async () => {
    const described = await ecs.send(
      new DescribeTasksCommand({ cluster: 'main', tasks: [required(task.taskArn)] }),
    );
    return required(described.tasks?.[0], 'task');
  };
  expect(Object.keys(required(task.containers?.[0], 'container')).sort()).toEqual(
    ['containerArn', 'cpu', 'image', 'lastStatus', 'name', 'networkInterfaces', 'taskArn'].sort(),
  );
  expect(task).toMatchObject({ tags: [], attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }] });
  expect(task.healthStatus).toBeUndefined();
  clock.advance(10_000);
  const pending = await state();
  expect(pending).toMatchObject({ healthStatus: 'UNKNOWN', containers: [{ healthStatus: 'UNKNOWN' }, {}] });
  expect(pending.containers?.[0]).not.toHaveProperty('networkBindings');
  clock.advance(20_000);
  const running = await state();
  expect(running.containers?.[0]).toMatchObject({
    networkBindings: [],
    networkInterfaces: [{ attachmentId: running.attachments?.[0]?.id }],
    runtimeId: expect.stringMatching(/^[0-9a-f]{32}-\d+$/),
    lastStatus: 'RUNNING',
  });
  expect(running.attachments?.[0]?.details?.map(({ name }) => name)).toEqual([
    'subnetId',
    'networkInterfaceId',
    'macAddress',
    'privateDnsName',
    'privateIPv4Address',
  ]);
});
