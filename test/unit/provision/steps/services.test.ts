// The step for the services: the calls that it makes in each case.
import {
  DescribeScalableTargetsCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  TagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { toCamelCaseTags } from '../../../../lib/derive/tags.ts';
import { services } from '../../../../provision/steps/services.ts';
import { awsError, config, mocks, provisionStep, sentCalls } from '../../step-harness.ts';
import {
  ARN,
  stackWith,
  createCall,
  DEFINITION,
  definitionOf,
  deployedService,
  fail,
  mockDeployed,
  foundService,
  loadBalancers,
  ids,
  mutations,
  rulesTo,
  scenario,
  tags,
  updateCall,
  scenarioWith,
} from '../service-scenario.ts';

const notIdempotent = awsError('InvalidParameterException', 'Creation of service was not idempotent.');

describe('creates when missing', () => {
  test('creates when missing: waits until the service is deployed', async () => {
    mockDeployed();
    mocks.ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN, events: [] } });
    const { shortChanges, ids } = await provisionStep(services, scenario());
    expect(shortChanges).toEqual([['create', 'web']]);
    expect(ids).toEqual({ web: { serviceArn: ARN } });
    expect(mutations()).toEqual([createCall()]);
    const health = sentCalls().filter(({ command }) => command === 'DescribeTargetHealth');
    expect(health.map(({ input }) => input)).toEqual([
      { TargetGroupArn: 'arn:group-1' },
      { TargetGroupArn: 'arn:group-2' },
    ]);
  });

  test('creates when missing: a run with --no-wait does not wait', async () => {
    mocks.ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    await provisionStep(services, { ...scenario(), waitUntilReady: false });
    expect(mutations()).toEqual([createCall()]);
  });

  test.each([
    [
      'the rule of the target group',
      'InvalidParameterException',
      'The target group with targetGroupArn arn:group-1 does not have an associated load balancer.',
    ],
    ['the cluster', 'ClusterNotFoundException', 'Cluster not found.'],
    [
      'the end of an old service with the same name',
      'InvalidParameterException',
      'Unable to Start a service that is still Draining.',
    ],
    ['the role', 'AccessDeniedException', 'is not authorized to perform: iam:PassRole on resource: arn:role'],
  ])('creates when missing: retries while ECS does not see %s yet', async (_what, code, message) => {
    mockDeployed();
    mocks.ecs
      .on(CreateServiceCommand)
      .rejectsOnce(awsError(code, message))
      .resolves({ service: { serviceArn: ARN } });
    await provisionStep(services, scenario());
    expect(mutations()).toEqual([createCall(), createCall()]);
  });

  test('creates when missing: if the response to an earlier create was lost, our resource with this name is adopted', async () => {
    mockDeployed();
    mocks.ecs.on(CreateServiceCommand).rejects(notIdempotent);
    mocks.ecs.on(ListServicesCommand).resolves({ serviceArns: [ARN] });
    const { ids } = await provisionStep(services, scenario());
    expect(ids).toEqual({ web: { serviceArn: ARN } });
    expect(mutations()).toEqual([createCall()]);
  });

  test('creates when missing: an existing service that the look missed is updated if it differs from the configuration', async () => {
    mockDeployed();
    mocks.ecs.on(CreateServiceCommand).rejects(notIdempotent);
    mocks.ecs.on(ListServicesCommand).resolves({ serviceArns: [ARN] });
    mocks.ecs
      .on(DescribeServicesCommand)
      .resolvesOnce({ services: [{ ...deployedService, healthCheckGracePeriodSeconds: 5 }] });
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: { serviceArn: ARN } });
    const { ids } = await provisionStep(services, { ...scenario(), waitUntilReady: false });
    expect(ids).toEqual({ web: { serviceArn: ARN } });
    expect(mutations()).toEqual([createCall(), updateCall()]);
  });

  test('creates when missing: the run waits for an existing service that the look missed, with its current count', async () => {
    mockDeployed();
    mocks.ecs.on(CreateServiceCommand).rejects(notIdempotent);
    mocks.ecs.on(ListServicesCommand).resolves({ serviceArns: [ARN] });
    mocks.ecs
      .on(DescribeServicesCommand)
      .resolves({ services: [{ ...deployedService, desiredCount: 0, runningCount: 0 }] });
    const scalable: ScalableTarget = {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/shop-dev/web',
      ScalableDimension: 'ecs:service:DesiredCount',
      MinCapacity: 0,
      MaxCapacity: 2,
      RoleARN: 'arn:role',
      CreationTime: new Date(0),
    };
    mocks.autoscaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [scalable] });
    const { ids } = await provisionStep(services, scenario());
    expect(ids).toEqual({ web: { serviceArn: ARN } });
    expect(mutations()).toEqual([createCall()]);
    // Without tasks there are no targets to wait for.
    expect(sentCalls().map(({ command }) => command)).not.toContain('DescribeTargetHealth');
  });

  test('creates when missing: a timeout is reported if the name stays taken', async () => {
    mocks.ecs.on(CreateServiceCommand).rejects(notIdempotent);
    mocks.ecs.on(ListServicesCommand).resolves({});
    mocks.ecs
      .on(DescribeServicesCommand)
      .resolves({ services: [{ ...deployedService, status: 'DRAINING' }] });
    await expect(provisionStep(services, scenario())).rejects.toMatchObject({
      code: 'TIMEOUT',
      what: expect.stringMatching(/^Gave up waiting for the name web to be free after/),
      why: 'The last check reported: a service with this name is DRAINING.',
    });
  });

  test('creates when missing: while the name is still reserved after a deletion, the create is repeated with a new token', async () => {
    mocks.ecs
      .on(CreateServiceCommand)
      .rejectsOnce(notIdempotent)
      .rejectsOnce(notIdempotent)
      .resolves({ service: { serviceArn: ARN } });
    mocks.ecs.on(ListServicesCommand).resolves({});
    mocks.ecs
      .on(DescribeServicesCommand)
      .resolves({ services: [{ ...deployedService, status: 'INACTIVE' }] });
    await provisionStep(services, { ...scenario(), waitUntilReady: false });
    const tokens = mutations().map(({ input }) => (input as { clientToken: string }).clientToken);
    expect(tokens).toEqual(['token-1', 'token-2', 'token-2']);
  });

  test('creates when missing: a resource with our name that someone else created after the survey is left alone', async () => {
    mocks.ecs.on(CreateServiceCommand).rejects(notIdempotent);
    mocks.ecs.on(ListServicesCommand).resolves({});
    mocks.ecs.on(DescribeServicesCommand).resolves({ services: [{ ...deployedService, tags: [] }] });
    await expect(provisionStep(services, scenario())).rejects.toMatchObject({
      code: 'FOREIGN',
      what: 'A resource that does not belong to this stack already uses the name web.',
    });
  });

  test('creates when missing: a service without a load balancer has no grace period', async () => {
    const [service] = config().services;
    const containers = (service?.containers ?? []).map((container) => ({ ...container, path: undefined }));
    mocks.ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    await provisionStep(services, { ...scenario(stackWith({ containers })), waitUntilReady: false });
    const [{ input } = fail()] = sentCalls();
    expect(input).toMatchObject({ loadBalancers: [], healthCheckGracePeriodSeconds: undefined });
  });

  test('creates when missing: the create waits until a draining service with the same name is gone', async () => {
    mockDeployed();
    mocks.ecs
      .on(DescribeServicesCommand)
      .resolvesOnce({ services: [{ serviceName: 'web', status: 'DRAINING' }] })
      .resolvesOnce({ services: [{ serviceName: 'web', status: 'INACTIVE' }] })
      .resolves({ services: [deployedService] });
    mocks.ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    const { shortChanges } = await provisionStep(services, scenarioWith({ status: 'DRAINING' }));
    expect(shortChanges).toEqual([['replace', 'web', 'status']]);
    expect(
      sentCalls()
        .filter(({ command }) => command !== 'DescribeTargetHealth')
        .map(({ command }) => command),
    ).toEqual(['DescribeServices', 'DescribeServices', 'CreateService', 'DescribeServices', 'ListTasks']);
  });
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(services, scenarioWith());
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('adopts when present: a rollout in progress and fields that the endpoint does not report are not drift', async () => {
  const unknownFields = { graceSeconds: undefined, deployment: undefined, rollout: 'IN_PROGRESS' };
  const { shortChanges } = await provisionStep(services, scenarioWith(unknownFields));
  expect(shortChanges).toEqual([]);
});

