// The AWS CLI builds and removes the architecture with commands alone: `aws … wait` decides when the next command may follow.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { makeAws, REGION, type Aws } from './aws.ts';

const PACE = 300;
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' }],
});
const CONTAINERS = JSON.stringify([
  { name: 'app', image: 'example.com/app:1', essential: true, portMappings: [{ containerPort: 8000 }] },
]);

let sandbox: Sandbox;
let aws: Aws;
beforeAll(async () => {
  sandbox = await startSandbox({ pace: PACE });
  aws = makeAws(sandbox.url);
});
afterAll(() => sandbox.close());

/** Runs a command, and returns the value that `--query` selects. */
const query = (expression: string, ...args: string[]) => aws<string>(...args, '--query', expression);

/** Repeats a command while AWS refuses it, e.g. because network interfaces are still being released. */
async function retryWhileRefused(...args: string[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return void (await aws(...args));
    } catch (error) {
      if (attempt === 20 || !/DependencyViolation|ResourceInUse|AuthFailure/.test(String(error))) throw error;
    }
  }
}

async function createNetwork() {
  const vpc = await query('Vpc.VpcId', 'ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16');
  await aws('ec2', 'wait', 'vpc-exists', '--vpc-ids', vpc);
  await aws('ec2', 'wait', 'vpc-available', '--vpc-ids', vpc);
  const createSubnet = (zone: string, block: string) =>
    query(
      'Subnet.SubnetId',
      ...['ec2', 'create-subnet', '--vpc-id', vpc, '--availability-zone', `${REGION}${zone}`],
      ...['--cidr-block', block],
    );
  const subnets = [await createSubnet('a', '10.0.0.0/24'), await createSubnet('b', '10.0.1.0/24')];
  await aws('ec2', 'wait', 'subnet-available', '--subnet-ids', ...subnets);
  const gateway = await query('InternetGateway.InternetGatewayId', 'ec2', 'create-internet-gateway');
  await aws('ec2', 'attach-internet-gateway', '--internet-gateway-id', gateway, '--vpc-id', vpc);
  const table = await query(
    'RouteTables[0].RouteTableId',
    ...['ec2', 'describe-route-tables', '--filters', `Name=vpc-id,Values=${vpc}`],
  );
  const route = ['--destination-cidr-block', '0.0.0.0/0', '--gateway-id', gateway];
  await aws('ec2', 'create-route', '--route-table-id', table, ...route);
  const address = await query('AllocationId', 'ec2', 'allocate-address', '--domain', 'vpc');
  const nat = await query(
    'NatGateway.NatGatewayId',
    ...['ec2', 'create-nat-gateway', '--subnet-id', subnets[0] ?? '', '--allocation-id', address],
  );
  await aws('ec2', 'wait', 'nat-gateway-available', '--nat-gateway-ids', nat);
  return { vpc, subnets, gateway, address, nat };
}

async function createLoadBalancer(vpc: string, subnets: string[]) {
  const balancer = await query(
    'LoadBalancers[0].LoadBalancerArn',
    ...['elbv2', 'create-load-balancer', '--name', 'cli', '--subnets', ...subnets],
  );
  await aws('elbv2', 'wait', 'load-balancer-exists', '--load-balancer-arns', balancer);
  await aws('elbv2', 'wait', 'load-balancer-available', '--load-balancer-arns', balancer);
  const targetGroup = await query(
    'TargetGroups[0].TargetGroupArn',
    ...['elbv2', 'create-target-group', '--name', 'cli', '--vpc-id', vpc, '--target-type', 'ip'],
    ...['--protocol', 'HTTP', '--port', '8000', '--health-check-interval-seconds', '5'],
    ...['--health-check-timeout-seconds', '2', '--healthy-threshold-count', '2'],
  );
  const listener = ['--load-balancer-arn', balancer, '--protocol', 'HTTP', '--port', '80'];
  const actions = ['--default-actions', `Type=forward,TargetGroupArn=${targetGroup}`];
  await aws('elbv2', 'create-listener', ...listener, ...actions);
  return { balancer, targetGroup };
}

