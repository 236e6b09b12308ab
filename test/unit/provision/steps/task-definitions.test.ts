// The step for the task definitions: the calls that it makes in each case.
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecs';
import { beforeEach, expect, test } from '@jest/globals';
import type { FoundTaskDefinition } from '../../../../lib/look/task-definitions.ts';
import { secretParts } from '../../../../lib/derive/secret-definition.ts';
import { toCamelCaseTags } from '../../../../lib/derive/tags.ts';
import { definitionFields, taskDefinitionFor } from '../../../../lib/derive/task-definition.ts';
import { taskDefinitions } from '../../../../provision/steps/task-definitions.ts';
import { ACCOUNT, awsError, config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { existing } from '../../existing-resources.ts';

const { images } = existing;
const tags = ourTags('taskDefinitions', 'web');
const role = (key: string) => `arn:aws:iam::${ACCOUNT}:role/slipway/shop-dev/shop-dev-${key}`;
const definitionFor = (stack = config(), uris: Readonly<Record<string, { imageUri: string }>> = images) => {
  const [service] = stack.services;
  if (!service) throw new Error('no service');
  return taskDefinitionFor(service, {
    family: 'shop-dev-web',
    region: 'eu-west-1',
    logGroup: '/slipway/shop-dev',
    executionRoleArn: role('execution'),
    taskRoleArn: role('task'),
    imageOf: ({ key, image }) => ('reference' in image ? image.reference : (uris[key]?.imageUri ?? '')),
    ...secretParts(undefined, { region: 'eu-west-1', account: ACCOUNT }),
  });
};
const foundDefinition: FoundTaskDefinition = {
  taskDefinitionArn: 'arn:definition:1',
  family: 'shop-dev-web',
  status: 'ACTIVE',
  olderRevisionCount: 0,
  definition: definitionFields(definitionFor()),
  tags,
};
const scenario = { noun: 'taskDefinitions' as const, ids: { images } };
const scenarioWith = (changes: Partial<FoundTaskDefinition> = {}) => ({
  ...scenario,
  found: { images, taskDefinitions: { web: { ...foundDefinition, ...changes } } },
});
const registerCall = (stack = config()) => ({
  command: 'RegisterTaskDefinition',
  input: { ...definitionFor(stack), tags: toCamelCaseTags(tags) },
});

/** Returns the stack with changes to its first container. */
const stackWith = (change: object) =>
  config({
    services: config().services.map((service) => ({
      ...service,
      containers: service.containers.map((container, index) =>
        index === 0 ? { ...container, ...change } : container,
      ),
    })),
  });

const listCall = {
  command: 'ListTaskDefinitions',
  input: { familyPrefix: 'shop-dev-web', status: 'ACTIVE' },
};
beforeEach(() => void mocks.ecs.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns: [] }));

function mockRegister(): void {
  mocks.ecs
    .on(RegisterTaskDefinitionCommand)
    .resolves({ taskDefinition: { taskDefinitionArn: 'arn:definition:2' } });
}

test('creates when missing', async () => {
  mockRegister();
  const { shortChanges, ids } = await provisionStep(taskDefinitions, scenario);
  expect(shortChanges).toEqual([['create', 'web']]);
  expect(ids).toEqual({ web: { taskDefinitionArn: 'arn:definition:2' } });
  expect(sentCalls()).toEqual([registerCall(), listCall]);
});

test('a task definition refers to the roles by the ARNs that IAM returned', async () => {
  mockRegister();
  const roleOf = (key: string) => ({ roleName: key, roleArn: `arn:aws-new:iam::1:role/${key}` });
  const roles = { execution: roleOf('execution'), task: roleOf('task') };
  await provisionStep(taskDefinitions, { ...scenario, ids: { images, roles } });
  const arns = { executionRoleArn: roles.execution.roleArn, taskRoleArn: roles.task.roleArn };
  expect(sentCalls()[0]?.input).toMatchObject(arns);

  const definition = definitionFields({ ...definitionFor(), ...arns });
  const found = { images, roles, taskDefinitions: { web: { ...foundDefinition, definition } } };
  const { shortChanges } = await provisionStep(taskDefinitions, { ...scenario, found: found as never });
  expect(shortChanges).toEqual([]);
});

