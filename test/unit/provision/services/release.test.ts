// The release commands of a service: when they are due, and what a deployment does with their outcome.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  TagResourceCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { withRelease } from '../../../../provision/services/release.ts';
import { services } from '../../../../provision/steps/services.ts';
import type { ServiceField } from '../../../../provision/services/calls.ts';
import type { Change } from '../../../../lib/model/change.ts';
import { config, desiredOf, mocks, mutations, provisionStep, surveyOf } from '../../step-harness.ts';

const [web] = config().services;
if (!web) throw new Error('no service');
const stack = config({
  services: [
    {
      ...web,
      containers: web.containers.map((one) =>
        one.name === 'api1' ? { ...one, release: ['node', 'migrate.js', '--token=hunter2hunter2'] } : one,
      ),
    },
  ],
});
const change: Change<ServiceField> = { noun: 'services', key: 'web', verb: 'update', fields: [], reason: '' };
const definitionOf = (revision: number, tags = {}) =>
  ({
    taskDefinitionArn: `arn:task-definition/shop-dev-web:${revision}`,
    ...{ family: 'shop-dev-web', status: 'ACTIVE', definition: {}, olderRevisionCount: 0, tags },
  }) as never;
const deployed = (revision: number) =>
  ({ serviceArn: 'arn:web', taskDefinitionArn: `arn:task-definition/shop-dev-web:${revision}` }) as never;
const released = { 'slipway:released': '2026-01-01T00:00:00.000Z' };

describe('a release is planned', () => {
  const isPlanned = (
    found: Parameters<typeof surveyOf>[0],
    isNew: boolean,
    of: Change<ServiceField> = change,
    desired = stack,
  ) => withRelease(desiredOf(desired), surveyOf(found), of, isNew).fields.length > 0;

  test.each([
    [
      'for a new revision',
      { services: { web: deployed(1) }, taskDefinitions: { web: definitionOf(1, released) } },
      true,
    ],
    ['for a first deployment', {}, false],
    [
      'for a revision that was registered but never deployed',
      { services: { web: deployed(1) }, taskDefinitions: { web: definitionOf(2) } },
      false,
    ],
    [
      'for a service that was deleted before its release',
      { taskDefinitions: { web: definitionOf(1) } },
      false,
    ],
  ])('%s', (_, found, isNew) => {
    expect(isPlanned(found, isNew)).toBe(true);
  });

  test.each([
    [
      'if the revision is released, but not deployed',
      { services: { web: deployed(1) }, taskDefinitions: { web: definitionOf(2, released) } },
    ],
    [
      'if only drift is repaired',
      { services: { web: deployed(1) }, taskDefinitions: { web: definitionOf(1) } },
    ],
    ['if a deleted service comes back', { taskDefinitions: { web: definitionOf(1, released) } }],
  ])('never %s', (_, found) => {
    expect(isPlanned(found, false)).toBe(false);
  });

  test('never for a removal, or without a command', () => {
    expect(isPlanned({}, true, { ...change, verb: 'remove' })).toBe(false);
    expect(isPlanned({}, true, change, config())).toBe(false);
  });

  test('in words, without secrets', () => {
    expect(withRelease(desiredOf(stack), surveyOf(), change, true).fields).toEqual([
      {
        field: 'release',
        from: undefined,
        to: 'runs node migrate.js --token=(not shown) in api1 before the new tasks start',
      },
    ]);
  });
});

