// Replacing a service without an outage: an update or a second service, and a deployment that an earlier run began.
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FoundService } from '../../../../lib/look/services.ts';
import type { FoundTargetGroup } from '../../../../lib/look/target-groups.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { withServiceNames } from '../../../../provision/services/succession.ts';
import { services } from '../../../../provision/steps/services.ts';
import { config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import {
  stackWith,
  createCall,
  fail,
  mockDeployed,
  foundService,
  mutations,
  rulesTo,
  scenario,
  scenarioWith,
} from '../service-scenario.ts';

const [service = fail()] = config().services;
const [api1 = fail(), api2 = fail()] = service.containers;

/** A target group that requests are still sent to, with its health check. */
const oldGroup = (changes: Partial<FoundTargetGroup> = {}): FoundTargetGroup => ({
  targetGroupArn: 'arn:group-old',
  name: 'shop-dev-web-api1-0000',
  vpcId: 'vpc-1',
  port: 4000,
  protocol: 'HTTP',
  health: { ...api1.health, protocol: 'HTTP', port: 'traffic-port' },
  loadBalancerArns: [],
  attributes: {},
  tags: ourTags('targetGroups', 'web-api1'),
  ...changes,
});
const otherHealth = { ...oldGroup().health, path: '/old' };
const otherDefinition = { taskDefinitionArn: 'arn:aws:ecs:eu-west-1:1:task-definition/shop-dev-web:0' };

/** A service whose first container is still served by an old target group. */
function scenarioWithOldGroup(group: FoundTargetGroup, changes: Partial<FoundService> = {}) {
  const { found, ...rest } = scenario();
  const [, second = ''] = foundService.loadBalancers;
  const service = {
    ...foundService,
    loadBalancers: ['api1:4000 → arn:group-old', second],
    targetGroupArns: ['arn:group-old', 'arn:group-2'],
    ...changes,
  };
  return {
    ...rest,
    found: {
      ...found,
      targetGroups: { ...found.targetGroups, [group.name]: group },
      rules: rulesTo('arn:group-old', 'arn:group-2'),
      services: { web: service },
    },
  };
}

describe('a service whose container gets another target group', () => {
  const name = namesOf(config()).successor(service, 0);
  beforeEach(() => {
    mockDeployed();
    const response = { service: { serviceArn: 'arn:new', events: [] } };
    mocks.ecs.on(CreateServiceCommand).resolves(response).on(UpdateServiceCommand).resolves(response);
    mocks.ecs.on(ListServicesCommand).resolves({});
  });

  test.each([
    ['the port changes', oldGroup(), otherDefinition],
    ['only the health check changes', oldGroup({ health: otherHealth }), {}],
    ['no task runs', oldGroup({ health: otherHealth }), { ...otherDefinition, runningCount: 0 }],
  ])('is updated if %s', async (_what, group, changes) => {
    const { shortChanges } = await provisionStep(services, scenarioWithOldGroup(group, changes));
    expect(shortChanges.map((change) => change.slice(0, 2))).toEqual([['update', 'web']]);
    expect(mutations()[0]?.command).toBe('UpdateService');
  });

  test('gives its tasks to both groups until the rule has switched, but not if no task receives requests', async () => {
    const groupsSent = async (changes: Partial<FoundService>) => {
      mocks.ecs.resetHistory();
      await provisionStep(services, scenarioWithOldGroup(oldGroup(), { ...otherDefinition, ...changes }));
      return mutations().map(({ input }) =>
        (input as UpdateServiceCommandInput).loadBalancers?.map(({ targetGroupArn }) => targetGroupArn),
      );
    };
    const desired = ['arn:group-1', 'arn:group-2'];
    expect(await groupsSent({})).toEqual([[...desired, 'arn:group-old'], desired]);
    expect(await groupsSent({ runningCount: 0 })).toEqual([desired]);
  });

  test.each([
    ['the program and its health check change', oldGroup({ health: otherHealth }), otherDefinition],
    [
      'the program and the accepted status codes change',
      oldGroup({ health: { ...oldGroup().health, matcher: '418' } }),
      otherDefinition,
    ],
    ['the protocol changes', oldGroup({ protocol: 'HTTPS' }), {}],
  ])('is replaced by a service beside it if %s', async (_what, group, changes) => {
    const { shortChanges, changes: planned } = await provisionStep(
      services,
      scenarioWithOldGroup(group, changes),
    );
    expect(shortChanges.map((change) => change.slice(0, 3))).toEqual([['replace', 'web', 'name']]);
    expect(planned).toMatchObject([
      {
        replaces: 'web~former',
        reason: 'no task can be healthy both in the old and in the new target groups',
      },
    ]);
    const { input } = createCall();
    expect(mutations()).toEqual([{ command: 'CreateService', input: { ...input, serviceName: name } }]);
    const describes = sentCalls().filter(({ command }) => command === 'DescribeServices');
    expect((describes[0]?.input as { services: string[] }).services).toEqual([name]);
  });

  test('is replaced if old and new groups together exceed the number that ECS allows', async () => {
    const more = ['b', 'c', 'd'].map((key) => ({ ...api2, key, name: key, path: `/${key}` }));
    const stack = stackWith({ containers: [api1, api2, ...more] });
    const base = scenarioWithOldGroup(oldGroup(), otherDefinition);
    const groups = Object.fromEntries(
      more.map(({ key }) => [key, { targetGroupArn: `arn:${key}`, tags: {} }]),
    );
    const targetGroups = { ...base.ids.targetGroups, ...groups };
    const { shortChanges } = await provisionStep(services, {
      ...base,
      config: stack,
      ids: { ...base.ids, targetGroups },
      found: {
        ...base.found,
        targetGroups: { ...base.found.targetGroups, ...groups } as typeof base.found.targetGroups,
      },
    });
    expect(shortChanges.map((change) => change.slice(0, 3))).toEqual([['replace', 'web', 'name']]);
  });

  test('has a successor with a free name', () => {
    const services = new Map([
      ['web~former', foundService],
      ['web~former~2', { ...foundService, serviceName: name }],
    ]);
    const names = namesOf(config());
    expect(withServiceNames(names, { services }).service(service)).toBe(names.successor(service, 1));
    expect(withServiceNames(names, { services: new Map() }).service(service)).toBe('web');
  });

  test('is removed once its successor exists', async () => {
    const { found, ...rest } = scenario();
    const { shortChanges } = await provisionStep(services, {
      ...rest,
      found: {
        ...found,
        services: { web: { ...foundService, serviceName: name }, 'web~former': foundService },
      },
    });
    expect(shortChanges).toEqual([['remove', 'web~former']]);
  });
});

describe('a deployment in progress', () => {
  const deploymentInProgress: Partial<FoundService> = { rollout: 'IN_PROGRESS' };
  const scenarioWithRules = (...groups: [string, string]) => {
    const { found, ...others } = scenarioWith(deploymentInProgress);
    return { ...others, found: { ...found, rules: rulesTo(...groups) } };
  };

  test('if requests still go to other target groups, the run waits for the deployment in progress and sends no mutating call', async () => {
    mockDeployed();
    const { shortChanges } = await provisionStep(services, scenarioWithRules('arn:group-old', 'arn:group-2'));
    expect(shortChanges).toEqual([['update', 'web', 'rollout']]);
    expect(mutations()).toEqual([]);
    expect(mocks.ecs.commandCalls(DescribeServicesCommand).length).toBeGreaterThan(0);
  });

  test('if requests already go to the service, or there are no rules, a deployment in progress causes no change', async () => {
    expect(
      (await provisionStep(services, scenarioWithRules('arn:group-1', 'arn:group-2'))).shortChanges,
    ).toEqual([]);
    expect((await provisionStep(services, scenarioWithRules('', 'arn:group-2'))).shortChanges).toEqual([]);
    expect((await provisionStep(services, scenarioWith(deploymentInProgress))).shortChanges).toEqual([]);
  });
});