describe('repairs drift', () => {
  test('repairs drift', async () => {
    mockDeployed();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: deployedService });
    mocks.ecs.on(TagResourceCommand).resolves({});
    const { shortChanges, ids } = await provisionStep(
      services,
      scenarioWith({
        taskDefinitionArn: 'arn:definition:0',
        desiredCount: 5,
        subnetIds: ['subnet-a'],
        securityGroupIds: ['sg-other'],
        assignPublicIp: true,
        loadBalancers: [],
        graceSeconds: 0,
        deployment: { minimumHealthyPercent: 0, maximumPercent: 100 },
        tags: { ...tags, Name: 'other' },
      }),
    );
    expect(shortChanges).toEqual([
      [
        'update',
        'web',
        'task definition',
        'count',
        'subnets',
        'security group',
        'public address',
        'load balancers',
        'grace seconds',
        'deployment',
        'tag.Name',
      ],
    ]);
    expect(ids).toEqual({ web: { serviceArn: ARN } });
    expect(mutations()).toEqual([
      { command: 'TagResource', input: { resourceArn: ARN, tags: toCamelCaseTags(tags) } },
      updateCall({ loadBalancers, desiredCount: 1 }),
    ]);
  });

  test('repairs drift: unchanged load balancers are not sent, since they would start a deployment', async () => {
    mockDeployed();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: deployedService });
    const stackWithLongerGrace = stackWith({ count: 1, graceSeconds: 90 });
    const { shortChanges } = await provisionStep(services, scenarioWith({}, stackWithLongerGrace));
    expect(shortChanges).toEqual([['update', 'web', 'grace seconds']]);
    expect(mutations()).toEqual([updateCall({ healthCheckGracePeriodSeconds: 90 })]);
  });

  test('repairs drift: ECS Exec is off by default, and switching it starts new tasks, since those that run stay as they are', async () => {
    mockDeployed();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: deployedService });
    expect((await provisionStep(services, scenarioWith({ allowsExec: false }))).shortChanges).toEqual([]);
    const off = await provisionStep(services, scenarioWith({ allowsExec: true }));
    expect(off.shortChanges).toEqual([['update', 'web', 'exec']]);
    const on = await provisionStep(services, scenarioWith({ allowsExec: false }, stackWith({ exec: true })));
    expect(on.shortChanges).toEqual([['update', 'web', 'task definition', 'exec']]);
    expect(mutations()).toMatchObject([
      updateCall({ enableExecuteCommand: false, forceNewDeployment: true }),
      { input: { enableExecuteCommand: true, forceNewDeployment: true } },
    ]);
  });

  test('repairs drift: new tasks are also registered with the old target group until traffic is switched', async () => {
    mockDeployed();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: deployedService });
    const loadBalancers = ['api1:4999 → arn:group-old', 'api2:6000 → arn:group-2'];
    const { found, ...scenario } = scenarioWith({
      loadBalancers,
      targetGroupArns: ['arn:group-old', 'arn:group-2'],
    });
    const rules = rulesTo('arn:group-old', 'arn:group-2');
    await provisionStep(services, { ...scenario, found: { ...found, rules } });
    const desiredEntries = [
      { targetGroupArn: 'arn:group-1', containerName: 'api1', containerPort: 5000 },
      { targetGroupArn: 'arn:group-2', containerName: 'api2', containerPort: 6000 },
    ];
    const oldEntry = { targetGroupArn: 'arn:group-old', containerName: 'api1', containerPort: 5000 };
    expect(mutations()).toEqual([
      updateCall({ loadBalancers: [...desiredEntries, oldEntry] }),
      updateCall({ loadBalancers: desiredEntries }),
    ]);
  });

  test('repairs drift: a failed rollout is retried', async () => {
    mockDeployed();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: deployedService });
    const { shortChanges } = await provisionStep(services, scenarioWith({ rollout: 'FAILED' }));
    expect(shortChanges).toEqual([['update', 'web', 'rollout']]);
    expect(mutations()).toEqual([updateCall({ forceNewDeployment: true })]);
  });

  test('repairs drift: a change of tags alone starts no deployment', async () => {
    mockDeployed();
    mocks.ecs.on(TagResourceCommand).resolves({});
    await provisionStep(services, scenarioWith({ tags: { ...tags, Name: 'other' } }));
    expect(mutations().map(({ command }) => command)).toEqual(['TagResource']);
  });

  test('repairs drift: the ARN of a task definition that the same run changes is still unknown in the plan', async () => {
    mockDeployed();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: deployedService });
    const stackWithMoreMemory = stackWith({ memory: 1024 });
    const { shortChanges, changes } = await provisionStep(services, {
      ...scenarioWith(),
      config: stackWithMoreMemory,
      ids: { ...ids, taskDefinitions: { web: { taskDefinitionArn: DEFINITION } } },
    });
    expect(shortChanges).toEqual([['update', 'web', 'task definition']]);
    expect(changes[0]?.fields[0]?.to).toEqual({ after: 'taskDefinitions.web' });
  });

  test('repairs drift: new tags of a task definition do not change the service', async () => {
    const { found } = scenarioWith();
    const { shortChanges } = await provisionStep(services, {
      ...scenarioWith(),
      found: {
        ...found,
        taskDefinitions: { web: { ...definitionOf(config()), tags: { 'slipway:stack': 'shop-dev' } } },
      },
    });
    expect(shortChanges).toEqual([]);
  });

  test('repairs drift: the ids of missing resources are still unknown in the plan', async () => {
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: deployedService });
    const { shortChanges } = await provisionStep(services, {
      ...scenarioWith(),
      waitUntilReady: false,
      found: { services: { web: foundService } },
    });
    expect(shortChanges).toEqual([
      ['update', 'web', 'task definition', 'subnets', 'security group', 'load balancers'],
    ]);
  });

  test('repairs drift: a service that is no longer configured is removed', async () => {
    const { shortChanges } = await provisionStep(services, {
      ...scenarioWith(),
      found: {
        ...scenarioWith().found,
        services: { web: foundService, old: { ...foundService, serviceName: 'old' } },
      },
    });
    expect(shortChanges).toEqual([['remove', 'old']]);
  });
});

describe('refusals', () => {
  test('throws the error when AWS refuses a call', async () => {
    const message = 'The container api1 did not have a container port 5000 defined.';
    mocks.ecs.on(CreateServiceCommand).rejects(awsError('InvalidParameterException', message));
    await expect(provisionStep(services, scenario())).rejects.toMatchObject({ message });
    expect(mutations()).toEqual([createCall()]);
  });

  test('explains refusal: a foreign resource is refused, and nothing is sent', async () => {
    const { changes } = await provisionStep(services, scenarioWith({ tags: {} }));
    expect(changes).toMatchObject([
      { verb: 'refused', reason: expect.stringContaining('someone else created it') },
    ]);
    expect(sentCalls()).toEqual([]);
  });
});
