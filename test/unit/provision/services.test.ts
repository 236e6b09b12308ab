// The step that runs the services: what it sends in each case.
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  TagResourceCommand,
  UpdateServiceCommand,
  type Service as EcsService,
} from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../../lib/config/config.ts';
import type { FoundService } from '../../../lib/look/services.ts';
import { lower } from '../../../lib/tags.ts';
import { definitionFields, taskDefinitionFor } from '../../../lib/task-definition.ts';
import { services } from '../../../provision/services.ts';
import { ACCOUNT, awsError, config, mocks, ourTags, provisionStep, sent } from '../act.ts';
import { neighbours } from '../neighbours.ts';

const { cluster, images, securityGroups, subnets, targetGroups } = neighbours;
const DEFINITION = 'arn:definition:1';
const ARN = 'arn:service/shop-dev/web';
const tags = ourTags('services', 'web');
const role = (key: string) => `arn:aws:iam::${ACCOUNT}:role/slipway/shop-dev/shop-dev-${key}`;

/** The newest task definition, as it should be for a stack. */
const definitionOf = (of: Config) => ({
  taskDefinitionArn: DEFINITION,
  family: 'shop-dev-web',
  status: 'ACTIVE',
  definition: definitionFields(
    taskDefinitionFor(of.services[0] ?? fail(), {
      family: 'shop-dev-web',
      region: 'eu-west-1',
      logGroup: '/slipway/shop-dev',
      executionRoleArn: role('execution'),
      taskRoleArn: role('task'),
      image: ({ key }) => (images as Record<string, { imageUri: string }>)[key]?.imageUri ?? '',
    }),
  ),
  tags: ourTags('taskDefinitions', 'web'),
});
const fail = (): never => {
  throw new Error('no service');
};

const item: FoundService = {
  serviceArn: ARN,
  serviceName: 'web',
  status: 'ACTIVE',
  taskDefinitionArn: DEFINITION,
  desiredCount: 1,
  subnetIds: ['subnet-d', 'subnet-c'],
  securityGroupIds: ['sg-web'],
  assignPublicIp: false,
  loadBalancers: ['api1:5000 → arn:group-1', 'api2:6000 → arn:group-2'],
  graceSeconds: 60,
  deployment: '100–200 %, breaker on, rollback on',
  rollout: 'COMPLETED',
  tags,
};
const made = {
  cluster,
  subnets,
  securityGroups,
  targetGroups,
  taskDefinitions: { web: { taskDefinitionArn: DEFINITION } },
};
const scene = (of = config()) => ({
  name: 'services' as const,
  config: of,
  made,
  found: {
    cluster,
    images,
    subnets,
    securityGroups,
    targetGroups,
    taskDefinitions: { web: definitionOf(of) },
  },
});
const withItem = (changes: Partial<FoundService> = {}, of = config()) => ({
  ...scene(of),
  found: { ...scene(of).found, services: { web: { ...item, ...changes } } },
});
/** The stack with its one service changed. */
const changed = (change: Partial<Config['services'][number]>) =>
  config({ services: config().services.map((service) => ({ ...service, ...change })) });

const settings = {
  cluster: 'arn:cluster',
  taskDefinition: DEFINITION,
  desiredCount: 1,
  deploymentConfiguration: {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  },
  healthCheckGracePeriodSeconds: 60,
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: ['subnet-c', 'subnet-d'],
      securityGroups: ['sg-web'],
      assignPublicIp: 'DISABLED',
    },
  },
};
const loadBalancers = [
  { targetGroupArn: 'arn:group-1', containerName: 'api1', containerPort: 5000 },
  { targetGroupArn: 'arn:group-2', containerName: 'api2', containerPort: 6000 },
];
const create = () => ({
  command: 'CreateService',
  input: {
    ...settings,
    serviceName: 'web',
    clientToken: 'token-1',
    launchType: 'FARGATE',
    loadBalancers,
    enableECSManagedTags: true,
    propagateTags: 'SERVICE',
    tags: lower(tags),
  },
});
const update = (more: object = {}) => ({
  command: 'UpdateService',
  input: { ...settings, service: 'web', ...more },
});
const mutations = () => sent().filter(({ command }) => /^(Create|Update|Tag)/.test(command));