async function createService(subnets: string[], targetGroup: string) {
  await aws('iam', 'create-role', '--role-name', 'cli', '--assume-role-policy-document', TRUST);
  await aws('iam', 'wait', 'role-exists', '--role-name', 'cli');
  const policy = await query(
    'Policy.Arn',
    ...['iam', 'create-policy', '--policy-name', 'cli', '--policy-document', POLICY],
  );
  await aws('iam', 'wait', 'policy-exists', '--policy-arn', policy);
  await aws('iam', 'attach-role-policy', '--role-name', 'cli', '--policy-arn', policy);
  // ECS needs this role, and refuses calls until it exists.
  await aws('iam', 'create-service-linked-role', '--aws-service-name', 'ecs.amazonaws.com');
  await aws('ecs', 'create-cluster', '--cluster-name', 'cli');
  const definition = await query(
    'taskDefinition.taskDefinitionArn',
    ...['ecs', 'register-task-definition', '--family', 'cli', '--network-mode', 'awsvpc'],
    ...['--requires-compatibilities', 'FARGATE', '--cpu', '256', '--memory', '512'],
    ...['--task-role-arn', 'cli', '--container-definitions', CONTAINERS],
  );
  const network = `awsvpcConfiguration={subnets=[${subnets.join()}],assignPublicIp=ENABLED}`;
  const placement = ['--launch-type', 'FARGATE', '--network-configuration', network];
  await aws(
    ...['ecs', 'create-service', '--cluster', 'cli', '--service-name', 'web', '--desired-count', '1'],
    ...['--task-definition', definition, ...placement],
    ...['--load-balancers', `targetGroupArn=${targetGroup},containerName=app,containerPort=8000`],
  );
  await aws('ecs', 'wait', 'services-stable', '--cluster', 'cli', '--services', 'web');
  const listTasks = ['ecs', 'list-tasks', '--cluster', 'cli', '--service-name', 'web'];
  const tasks = await aws<string[]>(...listTasks, '--query', 'taskArns');
  await aws('ecs', 'wait', 'tasks-running', '--cluster', 'cli', '--tasks', ...tasks);
  await aws('elbv2', 'wait', 'target-in-service', '--target-group-arn', targetGroup);
  return { policy, definition, tasks };
}

test('each wait command ends when the next command may follow, and nothing is left behind', async () => {
  const { vpc, subnets, gateway, address, nat } = await createNetwork();
  const { balancer, targetGroup } = await createLoadBalancer(vpc, subnets);
  const { policy, definition, tasks } = await createService(subnets, targetGroup);
  const zone = await aws<{ HostedZone: { Id: string }; ChangeInfo: { Id: string } }>(
    ...['route53', 'create-hosted-zone', '--name', 'cli.localhost', '--caller-reference', 'cli'],
  );
  await aws('route53', 'wait', 'resource-record-sets-changed', '--id', zone.ChangeInfo.Id);
  await aws('route53', 'delete-hosted-zone', '--id', zone.HostedZone.Id);

  const targets = await aws<{ Id: string; Port: number }[]>(
    ...['elbv2', 'describe-target-health', '--target-group-arn', targetGroup],
    ...['--query', 'TargetHealthDescriptions[].Target'],
  );
  await aws('ecs', 'delete-service', '--cluster', 'cli', '--service', 'web', '--force');
  await aws('ecs', 'wait', 'services-inactive', '--cluster', 'cli', '--services', 'web');
  await aws('ecs', 'wait', 'tasks-stopped', '--cluster', 'cli', '--tasks', ...tasks);
  const ids = targets.map(({ Id, Port }) => `Id=${Id},Port=${Port}`);
  const targetFlags = ['--target-group-arn', targetGroup, '--targets', ...ids];
  await aws('elbv2', 'wait', 'target-deregistered', ...targetFlags);
  await aws('ecs', 'delete-cluster', '--cluster', 'cli');
  await aws('ecs', 'deregister-task-definition', '--task-definition', definition);
  await aws('ecs', 'delete-task-definitions', '--task-definitions', definition);
  await aws('iam', 'detach-role-policy', '--role-name', 'cli', '--policy-arn', policy);
  await aws('iam', 'delete-policy', '--policy-arn', policy);
  await aws('iam', 'delete-role', '--role-name', 'cli');

  await aws('elbv2', 'delete-load-balancer', '--load-balancer-arn', balancer);
  await aws('elbv2', 'wait', 'load-balancers-deleted', '--load-balancer-arns', balancer);
  await retryWhileRefused('elbv2', 'delete-target-group', '--target-group-arn', targetGroup);
  await aws('ec2', 'delete-nat-gateway', '--nat-gateway-id', nat);
  await aws('ec2', 'wait', 'nat-gateway-deleted', '--nat-gateway-ids', nat);
  await retryWhileRefused('ec2', 'release-address', '--allocation-id', address);
  await retryWhileRefused(
    'ec2',
    'detach-internet-gateway',
    '--internet-gateway-id',
    gateway,
    '--vpc-id',
    vpc,
  );
  await aws('ec2', 'delete-internet-gateway', '--internet-gateway-id', gateway);
  for (const subnet of subnets) await retryWhileRefused('ec2', 'delete-subnet', '--subnet-id', subnet);
  await aws('ec2', 'delete-vpc', '--vpc-id', vpc);
  expect(census(sandbox.world)).toEqual({});
});
