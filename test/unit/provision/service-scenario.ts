/** For unit tests: a service as found and as desired, and the calls that create and update it. */
import { DescribeServicesCommand, type Service as EcsService } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Config } from '../../../lib/config/config.ts';
import type { FoundService } from '../../../lib/look/services.ts';
import { secretParts } from '../../../lib/derive/secret-definition.ts';
import { toCamelCaseTags } from '../../../lib/derive/tags.ts';
import { definitionFields, taskDefinitionFor } from '../../../lib/derive/task-definition.ts';
import { ACCOUNT, config, mocks, ourTags, sentCalls } from '../step-harness.ts';
import { existing } from '../existing-resources.ts';

const { cluster, images, securityGroups, subnets, targetGroups } = existing;
export const DEFINITION = 'arn:definition:1';
export const ARN = 'arn:service/shop-dev/web';
export const tags = ourTags('services', 'web');
const role = (key: string) => `arn:aws:iam::${ACCOUNT}:role/slipway/shop-dev/shop-dev-${key}`;

/** Returns the newest task definition, as configured for a stack. */
export const definitionOf = (stack: Config) => ({
  taskDefinitionArn: DEFINITION,
  family: 'shop-dev-web',
  status: 'ACTIVE',
  olderRevisionCount: 0,
  definition: definitionFields(
    taskDefinitionFor(stack.services[0] ?? fail(), {
      family: 'shop-dev-web',
      region: 'eu-west-1',
      logGroup: '/slipway/shop-dev',
      executionRoleArn: role('execution'),
      taskRoleArn: role('task'),
      imageOf: ({ key }) => (images as Record<string, { imageUri: string }>)[key]?.imageUri ?? '',
      ...secretParts(undefined, { region: 'eu-west-1', account: ACCOUNT }),
    }),
  ),
  tags: ourTags('taskDefinitions', 'web'),
});
export const fail = (): never => {
  throw new Error('no service');
};

/** The service as found. It matches the configuration. */
export const foundService: FoundService = {
  serviceArn: ARN,
  serviceName: 'web',
  status: 'ACTIVE',
  taskDefinitionArn: DEFINITION,
  desiredCount: 1,
  runningCount: 1,
  scaling: undefined,
  subnetIds: ['subnet-d', 'subnet-c'],
  securityGroupIds: ['sg-web'],
  assignPublicIp: false,
  loadBalancers: ['api1:5000 → arn:group-1', 'api2:6000 → arn:group-2'],
  graceSeconds: 60,
  targetGroupArns: ['arn:group-1', 'arn:group-2'],
  deployment: {
    strategy: 'ROLLING',
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true, resetOnHealthyTask: true },
    bakeTimeInMinutes: 0,
  },
  rollout: 'COMPLETED',
  tags,
};
export const ids = {
  cluster,
  subnets,
  securityGroups,
  targetGroups,
  taskDefinitions: { web: { taskDefinitionArn: DEFINITION } },
};
export const scenario = (stack = config()) => ({
  noun: 'services' as const,
  config: stack,
  ids,
  found: {
    cluster,
    images,
    subnets,
    securityGroups,
    targetGroups,
    taskDefinitions: { web: definitionOf(stack) },
  },
});
const ruleTo = (targetGroupArn: string) => ({
  ruleArn: `arn:rule/${targetGroupArn}`,
  paths: [],
  otherConditions: '',
  targetGroupArn,
  groups: [{ targetGroupArn, weight: 1 }],
  forward: targetGroupArn,
  tags: {},
});
/** Returns the rules of the two containers as found. They forward to these target groups. */
export const rulesTo = (api1: string, api2: string) => ({
  'web-api1': ruleTo(api1),
  'web-api2': ruleTo(api2),
});
export const scenarioWith = (changes: Partial<FoundService> = {}, stack = config()) => ({
  ...scenario(stack),
  found: { ...scenario(stack).found, services: { web: { ...foundService, ...changes } } },
});
/** Returns the stack with changes to its only service. */
export const stackWith = (change: Partial<Config['services'][number]>) =>
  config({ services: config().services.map((service) => ({ ...service, ...change })) });

const settings = {
  cluster: 'arn:cluster',
  taskDefinition: DEFINITION,
  deploymentConfiguration: {
    strategy: 'ROLLING' as const,
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  },
  healthCheckGracePeriodSeconds: 60,
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: ['subnet-c', 'subnet-d'],
      securityGroups: ['sg-web'],
      assignPublicIp: 'DISABLED' as const,
    },
  },
};
export const loadBalancers = [
  { targetGroupArn: 'arn:group-1', containerName: 'api1', containerPort: 5000 },
  { targetGroupArn: 'arn:group-2', containerName: 'api2', containerPort: 6000 },
];
export const createCall = () => ({
  command: 'CreateService',
  input: {
    ...settings,
    serviceName: 'web',
    desiredCount: 1,
    clientToken: 'token-1',
    launchType: 'FARGATE',
    loadBalancers,
    enableECSManagedTags: true,
    propagateTags: 'SERVICE',
    tags: toCamelCaseTags(tags),
  },
});
export const updateCall = (more: object = {}) => ({
  command: 'UpdateService',
  input: { ...settings, service: 'web', ...more },
});
export const mutations = () => sentCalls().filter(({ command }) => /^(Create|Update|Tag)/.test(command));

/** The service once it is deployed. */
export const deployedService: EcsService = {
  serviceArn: ARN,
  serviceName: 'web',
  status: 'ACTIVE',
  taskDefinition: DEFINITION,
  desiredCount: 1,
  deploymentConfiguration: settings.deploymentConfiguration,
  healthCheckGracePeriodSeconds: settings.healthCheckGracePeriodSeconds,
  networkConfiguration: settings.networkConfiguration,
  loadBalancers,
  deployments: [
    { id: 'ecs-svc/1', status: 'PRIMARY', taskDefinition: DEFINITION, rolloutState: 'COMPLETED' },
  ],
  tags: toCamelCaseTags(tags),
};
export function mockDeployed(): void {
  mocks.ecs.on(DescribeServicesCommand).callsFake(({ services }: { services: string[] }) => ({
    services: services.map((serviceName) => ({ ...deployedService, serviceName })),
  }));
  mocks.elbv2
    .on(DescribeTargetHealthCommand)
    .resolves({ TargetHealthDescriptions: [{ TargetHealth: { State: 'healthy' } }] });
}