/** A service that has done what it should, with healthy targets. */
const done: EcsService = {
  serviceArn: ARN,
  serviceName: 'web',
  status: 'ACTIVE',
  deployments: [
    { id: 'ecs-svc/1', status: 'PRIMARY', taskDefinition: DEFINITION, rolloutState: 'COMPLETED' },
  ],
  tags: lower(tags),
};
function isDone(): void {
  mocks.ecs.on(DescribeServicesCommand).resolves({ services: [done] });
  mocks.elbv2
    .on(DescribeTargetHealthCommand)
    .resolves({ TargetHealthDescriptions: [{ TargetHealth: { State: 'healthy' } }] });
}

describe('creates when missing', () => {
  test('creates when missing, and waits until it is done', async () => {
    isDone();
    mocks.ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN, events: [] } });
    const { verbs, ids } = await provisionStep(services, scene());
    expect(verbs).toEqual([['create', 'web']]);
    expect(ids).toEqual({ web: { serviceArn: ARN } });
    expect(mutations()).toEqual([create()]);
    const health = sent().filter(({ command }) => command === 'DescribeTargetHealth');
    expect(health.map(({ input }) => input)).toEqual([
      { TargetGroupArn: 'arn:group-1' },
      { TargetGroupArn: 'arn:group-2' },
    ]);
  });

  test('creates when missing: an impatient run does not wait', async () => {
    mocks.ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    await provisionStep(services, { ...scene(), patient: false });
    expect(sent()).toEqual([create()]);
  });

  test.each([
    [
      'the rule of the target group',
      'InvalidParameterException',
      'The target group with targetGroupArn arn:group-1 does not have an associated load balancer.',
    ],
    ['the cluster', 'ClusterNotFoundException', 'Cluster not found.'],
    [
      'the end of a service of its name',
      'InvalidParameterException',
      'Unable to Start a service that is still Draining.',
    ],
    ['the role', 'AccessDeniedException', 'is not authorized to perform: iam:PassRole on resource: arn:role'],
  ])('creates when missing: tries again while %s is not seen yet', async (_what, code, message) => {
    isDone();
    mocks.ecs
      .on(CreateServiceCommand)
      .rejectsOnce(awsError(code, message))
      .resolves({ service: { serviceArn: ARN } });
    await provisionStep(services, scene());
    expect(mutations()).toEqual([create(), create()]);
  });

  test('creates when missing: a name that is in use by ours, whose answer was lost, is adopted', async () => {
    isDone();
    mocks.ecs
      .on(CreateServiceCommand)
      .rejects(awsError('InvalidParameterException', 'Creation of service was not idempotent.'));
    mocks.ecs.on(ListServicesCommand).resolves({ serviceArns: [ARN] });
    const { ids } = await provisionStep(services, scene());
    expect(ids).toEqual({ web: { serviceArn: ARN } });
  });

  test('creates when missing: a name that somebody else took in between is left alone', async () => {
    mocks.ecs
      .on(CreateServiceCommand)
      .rejects(awsError('InvalidParameterException', 'Creation of service was not idempotent.'));
    mocks.ecs.on(ListServicesCommand).resolves({});
    mocks.ecs.on(DescribeServicesCommand).resolves({ services: [{ ...done, tags: [] }] });
    await expect(provisionStep(services, scene())).rejects.toMatchObject({
      code: 'FOREIGN',
      what: 'Something that is not ours has the name web.',
    });
  });

  test('creates when missing: without a load balancer there is no grace period', async () => {
    const [service] = config().services;
    const containers = (service?.containers ?? []).map((container) => ({ ...container, path: undefined }));
    mocks.ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    await provisionStep(services, { ...scene(changed({ containers })), patient: false });
    const [{ input } = fail()] = sent();
    expect(input).toMatchObject({ loadBalancers: [], healthCheckGracePeriodSeconds: undefined });
  });

  test('creates when missing: one that is being removed keeps its name until it is gone', async () => {
    isDone();
    mocks.ecs
      .on(DescribeServicesCommand)
      .resolvesOnce({ services: [{ status: 'DRAINING' }] })
      .resolvesOnce({ services: [{ status: 'INACTIVE' }] })
      .resolves({ services: [done] });
    mocks.ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    const { verbs } = await provisionStep(services, withItem({ status: 'DRAINING' }));
    expect(verbs).toEqual([['replace', 'web', 'status']]);
    expect(
      sent()
        .filter(({ command }) => command !== 'DescribeTargetHealth')
        .map(({ command }) => command),
    ).toEqual(['DescribeServices', 'DescribeServices', 'CreateService', 'DescribeServices']);
  });
});

test('adopts when present', async () => {
  const { verbs } = await provisionStep(services, withItem());
  expect(verbs).toEqual([]);
  expect(sent()).toEqual([]);
});