test('creates when missing: retries while a role has not propagated', async () => {
  mockRegister();
  mocks.ecs
    .on(RegisterTaskDefinitionCommand)
    .rejectsOnce(
      awsError('AccessDeniedException', 'is not authorized to perform: iam:PassRole on resource: arn:role'),
    )
    .rejectsOnce(awsError('ClientException', 'Role is not valid'))
    .resolves({ taskDefinition: { taskDefinitionArn: 'arn:definition:2' } });
  await provisionStep(taskDefinitions, scenario);
  expect(sentCalls()).toEqual([registerCall(), registerCall(), registerCall(), listCall]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(taskDefinitions, scenarioWith());
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mockRegister();
  const other = stackWith({ environment: { LEVEL: 'debug' } });
  const { shortChanges, ids } = await provisionStep(taskDefinitions, { ...scenarioWith(), config: other });
  expect(shortChanges).toEqual([['update', 'web', 'api1.environment', 'api1.environment.LEVEL']]);
  expect(ids).toEqual({ web: { taskDefinitionArn: 'arn:definition:2' } });
  expect(sentCalls()).toEqual([registerCall(other), listCall]);
});

test('repairs drift: an image that is not pushed yet needs a new revision', async () => {
  mockRegister();
  const fresh = { ...images, 'web-api1': { imageUri: 'registry/shop-dev/web-api1@sha256:new' } };
  const { shortChanges } = await provisionStep(taskDefinitions, {
    ...scenarioWith(),
    ids: { images: fresh },
    found: { images: { 'web-api2': images['web-api2'] } as never, taskDefinitions: { web: foundDefinition } },
  });
  expect(shortChanges).toEqual([['update', 'web', 'api1.image']]);
  expect(sentCalls()).toEqual([
    {
      command: 'RegisterTaskDefinition',
      input: { ...definitionFor(config(), fresh), tags: toCamelCaseTags(tags) },
    },
    listCall,
  ]);
});

test('repairs drift: a reference to an existing image is already known in the plan', async () => {
  const other = stackWith({ image: { reference: 'nginx:1.29' } });
  const definition = definitionFields(definitionFor(other));
  const { shortChanges } = await provisionStep(taskDefinitions, {
    ...scenarioWith({ definition }),
    config: other,
    found: {
      images: { 'web-api2': images['web-api2'] } as never,
      taskDefinitions: { web: { ...foundDefinition, definition } },
    },
  });
  expect(shortChanges).toEqual([]);
});

test('repairs drift: tags alone need no new revision', async () => {
  mocks.ecs.on(TagResourceCommand).resolves({});
  const { shortChanges, ids } = await provisionStep(
    taskDefinitions,
    scenarioWith({ tags: { ...tags, Name: 'other' } }),
  );
  expect(shortChanges).toEqual([['update', 'web', 'tag.Name']]);
  expect(ids).toEqual({ web: { taskDefinitionArn: 'arn:definition:1' } });
  expect(sentCalls()).toEqual([
    { command: 'TagResource', input: { resourceArn: 'arn:definition:1', tags: toCamelCaseTags(tags) } },
    listCall,
  ]);
});

test('repairs drift: a definition that a teardown has deregistered but not deleted is registered again', async () => {
  mockRegister();
  const { shortChanges } = await provisionStep(taskDefinitions, scenarioWith({ status: 'INACTIVE' }));
  expect(shortChanges).toEqual([['update', 'web', 'status']]);
  expect(sentCalls()).toEqual([registerCall(), listCall]);
});

test('repairs drift: earlier revisions of the stack are deregistered; revisions of others and of other families are kept', async () => {
  const revision = (n: number) => `arn:task-definition/shop-dev-web:${n}`;
  const describeCall = (n: number) => ({
    command: 'DescribeTaskDefinition',
    input: { taskDefinition: revision(n), include: ['TAGS'] },
  });
  mocks.ecs.on(DeregisterTaskDefinitionCommand).resolves({});
  mocks.ecs.on(ListTaskDefinitionsCommand).resolves({
    taskDefinitionArns: [1, 2, 3, 4].map(revision).concat('arn:task-definition/shop-dev-web-other:1'),
  });
  mocks.ecs
    .on(DescribeTaskDefinitionCommand)
    .callsFake(({ taskDefinition: taskDefinitionArn }: { taskDefinition: string }) => ({
      taskDefinition: { taskDefinitionArn },
      tags: toCamelCaseTags(taskDefinitionArn === revision(2) ? { team: 'orders' } : tags),
    }));
  const { shortChanges } = await provisionStep(
    taskDefinitions,
    scenarioWith({ taskDefinitionArn: revision(4), olderRevisionCount: 2 }),
  );
  expect(shortChanges).toEqual([['update', 'web', 'older revisions']]);
  expect(sentCalls()).toEqual([
    listCall,
    ...[1, 2, 3, 4].map(describeCall),
    { command: 'DeregisterTaskDefinition', input: { taskDefinition: revision(1) } },
    { command: 'DeregisterTaskDefinition', input: { taskDefinition: revision(3) } },
  ]);
});

test('repairs drift: a family of task definitions that is no longer configured is removed', async () => {
  const { shortChanges } = await provisionStep(taskDefinitions, {
    ...scenario,
    found: {
      images,
      taskDefinitions: { web: foundDefinition, old: { ...foundDefinition, family: 'shop-dev-old' } },
    },
  });
  expect(shortChanges).toEqual([['remove', 'old']]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.ecs
    .on(RegisterTaskDefinitionCommand)
    .rejects(awsError('ClientException', 'No Fargate configuration exists for given values.'));
  await expect(provisionStep(taskDefinitions, scenario)).rejects.toMatchObject({
    message: 'No Fargate configuration exists for given values.',
  });
  expect(sentCalls()).toEqual([registerCall()]);
});
