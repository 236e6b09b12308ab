// Replacing a service without an outage: a second service for a new protocol, and a deployment that an earlier run began.
import { CreateServiceCommand, DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import type { FoundService } from '../../../../lib/look/services.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { services } from '../../../../provision/steps/services.ts';
import { config, mocks, provisionStep, sentCalls } from '../../step-harness.ts';
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

describe('a container that changes to HTTPS', () => {
  const httpsStack = stackWith({ containers: [{ ...api1, protocol: 'HTTPS' }, api2] });
  const serviceName = namesOf(httpsStack).service(httpsStack.services[0] ?? fail());
  const formerService = { 'web~former': foundService };
  const { found, ...rest } = scenario(httpsStack);

  test('if a container changes to HTTPS, the run creates a second service beside the former one, and waits for the new one', async () => {
    mockDeployed();
    mocks.ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: 'arn:new', events: [] } });
    const { shortChanges, changes, ids } = await provisionStep(services, {
      ...rest,
      found: { ...found, services: formerService },
    });
    expect(shortChanges).toEqual([['replace', 'web', 'name']]);
    expect(changes).toMatchObject([
      {
        replaces: 'web~former',
        reason: 'no task can be healthy in target groups for HTTP and for HTTPS at the same time',
      },
    ]);
    expect(ids).toEqual({ web: { serviceArn: 'arn:new' } });
    const { input } = createCall();
    expect(mutations()).toEqual([{ command: 'CreateService', input: { ...input, serviceName } }]);
    const describes = sentCalls().filter(({ command }) => command === 'DescribeServices');
    expect(describes.map((call) => (call.input as { services: string[] }).services)).toEqual([[serviceName]]);
  });

  test('the former service is removed once the new one exists', async () => {
    const successor = { ...foundService, serviceName };
    const { shortChanges } = await provisionStep(services, {
      ...rest,
      found: { ...found, services: { web: successor, ...formerService } },
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
