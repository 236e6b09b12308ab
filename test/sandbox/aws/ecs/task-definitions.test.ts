// The sandbox's task definitions: their revisions and defaults, and how they are listed and deleted.
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type ListTaskDefinitionsCommandInput,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { account, balancedAccount, calls, required, twoContainerTask, withFirstContainer } from './scene.ts';

test("every registration creates a new revision with ECS's defaults", async () => {
  const { ecs, role } = await account();
  const register = () => ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(role)));
  await register();
  const { taskDefinition } = await register();
  expect(taskDefinition).toMatchObject({
    taskDefinitionArn: 'arn:aws:ecs:eu-west-1:000000000000:task-definition/web:2',
    family: 'web',
    revision: 2,
    status: 'ACTIVE',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    compatibilities: ['EC2', 'FARGATE', 'MANAGED_INSTANCES'],
    requiresCompatibilities: ['FARGATE'],
    volumes: [],
    placementConstraints: [],
    registeredAt: expect.any(Date),
  });
  expect(taskDefinition?.containerDefinitions?.[0]).toEqual({
    name: 'api1',
    image: 'public.ecr.aws/one:1',
    cpu: 0,
    essential: true,
    portMappings: [{ containerPort: 5000, hostPort: 5000, protocol: 'tcp' }],
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
  });
});

test('task sizes may be given with units', async () => {
  const { ecs, role } = await account();
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({ ...twoContainerTask(role), cpu: '0.5 vCPU', memory: '2 GB' }),
  );
  expect(taskDefinition).toMatchObject({ cpu: '512', memory: '2048' });
});

test('omitted members of a health check get their defaults', async () => {
  const { ecs, role } = await account();
  const healthCheck = { command: ['CMD-SHELL', 'true'] };
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...twoContainerTask(role),
      ...withFirstContainer(role, { healthCheck }),
    }),
  );
  expect(taskDefinition?.containerDefinitions?.[0]?.healthCheck).toEqual({
    command: ['CMD-SHELL', 'true'],
    interval: 30,
    timeout: 5,
    retries: 3,
  });
});

test('a family name means its newest ACTIVE revision, while an ARN or number can name any revision', async () => {
  const { ecs, role } = await account();
  for (let count = 0; count < 3; count += 1) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        ...twoContainerTask(role),
        tags: [{ key: 'n', value: `${count}` }],
      }),
    );
  }
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:3' }));
  const describe = async (taskDefinition: string, include?: ['TAGS']) =>
    ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include }));
  expect((await describe('web')).taskDefinition?.revision).toBe(2);
  const third = await describe('arn:aws:ecs:eu-west-1:000000000000:task-definition/web:3', ['TAGS']);
  expect(third).toMatchObject({
    taskDefinition: { revision: 3, status: 'INACTIVE', deregisteredAt: expect.any(Date) },
    tags: [{ key: 'n', value: '2' }],
  });
  expect((await describe('web:3')).tags).toBeUndefined();
  expect(await refusalOf(describe('nope'))).toEqual({
    code: 'ClientException',
    message: 'Unable to describe task definition.',
  });
});

test('revisions can be sorted, and filtered by status and family; families can be filtered by status', async () => {
  const { ecs, role } = await account();
  for (const family of ['web', 'web', 'webs']) {
    await ecs.send(new RegisterTaskDefinitionCommand({ ...twoContainerTask(role), family }));
  }
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'webs:1' }));
  const names = async (input: ListTaskDefinitionsCommandInput) =>
    (await ecs.send(new ListTaskDefinitionsCommand(input))).taskDefinitionArns?.map((arn) =>
      arn.split('/').at(-1),
    );
  expect(await names({ familyPrefix: 'web' })).toEqual(['web:1', 'web:2']);
  expect(await names({ sort: 'DESC' })).toEqual(['web:2', 'web:1']);
  expect(await names({ status: 'INACTIVE' })).toEqual(['webs:1']);
  const families = async (status?: 'ACTIVE' | 'INACTIVE') =>
    (await ecs.send(new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'w', status }))).families;
  expect(await families()).toEqual(['web', 'webs']);
  expect(await families('ACTIVE')).toEqual(['web']);
  expect(await families('INACTIVE')).toEqual(['webs']);
});

