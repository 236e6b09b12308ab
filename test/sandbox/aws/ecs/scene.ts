// The scene for most tests of ECS: roles, a network, a load balancer with two target groups, a cluster, task definitions.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type CreateServiceCommandInput,
  type ECSClient,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type Task,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  AuthorizeSecurityGroupIngressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand, CreateServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import type { SandboxOptions } from '../../../../sandbox/sandbox.ts';
import { sandbox } from '../../harness.ts';
import { required } from '../ec2/scene.ts';
import { markTargetsHealthy } from './plane.ts';

export { required } from '../ec2/scene.ts';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

/** Creates an account with ECS's service-linked role, a role for tasks, and a cluster called `main`. */
export async function account(options: SandboxOptions = {}) {
  const started = await sandbox(options);
  const { iam, ecs } = started;
  await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'tasks', AssumeRolePolicyDocument: TRUST }),
  );
  await ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  return { ...started, role: required(Role?.Arn) };
}

/** Returns a task definition with two containers, like Slipway's: api1 on port 5000 and api2 on port 6000. */
export const twoContainerTask = (role: string): RegisterTaskDefinitionCommandInput => ({
  family: 'web',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  executionRoleArn: role,
  taskRoleArn: role,
  containerDefinitions: [
    { name: 'api1', image: 'public.ecr.aws/one:1', portMappings: [{ containerPort: 5000 }] },
    { name: 'api2', image: 'public.ecr.aws/two:1', portMappings: [{ containerPort: 6000 }] },
  ],
});

/** Returns the containers of `twoContainerTask`, with changes to the first one. */
export const withFirstContainer = (
  role: string,
  overrides: Partial<ContainerDefinition>,
): Pick<RegisterTaskDefinitionCommandInput, 'containerDefinitions'> => {
  const [first, second] = twoContainerTask(role).containerDefinitions ?? [];
  return { containerDefinitions: [{ ...first, ...overrides }, { ...second }] };
};

/** Creates an `account`, and adds a VPC, two subnets, an internet-facing load balancer, and a target group for each container. */
export async function balancedAccount(options: SandboxOptions = {}, deregistrationDelay = 30) {
  const scene = await account(options);
  const { ec2, elbv2, ecs, role } = scene;
  const VpcId = required((await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId);
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const GatewayId = required(InternetGateway?.InternetGatewayId);
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId }));
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({}));
  const RouteTableId = RouteTables?.[0]?.RouteTableId;
  await ec2.send(new CreateRouteCommand({ RouteTableId, GatewayId, DestinationCidrBlock: '0.0.0.0/0' }));
  const subnets: string[] = [];
  for (const [index, AvailabilityZone] of ['eu-west-1a', 'eu-west-1b'].entries()) {
    const CidrBlock = `10.0.${index}.0/24`;
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
    subnets.push(required(Subnet?.SubnetId));
  }
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: 'tasks', Description: 'tasks' }),
  );
  const securityGroups = [required(GroupId)];
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    }),
  );
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: 'web', Subnets: subnets, SecurityGroups: securityGroups }),
  );
  const groups: string[] = [];
  for (const [name, Port] of [['api1', 5000] as const, ['api2', 6000] as const]) {
    const { TargetGroups } = await elbv2.send(
      new CreateTargetGroupCommand({ Name: name, Port, VpcId, Protocol: 'HTTP', TargetType: 'ip' }),
    );
    const TargetGroupArn = required(TargetGroups?.[0]?.TargetGroupArn);
    const Value = String(deregistrationDelay);
    await elbv2.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn,
        Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value }],
      }),
    );
    groups.push(TargetGroupArn);
  }
  const { Listeners } = await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  for (const [index, TargetGroupArn] of groups.entries()) {
    await elbv2.send(
      new CreateRuleCommand({
        ListenerArn: Listeners?.[0]?.ListenerArn,
        Priority: index + 1,
        Conditions: [{ Field: 'path-pattern', Values: [`/api${index + 1}`] }],
        Actions: [{ Type: 'forward', TargetGroupArn }],
      }),
    );
  }
  await ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(role)));
  const networkConfiguration = { awsvpcConfiguration: { subnets, securityGroups } };
  const serviceInput = (overrides: Partial<CreateServiceCommandInput> = {}): CreateServiceCommandInput => ({
    cluster: 'main',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration,
    loadBalancers: [
      { targetGroupArn: groups[0], containerName: 'api1', containerPort: 5000 },
      { targetGroupArn: groups[1], containerName: 'api2', containerPort: 6000 },
    ],
    ...overrides,
  });
  /** The input of RunTask for one task. */
  const taskInput = {
    cluster: 'main',
    taskDefinition: 'web',
    launchType: 'FARGATE' as const,
    networkConfiguration,
  };
  return { ...scene, VpcId, subnets, securityGroups, groups, networkConfiguration, serviceInput, taskInput };
}

/** Short names for the calls that tests make often. */
export const calls = (ecs: ECSClient) => ({
  create: (input: CreateServiceCommandInput) => ecs.send(new CreateServiceCommand(input)),
  update: (input: Omit<UpdateServiceCommandInput, 'cluster' | 'service'>) =>
    ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', ...input })),
  service: async (): Promise<Service> => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    return required(services?.[0], 'service');
  },
  tasks: async (desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING'): Promise<Task[]> => {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'main', desiredStatus }));
    if (taskArns.length === 0) return [];
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }));
    return required(tasks, 'tasks');
  },
});

/**
 * Describes the service until it reaches a state, and marks new targets healthy before each attempt.
 * @throws Error when the service never reaches the state
 */
export async function until(
  scene: Awaited<ReturnType<typeof account>>,
  isReached: (service: Service) => boolean,
): Promise<Service> {
  const { service } = calls(scene.ecs);
  let seen = await service();
  for (let attempt = 0; attempt < 30 && !isReached(seen); attempt += 1) {
    markTargetsHealthy(scene.region);
    seen = await service();
  }
  if (!isReached(seen)) throw new Error(`Never reached: ${JSON.stringify(seen.deployments)}`);
  return seen;
}

export const isCompleted = ({ deployments = [] }: Service): boolean =>
  deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED';

/** Returns the messages of a service's events, with placeholders for ids. */
export const eventMessages = ({ events = [] }: Service): string[] =>
  events.map(({ message = '' }) =>
    message.replaceAll(/[0-9a-f]{32}/g, '<task>').replaceAll(/\d{19}/g, '<n>'),
  );
