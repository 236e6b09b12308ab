// Service settings that the sandbox refuses, with ECS's own messages.
import {
  DeregisterTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type CreateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { CreateTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateSecurityGroupCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { balancedAccount, calls, required, twoContainerTask } from './scene.ts';

type Overrides = Partial<CreateServiceCommandInput>;

/** Refusals that need only the resources of the scene. */
const inputRefusals: [string, Overrides, string, string | RegExp][] = [
  ['a bad name', { serviceName: 'a b' }, 'InvalidParameterException', /^Service name 'a b' is invalid/],
  ['an unknown cluster', { cluster: 'x' }, 'ClusterNotFoundException', 'Cluster not found.'],
  [
    'no task definition',
    { taskDefinition: '' },
    'InvalidParameterException',
    'TaskDefinition can not be blank.',
  ],
  ['an unknown task definition', { taskDefinition: 'nope' }, 'ClientException', 'TaskDefinition not found.'],
  ['no desired count', { desiredCount: undefined }, 'InvalidParameterException', /^Desired count/],
  ['a negative desired count', { desiredCount: -1 }, 'InvalidParameterException', /^Desired count/],
  ['a very large desired count', { desiredCount: 5001 }, 'InvalidParameterException', /^Desired count/],
  [
    'an unknown propagateTags value',
    { propagateTags: 'constructor' as 'SERVICE' },
    'InvalidParameterException',
    "1 validation error detected: Value 'constructor' at 'propagateTags' failed to satisfy constraint: Member must satisfy enum value set: [TASK_DEFINITION, SERVICE, NONE]",
  ],
  [
    'no network configuration',
    { networkConfiguration: undefined },
    'InvalidParameterException',
    "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  ],
  [
    'no subnet',
    { networkConfiguration: { awsvpcConfiguration: { subnets: [] } } },
    'InvalidParameterException',
    'subnets can not be empty.',
  ],
  [
    'an unknown subnet',
    { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0'] } } },
    'InvalidParameterException',
    "Error retrieving subnet information for [subnet-0]: The subnet ID 'subnet-0' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
  ],
  [
    'a grace period without a load balancer',
    { loadBalancers: [], healthCheckGracePeriodSeconds: 30 },
    'InvalidParameterException',
    'Health check grace period is only valid for services configured to use load balancers',
  ],
  [
    'both a launch type and a capacity provider strategy',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
    'InvalidParameterException',
    /^Specifying both a launch type and capacity provider strategy is not supported/,
  ],
  [
    'a capacity provider that the cluster does not have',
    { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
    'InvalidParameterException',
    /cannot contain a capacity provider that is not associated with the cluster/,
  ],
  [
    'placement constraints',
    { placementConstraints: [{ type: 'distinctInstance' }] },
    'InvalidParameterException',
    'Placement constraints are not supported with FARGATE launch type.',
  ],
  [
    'placement strategies',
    { placementStrategy: [{ type: 'random' }] },
    'InvalidParameterException',
    'Placement strategies are not supported with FARGATE launch type.',
  ],
  ['the daemon scheduling strategy', { schedulingStrategy: 'DAEMON' }, 'InvalidParameterException', /daemon/],
  ['an old platform version', { platformVersion: '1.2.0' }, 'ClientException', /1\.2\.0/],
  [
    'a maximum percentage below the minimum',
    { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 50 } },
    'InvalidParameterException',
    /maximumPercent/,
  ],
  [
    'zone rebalancing when the maximum allows no extra task',
    {
      availabilityZoneRebalancing: 'ENABLED',
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    },
    'InvalidParameterException',
    /greater than 100 when Availability Zone rebalancing is turned on/,
  ],
  ['a long client token', { clientToken: 'x'.repeat(37) }, 'InvalidParameterException', /clientToken/],
];

test.each(inputRefusals)('CreateService refuses %s', async (_what, overrides, code, message) => {
  const scene = await balancedAccount();
  const refusal = await refusalOf(calls(scene.ecs).create(scene.serviceInput(overrides)));
  expect(refusal.code).toBe(code);
  if (typeof message === 'string') expect(refusal.message).toBe(message);
  else expect(refusal.message).toMatch(message);
});

const notImplemented: [string, Overrides, string][] = [
  ['the default launch type EC2', { launchType: undefined }, 'launch type EC2'],
  ['CodeDeploy', { deploymentController: { type: 'CODE_DEPLOY' } }, 'CODE_DEPLOY'],
  ['service discovery', { serviceRegistries: [{ registryArn: 'a' }] }, 'serviceRegistries'],
  [
    'VPC Lattice',
    { vpcLatticeConfigurations: [{ roleArn: 'a', targetGroupArn: 'b', portName: 'c' }] },
    'vpcLatticeConfigurations',
  ],
  ['service connect', { serviceConnectConfiguration: { enabled: true } }, 'serviceConnectConfiguration'],
];

test.each(notImplemented)('CreateService reports %s as not implemented', async (_what, overrides, member) => {
  const scene = await balancedAccount();
  expect(await refusalOf(calls(scene.ecs).create(scene.serviceInput(overrides)))).toEqual({
    code: 'NotImplemented',
    message: expect.stringContaining(member),
  });
});

test('CreateService refuses an existing name, except for a repeat with the same token and parameters', async () => {
  const scene = await balancedAccount();
  const { create } = calls(scene.ecs);
  const input = scene.serviceInput({ clientToken: 'one' });
  const { service: first } = await create(input);
  const { service: second } = await create(input);
  expect(second?.createdAt).toEqual(first?.createdAt);
  const notIdempotent = {
    code: 'InvalidParameterException',
    message: 'Creation of service was not idempotent.',
  };
  expect(await refusalOf(create({ ...input, desiredCount: 5 }))).toEqual(notIdempotent);
  expect(await refusalOf(create({ ...input, clientToken: 'two' }))).toEqual(notIdempotent);
  expect(await refusalOf(create({ ...input, clientToken: undefined }))).toEqual(notIdempotent);
});

test('CreateService refuses a target group that no listener or rule forwards to', async () => {
  const scene = await balancedAccount();
  const { TargetGroups } = await scene.elbv2.send(
    new CreateTargetGroupCommand({
      Name: 'spare',
      Port: 5000,
      VpcId: scene.VpcId,
      Protocol: 'HTTP',
      TargetType: 'ip',
    }),
  );
  const targetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
  const loadBalancers = [{ targetGroupArn, containerName: 'api1', containerPort: 5000 }];
  expect(await refusalOf(calls(scene.ecs).create(scene.serviceInput({ loadBalancers })))).toEqual({
    code: 'InvalidParameterException',
    message: `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
  });
});

test('CreateService refuses target groups that do not match the task definition', async () => {
  const scene = await balancedAccount();
  const [targetGroupArn] = scene.groups;
  const { create } = calls(scene.ecs);
  const messageFor = async (containerName: string, containerPort: number, arn = targetGroupArn) =>
    (
      await refusalOf(
        create(
          scene.serviceInput({ loadBalancers: [{ targetGroupArn: arn, containerName, containerPort }] }),
        ),
      )
    ).message;
  expect(await messageFor('api1', 80)).toBe('The container api1 did not have a container port 80 defined.');
  expect(await messageFor('api3', 80)).toBe('The container api3 does not exist in the task definition.');
  expect(await messageFor('api1', 5000, 'arn:aws:elasticloadbalancing:x')).toMatch(
    /^Unable to assume role and validate the specified targetGroupArn/,
  );
  const loadBalancers = Array.from({ length: 6 }, () => ({
    targetGroupArn,
    containerName: 'api1',
    containerPort: 5000,
  }));
  expect((await refusalOf(create(scene.serviceInput({ loadBalancers })))).message).toMatch(/at most 5/);
});

test('CreateService refuses a target group of type instance', async () => {
  const scene = await balancedAccount();
  const { TargetGroups } = await scene.elbv2.send(
    new CreateTargetGroupCommand({
      Name: 'machines',
      Port: 5000,
      VpcId: scene.VpcId,
      Protocol: 'HTTP',
      TargetType: 'ip',
    }),
  );
  const targetGroupArn = required(TargetGroups?.[0]?.TargetGroupArn);
  required(scene.region.elbv2.targetGroups.get(targetGroupArn)).TargetType = 'instance';
  const loadBalancers = [{ targetGroupArn, containerName: 'api1', containerPort: 5000 }];
  expect((await refusalOf(calls(scene.ecs).create(scene.serviceInput({ loadBalancers })))).message).toBe(
    `The provided target group ${targetGroupArn} has target type instance, which is incompatible with the awsvpc network mode specified in the task definition.`,
  );
});

test('CreateService refuses security groups that do not exist or belong to another VPC', async () => {
  const scene = await balancedAccount();
  const { create } = calls(scene.ecs);
  const withGroup = (id: string) => ({
    networkConfiguration: { awsvpcConfiguration: { subnets: scene.subnets, securityGroups: [id] } },
  });
  expect((await refusalOf(create(scene.serviceInput(withGroup('sg-0'))))).message).toBe(
    "Error retrieving security group information for [sg-0]: The security group 'sg-0' does not exist (ErrorCode: InvalidGroup.NotFound)",
  );
  const { Vpc } = await scene.ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const { GroupId } = await scene.ec2.send(
    new CreateSecurityGroupCommand({ VpcId: Vpc?.VpcId, GroupName: 'far', Description: 'far' }),
  );
  expect((await refusalOf(create(scene.serviceInput(withGroup(required(GroupId)))))).message).toBe(
    `Security group ${GroupId} does not appear to belong to the same VPC as the input subnets.`,
  );
});

test('CreateService refuses task definitions that are inactive or not compatible with Fargate', async () => {
  const scene = await balancedAccount();
  const { create } = calls(scene.ecs);
  await scene.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'machine',
      containerDefinitions: [{ name: 'one', image: 'one', memory: 128 }],
    }),
  );
  const machine = await refusalOf(
    create(scene.serviceInput({ taskDefinition: 'machine', loadBalancers: [] })),
  );
  expect(machine.message).toBe('Task definition does not support launch_type FARGATE.');
  await scene.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' }));
  expect(await refusalOf(create(scene.serviceInput({ taskDefinition: 'web:1' })))).toEqual({
    code: 'ClientException',
    message: 'TaskDefinition is inactive',
  });
});

test('CreateService refuses ECS Exec without a task role', async () => {
  const scene = await balancedAccount();
  await scene.ecs.send(
    new RegisterTaskDefinitionCommand({ ...twoContainerTask(scene.role), taskRoleArn: undefined }),
  );
  const refusal = await refusalOf(
    calls(scene.ecs).create(scene.serviceInput({ enableExecuteCommand: true })),
  );
  expect(refusal.message).toMatch(/^The service couldn't be created because a valid taskRoleArn/);
});

test('UpdateService refuses a service that does not exist or is not ACTIVE', async () => {
  const scene = await balancedAccount();
  const update = () => scene.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web' }));
  expect((await refusalOf(update())).code).toBe('ServiceNotFoundException');
  const { create } = calls(scene.ecs);
  const { service } = await create(scene.serviceInput({ desiredCount: 0 }));
  required(scene.region.ecs.services.get(service?.serviceArn)).status = 'DRAINING';
  expect(await refusalOf(update())).toEqual({
    code: 'ServiceNotActiveException',
    message: 'Service was not ACTIVE.',
  });
});

test('a refused update leaves the service unchanged', async () => {
  const scene = await balancedAccount();
  const { create, update, service } = calls(scene.ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  const refusal = await refusalOf(update({ desiredCount: 3, taskDefinition: 'nope' }));
  expect(refusal.code).toBe('ClientException');
  expect((await service()).desiredCount).toBe(1);
});