test('only INACTIVE revisions can be deleted, and their numbers are not reused', async () => {
  const { ecs, role } = await account();
  const register = () => ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(role)));
  await register();
  const remove = (taskDefinitions: string[]) =>
    ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
  expect((await remove(['web:1', 'web:9'])).failures).toMatchObject([
    { arn: 'arn:aws:ecs:eu-west-1:000000000000:task-definition/web:1' },
    { arn: 'arn:aws:ecs:eu-west-1:000000000000:task-definition/web:9', reason: 'MISSING' },
  ]);
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' }));
  expect((await remove(['web:1'])).taskDefinitions).toMatchObject([{ status: 'DELETE_IN_PROGRESS' }]);
  const describe = new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1' });
  expect((await refusalOf(ecs.send(describe))).code).toBe('ClientException');
  expect((await register()).taskDefinition?.revision).toBe(2);
  const tooMany = Array.from({ length: 11 }, (_, index) => `web:${index}`);
  expect((await refusalOf(remove(tooMany))).code).toBe('InvalidParameterException');
});

test('the deletion of a task definition waits until no service or task uses it', async () => {
  const scene = await balancedAccount();
  const { create, update, service } = calls(scene.ecs);
  await create(scene.serviceInput());
  await scene.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' }));
  await scene.ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ['web:1'] }));
  const status = async () =>
    (await scene.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1' }))).taskDefinition
      ?.status;
  await service();
  expect(await status()).toBe('DELETE_IN_PROGRESS');
  await scene.ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(scene.role)));
  await update({ taskDefinition: 'web:2' });
  for (let attempt = 0; attempt < 5; attempt += 1) await service();
  expect((await refusalOf(status())).code).toBe('ClientException');
});

test('a revision can be deregistered twice, but must exist', async () => {
  const { ecs, role } = await account();
  await ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(role)));
  const deregister = (taskDefinition: string) =>
    ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  await deregister('web:1');
  expect((await deregister('web:1')).taskDefinition?.status).toBe('INACTIVE');
  expect((await refusalOf(deregister('web'))).code).toBe('ClientException');
  expect((await refusalOf(deregister('web:9'))).code).toBe('ClientException');
});

test('a task definition that a call returned can be registered again', async () => {
  const { ecs, role } = await account();
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(role)));
  const { family, containerDefinitions, volumes, placementConstraints, ...rest } = required(taskDefinition);
  const { networkMode, requiresCompatibilities, cpu, memory, executionRoleArn, taskRoleArn } = rest;
  const second = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions,
      volumes,
      placementConstraints,
      networkMode,
      requiresCompatibilities,
      cpu,
      memory,
      executionRoleArn,
      taskRoleArn,
    }),
  );
  expect(second.taskDefinition?.revision).toBe(2);
  expect(second.taskDefinition?.containerDefinitions).toEqual(containerDefinitions);
});

test('an ephemeral volume that a container mounts at /tmp is returned as ECS stores it', async () => {
  const { ecs, role } = await account();
  const [first, ...others] = twoContainerTask(role).containerDefinitions ?? [];
  const mountPoints = [{ sourceVolume: 'scratch', containerPath: '/tmp', readOnly: false }];
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...twoContainerTask(role),
      containerDefinitions: [{ ...first, mountPoints }, ...others],
      volumes: [{ name: 'scratch' }],
    }),
  );
  expect(taskDefinition?.volumes).toEqual([{ name: 'scratch', host: {} }]);
  expect(taskDefinition?.containerDefinitions?.[0]?.mountPoints).toEqual(mountPoints);
});