describe('a release', () => {
  const task = (more: Task): Task => ({ taskArn: 'arn:task/shop-dev/t1', lastStatus: 'STOPPED', ...more });
  const deploy = () =>
    provisionStep(services, {
      ...{ noun: 'services', config: stack, waitUntilReady: false },
      ids: {
        taskDefinitions: { web: { taskDefinitionArn: 'arn:task-definition/shop-dev-web:1' } },
        subnets: {
          'private-1': { zone: 'a', subnetId: 'subnet-1' },
          'private-2': { zone: 'b', subnetId: 'subnet-2' },
        },
        securityGroups: { web: { groupId: 'sg-1' } },
      },
    });
  beforeEach(() => {
    mocks.ecs.on(DescribeTaskDefinitionCommand).resolves({
      taskDefinition: {
        taskDefinitionArn: 'arn:task-definition/shop-dev-web:1',
        ...{ family: 'shop-dev-web', revision: 1, status: 'ACTIVE', registeredBy: 'me' },
        containerDefinitions: [{ name: 'api1', image: 'new' }, { name: 'api2' }],
      },
    });
    mocks.ecs
      .on(RegisterTaskDefinitionCommand)
      .resolves({ taskDefinition: { taskDefinitionArn: 'arn:one-off:1' } });
    mocks.ecs.on(RunTaskCommand).resolves({ tasks: [{ taskArn: 'arn:task/shop-dev/t1' }] });
    mocks.ecs.on(DeregisterTaskDefinitionCommand).resolves({});
    mocks.ecs.on(DeleteTaskDefinitionsCommand).resolves({});
    mocks.ecs.on(TagResourceCommand).resolves({});
    mocks.ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: 'arn:web' } });
    mocks.logs.on(GetLogEventsCommand).callsFake(({ nextToken }: { nextToken?: string }) => ({
      events: nextToken === undefined ? [{ timestamp: 1, message: 'Error: no such table' }] : [],
      nextForwardToken: 'end',
    }));
  });

  test('runs with the new version, and marks its revision before the service is deployed', async () => {
    mocks.ecs.on(DescribeTasksCommand).resolves({
      tasks: [task({ stopCode: 'EssentialContainerExited', containers: [{ name: 'api1', exitCode: 0 }] })],
    });
    const { notes } = await deploy();
    expect(mutations().map(({ command }) => command)).toEqual([
      ...['RegisterTaskDefinition', 'RunTask', 'DeregisterTaskDefinition', 'DeleteTaskDefinitions'],
      ...['TagResource', 'CreateService'],
    ]);
    expect(mutations()).toMatchObject([
      {
        input: {
          family: 'shop-dev-web_run',
          containerDefinitions: [
            { name: 'api1', image: 'new', command: ['node', 'migrate.js', '--token=hunter2hunter2'] },
          ],
        },
      },
      { input: { startedBy: 'slipway/release', taskDefinition: 'arn:one-off:1' } },
      {},
      {},
      {
        input: {
          resourceArn: 'arn:task-definition/shop-dev-web:1',
          tags: [{ key: 'slipway:released', value: expect.stringMatching(/^2026-01-01T/) as unknown }],
        },
      },
      {},
    ]);
    expect(notes).toEqual([
      'web: task t1 runs node migrate.js --token=(not shown)',
      'web: node migrate.js --token=(not shown) has succeeded',
    ]);
  });

  test.each([
    [
      'failed with exit code 3',
      { stopCode: 'EssentialContainerExited' as const, containers: [{ name: 'api1', exitCode: 3 }] },
    ],
    ['was stopped', { stopCode: 'UserInitiated' as const, containers: [{ name: 'api1', exitCode: 0 }] }],
    ['did not start', { stopCode: 'TaskFailedToStart' as const, containers: [{ name: 'api1' }] }],
  ])('that %s deploys nothing, and is run again', async (ending, state) => {
    mocks.ecs.on(DescribeTasksCommand).resolves({ tasks: [task({ stoppedReason: 'ended', ...state })] });
    await expect(deploy()).rejects.toMatchObject({
      code: 'RELEASE',
      what: `The release command of web ${ending}: node migrate.js --token=(not shown).`,
      now: 'Task t1 has ended, and no service was deployed: web does not run yet. What the command itself has changed stays.',
    });
    expect(mutations().map(({ command }) => command)).not.toContain('CreateService');
    expect(mutations().map(({ command }) => command)).not.toContain('TagResource');
  });
});
