// The load balancer's egress rules and the task's ingress rules are enforced between a load balancer and a running task.
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import {
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  CreateClusterCommand,
} from '@aws-sdk/client-ecs';
import { CreateLoadBalancerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateRoleCommand, CreateServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { locateTarget } from '../../../sandbox/data-plane/reachability.ts';
import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { makerOf, required } from '../aws/ec2/scene.ts';
import { makeRepository, pushImage } from '../aws/ecr/pushing.ts';
import { sandboxWithDataPlane } from '../harness.ts';

const ALL: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const PORT = 5000;
const PROGRAM = `require('node:http').createServer((_, response) => response.end('hello')).listen(${PORT})`;

/** Starts a listening task with a public address, and a load balancer. No ingress rule admits traffic to the task yet. */
async function startTask(folder: string) {
  const started = await sandboxWithDataPlane({ folder });
  const { ec2, ecs, ecr, elbv2, iam, region } = started;
  await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const [one, two] = [await make.subnet(vpc), await make.subnet(vpc, '10.0.2.0/24', 'eu-west-1b')];
  const table = await make.table(vpc);
  await make.route(table, { GatewayId: await make.gateway(vpc) });
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: one }));
  const [front, back] = [await make.group(vpc, 'front'), await make.group(vpc, 'back')];
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: 'web', Subnets: [one, two], SecurityGroups: [front] }),
  );
  const balancer = required(region.elbv2.loadBalancers.get(LoadBalancers?.[0]?.LoadBalancerArn));

  const { repository } = await makeRepository(ecr, 'web');
  await pushImage(ecr, 'web', JSON.stringify({ config: { Cmd: ['node', '-e', PROGRAM] } }), [], 'v1');
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'task', AssumeRolePolicyDocument }));
  await ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      executionRoleArn: Role?.Arn,
      containerDefinitions: [{ name: 'web', image: `${repository?.repositoryUri}:v1` }],
    }),
  );
  const network = { subnets: [one], securityGroups: [back], assignPublicIp: 'ENABLED' as const };
  const { tasks } = await ecs.send(
    new RunTaskCommand({
      cluster: 'main',
      taskDefinition: 'web',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: network },
    }),
  );
  const task = required(region.ecs.tasks.get(tasks?.[0]?.taskArn));
  const describeTask = new DescribeTasksCommand({ cluster: 'main', tasks: [task.taskArn] });
  while ((await ecs.send(describeTask)).tasks?.[0]?.lastStatus !== 'RUNNING') {
    if (task.lastStatus === 'STOPPED') throw new Error(task.stoppedReason);
    await delay(20);
  }
  const folderOf = (arn: string) => join(folder, 'tasks', arn.split('/').at(-1) ?? '');
  const target = { id: required(task.privateIp), port: PORT };
  return {
    ...started,
    front,
    back,
    reach: (to = target) => locateTarget(region, balancer, to, folderOf),
    target,
  };
}

test('a load balancer reaches a target only when the ingress rules of the target and the egress rules of the load balancer allow it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  const scene = await startTask(folder);
  const { ec2, reach, target, front, back } = scene;
  try {
    const fromFront: IpPermission = {
      IpProtocol: 'tcp',
      FromPort: PORT,
      ToPort: PORT,
      UserIdGroupPairs: [{ GroupId: front }],
    };
    const ingress = { GroupId: back, IpPermissions: [fromFront] };
    const egress = { GroupId: front, IpPermissions: [ALL] };
    expect(await reach()).toBe('timeout');
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(ingress));
    // The program may still be starting.
    while ((await reach()) === 'refused') await delay(20);
    const reached = await reach();
    if (typeof reached === 'string') throw new Error(`The target cannot be reached: ${reached}`);
    expect(await (await fetch(`http://${reached.host}:${reached.port}`)).text()).toBe('hello');
    expect(await reach({ ...target, port: PORT + 1 })).toBe('timeout');

    await ec2.send(new RevokeSecurityGroupEgressCommand(egress));
    expect(await reach()).toBe('timeout');
    const toBack = { ...fromFront, UserIdGroupPairs: [{ GroupId: back }] };
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: front, IpPermissions: [toBack] }));
    expect(await reach()).toEqual(reached);

    await ec2.send(new RevokeSecurityGroupIngressCommand(ingress));
    expect(await reach()).toBe('timeout');
  } finally {
    await scene.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
