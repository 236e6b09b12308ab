// The task definitions that the sandbox refuses to register.
import {
  RegisterTaskDefinitionCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { account, required, twoContainerTask, withFirstContainer } from './scene.ts';

type Overrides = Partial<RegisterTaskDefinitionCommandInput>;

const ECR = '000000000000.dkr.ecr.eu-west-1.amazonaws.com/one:1';
const awslogs = (options: Record<string, string>) => ({
  logConfiguration: { logDriver: 'awslogs' as const, options },
});
const LOGS = { 'awslogs-group': 'g', 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': 'p' };
const validHealthCheck = { command: ['CMD-SHELL', 'true'] };

const refusals: [string, (role: string) => Overrides, string | RegExp][] = [
  ['an invalid family', () => ({ family: 'a b' }), /^Family contains invalid characters/],
  ['no container', () => ({ containerDefinitions: [] }), 'Container list cannot be empty.'],
  [
    'eleven containers',
    () => ({
      containerDefinitions: Array.from({ length: 11 }, (_, index) => ({ name: `c${index}`, image: 'one' })),
    }),
    /^Too many containers/,
  ],
  ['another network mode', () => ({ networkMode: 'bridge' }), 'Fargate only supports network mode ‘awsvpc’.'],
  ['no cpu', () => ({ cpu: undefined }), "Fargate requires that 'cpu' be defined at the task level."],
  [
    'no memory',
    () => ({ memory: undefined }),
    "Fargate requires that 'memory' be defined at the task level.",
  ],
  [
    'a size that Fargate does not have',
    () => ({ cpu: '256', memory: '4096' }),
    'No Fargate configuration exists for given values: 256 CPU, 4096 memory. See the Amazon ECS documentation for the valid values.',
  ],
  [
    'a large memory size between two valid steps',
    () => ({ cpu: '8192', memory: '17408' }),
    /^No Fargate configuration exists for given values: 8192 CPU, 17408 memory/,
  ],
  ['a cpu value that is not a number', () => ({ cpu: 'two' }), /^Invalid 'cpu'/],
  [
    'a host port that differs from the container port',
    (role) => withFirstContainer(role, { portMappings: [{ containerPort: 5000, hostPort: 80 }] }),
    'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
  ],
  [
    'a port that is out of range',
    (role) => withFirstContainer(role, { portMappings: [{ containerPort: 70_000 }] }),
    /containerPort/,
  ],
  [
    'the same port twice in a task',
    (role) => withFirstContainer(role, { portMappings: [{ containerPort: 6000 }] }),
    /^Invalid setting for container 'api2'\. Port mapping 6000\/tcp is used more than once/,
  ],
  [
    'equal container names',
    (role) => withFirstContainer(role, { name: 'api2' }),
    /^Container names must be unique/,
  ],
  ['a container without a name', (role) => withFirstContainer(role, { name: '' }), /^Container\.name/],
  ['a container with a bad name', (role) => withFirstContainer(role, { name: 'a b' }), /^Container\.name/],
  ['a container without an image', (role) => withFirstContainer(role, { image: '' }), /^Container\.image/],
  [
    'no essential container',
    () => ({ containerDefinitions: [{ name: 'one', image: 'one', essential: false }] }),
    /essential/,
  ],
  [
    'containers that reserve more cpu than the task has',
    (role) => withFirstContainer(role, { cpu: 512 }),
    /'cpu' of the containers/,
  ],
  [
    'a container with more memory than the task',
    (role) => withFirstContainer(role, { memory: 1024 }),
    "The 'memory' setting for container 'api1' is greater than for the task.",
  ],
  [
    'a memory limit below the memory reservation',
    (role) => withFirstContainer(role, { memory: 128, memoryReservation: 256 }),
    /memoryReservation/,
  ],
  [
    'a soft limit above the hard limit',
    (role) => withFirstContainer(role, { ulimits: [{ name: 'nofile', softLimit: 2048, hardLimit: 1024 }] }),
    "Invalid setting for container 'api1'. The soft limit of ulimit 'nofile' must be less than or equal to its hard limit.",
  ],
  [
    'images in ECR without an execution role',
    (role) => ({ executionRoleArn: undefined, ...withFirstContainer(role, { image: ECR }) }),
    'Fargate requires task definition to have execution role ARN to support ECR images.',
  ],
  [
    'the awslogs driver without an execution role',
    (role) => ({ executionRoleArn: undefined, ...withFirstContainer(role, awslogs(LOGS)) }),
    'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
  ],
  [
    'the awslogs driver without a log group',
    (role) => withFirstContainer(role, awslogs({ 'awslogs-region': 'eu-west-1' })),
    'Log driver awslogs requires options: awslogs-region, awslogs-group',
  ],
  [
    'the awslogs driver without a stream prefix',
    (role) => withFirstContainer(role, awslogs({ 'awslogs-region': 'eu-west-1', 'awslogs-group': 'g' })),
    /awslogs-stream-prefix/,
  ],
  [
    'a log driver that Fargate does not have',
    (role) => withFirstContainer(role, { logConfiguration: { logDriver: 'journald' } }),
    'journald is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]',
  ],
  [
    'a role that does not exist',
    () => ({ taskRoleArn: 'arn:aws:iam::000000000000:role/nobody' }),
    'Role is not valid',
  ],
  [
    'a dependency on an unknown container',
    (role) => withFirstContainer(role, { dependsOn: [{ containerName: 'x', condition: 'START' }] }),
    "Cannot depend on container + 'x' because it does not exist",
  ],
  [
    'a dependency on HEALTHY without a health check',
    (role) => withFirstContainer(role, { dependsOn: [{ containerName: 'api2', condition: 'HEALTHY' }] }),
    'A dependency container with HEALTHY condition must have health check configured',
  ],
  [
    'a dependency on the success of an essential container',
    (role) => withFirstContainer(role, { dependsOn: [{ containerName: 'api2', condition: 'SUCCESS' }] }),
    'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
  ],
  [
    'a dependency without a condition',
    (role) => withFirstContainer(role, { dependsOn: [{ containerName: 'api2', condition: undefined }] }),
    'A container dependency must have a condition.',
  ],
  [
    'circular dependencies',
    () => ({
      containerDefinitions: [
        { name: 'one', image: 'one', dependsOn: [{ containerName: 'two', condition: 'START' }] },
        { name: 'two', image: 'two', dependsOn: [{ containerName: 'one', condition: 'START' }] },
      ],
    }),
    'Container dependsOn contains a cycle.',
  ],
  [
    'a health check command without CMD or CMD-SHELL',
    (role) => withFirstContainer(role, { healthCheck: { command: ['curl', 'localhost'] } }),
    /CMD or CMD-SHELL/,
  ],
  [
    'a health check interval out of range',
    (role) => withFirstContainer(role, { healthCheck: { ...validHealthCheck, interval: 4 } }),
    /interval: 4\. It must be between 5 and 300/,
  ],
  [
    'a health check timeout out of range',
    (role) => withFirstContainer(role, { healthCheck: { ...validHealthCheck, timeout: 61 } }),
    /timeout: 61/,
  ],
  [
    'zero retries',
    (role) => withFirstContainer(role, { healthCheck: { ...validHealthCheck, retries: 0 } }),
    /retries: 0/,
  ],
  [
    'a health check start period out of range',
    (role) => withFirstContainer(role, { healthCheck: { ...validHealthCheck, startPeriod: 301 } }),
    /startPeriod: 301/,
  ],
  ['a long stop timeout', (role) => withFirstContainer(role, { stopTimeout: 121 }), /less than 120 seconds/],
  ['a short stop timeout', (role) => withFirstContainer(role, { stopTimeout: 1 }), /at least 2 seconds/],
  [
    'a privileged container',
    (role) => withFirstContainer(role, { privileged: true }),
    /'privileged' is not supported on Fargate/,
  ],
  [
    'container links',
    (role) => withFirstContainer(role, { links: ['api2'] }),
    /'links' is not supported on Fargate/,
  ],
  [
    'placement constraints',
    () => ({ placementConstraints: [{ type: 'memberOf' }] }),
    /^Placement constraints/,
  ],
  [
    'too little ephemeral storage',
    () => ({ ephemeralStorage: { sizeInGiB: 20 } }),
    'EphemeralStorage size should be at least 21',
  ],
  [
    'too much ephemeral storage',
    () => ({ ephemeralStorage: { sizeInGiB: 201 } }),
    'EphemeralStorage size should be at most 200',
  ],
];

test.each(refusals)('RegisterTaskDefinition refuses %s', async (_what, overrides, message) => {
  const { ecs, role } = await account();
  const refusal = await refusalOf(
    ecs.send(new RegisterTaskDefinitionCommand({ ...twoContainerTask(role), ...overrides(role) })),
  );
  expect(refusal.code).toMatch(/^(ClientException|InvalidParameterException)$/);
  if (typeof message === 'string') expect(refusal.message).toBe(message);
  else expect(refusal.message).toMatch(message);
});

test.each<[string, string, Partial<RegisterTaskDefinitionCommandInput>]>([
  ['a mount of an unknown volume', "ClientException: Unknown volume 'b'.", { volumes: [{ name: 'a' }] }],
  [
    'a volume from the host on Fargate',
    'ClientException: Fargate compatible task definitions do not support sourcePath',
    { volumes: [{ name: 'b', host: { sourcePath: '/srv' } }] },
  ],
  [
    'a volume without a valid name',
    'ClientException: Volume.name contains invalid characters.',
    { volumes: [{ name: 'b' }, { name: 'a b' }] },
  ],
  [
    'a file system of EFS',
    'NotImplemented: The sandbox does not support volumes[0].efsVolumeConfiguration',
    { volumes: [{ name: 'b', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }] },
  ],
])('%s is refused', async (_, message, changes) => {
  const { ecs, role } = await account();
  const mountPoints = [{ sourceVolume: 'b', containerPath: '/tmp' }];
  const input = { ...twoContainerTask(role), ...withFirstContainer(role, { mountPoints }), ...changes };
  const refusal = await refusalOf(ecs.send(new RegisterTaskDefinitionCommand(input)));
  expect(`${refusal.code}: ${refusal.message}`).toContain(message);
});

test.each<[string, object]>([
  ['mountPoints[0].containerPath /usr', { containerPath: '/usr' }],
  ['mountPoints[0].readOnly', { readOnly: true }],
])('%s is reported as not implemented', async (member, changes) => {
  const { ecs, role } = await account();
  const mountPoints = [{ sourceVolume: 'b', containerPath: '/tmp', ...changes }];
  const input = {
    ...twoContainerTask(role),
    ...withFirstContainer(role, { mountPoints }),
    volumes: [{ name: 'b' }],
  };
  const refusal = await refusalOf(ecs.send(new RegisterTaskDefinitionCommand(input)));
  expect(refusal).toEqual({ code: 'NotImplemented', message: expect.stringContaining(member) });
});

test.each<[string, Partial<ContainerDefinition>]>([
  ['environmentFiles', { environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/a.env' }] }],
  ['logConfiguration.logDriver splunk', { logConfiguration: { logDriver: 'splunk' } }],
  ['linuxParameters.swappiness', { linuxParameters: { swappiness: 1 } }],
])('RegisterTaskDefinition reports %s as not implemented', async (member, overrides) => {
  const { ecs, role } = await account();
  const refusal = await refusalOf(
    ecs.send(
      new RegisterTaskDefinitionCommand({
        ...twoContainerTask(role),
        ...withFirstContainer(role, overrides),
      }),
    ),
  );
  expect(refusal).toEqual({ code: 'NotImplemented', message: expect.stringContaining(member) });
});

test('RegisterTaskDefinition accepts 65536 bytes, and refuses one more', async () => {
  const { ecs, role } = await account();
  const withValue = (value: string) => ({
    ...twoContainerTask(role),
    ...withFirstContainer(role, { environment: [{ name: 'BIG', value }] }),
    // Tags do not count towards the size.
    tags: [{ key: 'not', value: 'counted' }],
  });
  const { tags: _, ...definition } = withValue('');
  const remainingBytes = 65_536 - Buffer.byteLength(JSON.stringify(definition));
  const value = `é${'x'.repeat(remainingBytes - 2)}`;
  const refusal = await refusalOf(ecs.send(new RegisterTaskDefinitionCommand(withValue(`${value}x`))));
  expect(refusal).toEqual({
    code: 'ClientException',
    message: "Actual length: '65537'. Max allowed length is '65536' bytes.",
  });
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(withValue(value)));
  expect(required(taskDefinition).revision).toBe(1);
});

test('a refused registration uses no revision number', async () => {
  const { ecs, role } = await account();
  await refusalOf(ecs.send(new RegisterTaskDefinitionCommand({ ...twoContainerTask(role), cpu: '1' })));
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(role)));
  expect(required(taskDefinition).revision).toBe(1);
});