test('adopts when present: what the endpoint does not tell, and a rollout under way, are no drift', async () => {
  const untold = { graceSeconds: undefined, deployment: undefined, rollout: 'IN_PROGRESS' };
  const { verbs } = await provisionStep(services, withItem(untold));
  expect(verbs).toEqual([]);
});

describe('repairs drift', () => {
  test('repairs drift', async () => {
    isDone();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: done });
    mocks.ecs.on(TagResourceCommand).resolves({});
    const { verbs, ids } = await provisionStep(
      services,
      withItem({
        taskDefinitionArn: 'arn:definition:0',
        desiredCount: 5,
        subnetIds: ['subnet-a'],
        securityGroupIds: ['sg-other'],
        assignPublicIp: true,
        loadBalancers: [],
        graceSeconds: 0,
        deployment: '0–100 %, breaker off, rollback off',
        tags: { ...tags, Name: 'other' },
      }),
    );
    expect(verbs).toEqual([
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
      { command: 'TagResource', input: { resourceArn: ARN, tags: lower(tags) } },
      update({ loadBalancers }),
    ]);
  });

  test('repairs drift: the load balancers are left out when they are right, since they start a deployment', async () => {
    isDone();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: done });
    const more = changed({ count: 1, graceSeconds: 90 });
    const { verbs } = await provisionStep(services, withItem({}, more));
    expect(verbs).toEqual([['update', 'web', 'grace seconds']]);
    expect(mutations()).toEqual([update({ healthCheckGracePeriodSeconds: 90 })]);
  });

  test('repairs drift: a rollout that failed is tried again', async () => {
    isDone();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: done });
    const { verbs } = await provisionStep(services, withItem({ rollout: 'FAILED' }));
    expect(verbs).toEqual([['update', 'web', 'rollout']]);
    expect(mutations()).toEqual([update({ forceNewDeployment: true })]);
  });

  test('repairs drift: tags alone deploy nothing', async () => {
    isDone();
    mocks.ecs.on(TagResourceCommand).resolves({});
    await provisionStep(services, withItem({ tags: { ...tags, Name: 'other' } }));
    expect(mutations().map(({ command }) => command)).toEqual(['TagResource']);
  });

  test('repairs drift: a task definition that is about to change is known later', async () => {
    isDone();
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: done });
    const bigger = changed({ memory: 1024 });
    const { verbs, changes } = await provisionStep(services, {
      ...withItem(),
      config: bigger,
      made: { ...made, taskDefinitions: { web: { taskDefinitionArn: DEFINITION } } },
    });
    expect(verbs).toEqual([['update', 'web', 'task definition']]);
    expect(changes[0]?.fields[0]?.to).toEqual({ later: 'taskDefinitions.web' });
  });

  test("repairs drift: new tags of a task definition are none of a service's business", async () => {
    const { found } = withItem();
    const { verbs } = await provisionStep(services, {
      ...withItem(),
      found: {
        ...found,
        taskDefinitions: { web: { ...definitionOf(config()), tags: { 'slipway:stack': 'shop-dev' } } },
      },
    });
    expect(verbs).toEqual([]);
  });

  test('repairs drift: what is not there yet is known later', async () => {
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: done });
    const { verbs } = await provisionStep(services, {
      ...withItem(),
      patient: false,
      found: { services: { web: item } },
    });
    expect(verbs).toEqual([
      ['update', 'web', 'task definition', 'subnets', 'security group', 'load balancers'],
    ]);
  });

  test('repairs drift: what the configuration no longer has goes', async () => {
    const { verbs } = await provisionStep(services, {
      ...withItem(),
      found: { ...withItem().found, services: { web: item, old: { ...item, serviceName: 'old' } } },
    });
    expect(verbs).toEqual([['remove', 'old']]);
  });
});

describe('explains refusal', () => {
  test('explains refusal', async () => {
    const message = 'The container api1 did not have a container port 5000 defined.';
    mocks.ecs.on(CreateServiceCommand).rejects(awsError('InvalidParameterException', message));
    await expect(provisionStep(services, scene())).rejects.toMatchObject({ message });
    expect(sent()).toEqual([create()]);
  });

  test("explains refusal: somebody else's is refused, and nothing is sent", async () => {
    const { changes } = await provisionStep(services, withItem({ tags: {} }));
    expect(changes).toMatchObject([
      { verb: 'refused', reason: expect.stringContaining('somebody else made it') },
    ]);
    expect(sent()).toEqual([]);
  });
});
