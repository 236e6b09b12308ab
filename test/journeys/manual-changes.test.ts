// Manual changes to the network make tasks fail as on AWS, and a provision repairs the network.
import { DeleteRouteCommand, EC2Client, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { DescribeTasksCommand, ECSClient, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { httpRequest, eventually, machine, type Machine } from './harness.ts';
import { tinyStack } from './tiny-stack.ts';

let user: Machine;
let flags: string[];
let url: string;
let clients: { ec2: EC2Client; ecs: ECSClient; elbv2: ElasticLoadBalancingV2Client };

beforeAll(async () => {
  user = await machine();
  flags = tinyStack(user);
  const up = await user.run('provision', ...flags);
  expect(up).toMatchObject({ code: 0, problem: undefined });
  url = up.lastLine;
  const settings = {
    endpoint: user.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  };
  clients = {
    ec2: new EC2Client(settings),
    ecs: new ECSClient(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
  };
}, 60_000);
afterAll(() => Object.values(clients).forEach((client) => client.destroy()));

const id = (address: string, field: string) => user.state().resources[address]?.[field] ?? '';

test('tasks cannot start without a route to the NAT gateway, and provision restores the route', async () => {
  const { ec2, ecs } = clients;
  for (const zone of [1, 2]) {
    const RouteTableId = id(`privateRoutes.private-${zone}`, 'routeTableId');
    await ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }));
  }
  const cluster = 'tiny-dev';
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: 'web' }));
  // Stops all tasks, since a repair by another test may still be replacing a task.
  for (const task of taskArns) {
    await ecs.send(new StopTaskCommand({ cluster, task, reason: 'stopped by the test' }));
  }

  const reason = await eventually(async () => {
    const { taskArns: stopped = [] } = await ecs.send(
      new ListTasksCommand({ cluster, serviceName: 'web', desiredStatus: 'STOPPED' }),
    );
    const newTasks = stopped.filter((arn) => !taskArns.includes(arn));
    if (newTasks.length === 0) return undefined;
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: newTasks }));
    return tasks.find(({ stopCode }) => stopCode === 'TaskFailedToStart')?.stoppedReason;
  });
  expect(reason).toMatch(/^ResourceInitializationError: .*dial tcp .*i\/o timeout/);
  expect((await httpRequest(`${url}/app`)).status).toBe(503);

  const repaired = await user.run('provision', ...flags);
  expect(repaired).toMatchObject({ code: 0, problem: undefined, lastLine: url });
  expect(repaired.stderr).toMatch(/privateRoutes\.private-1 +updated/);
  expect(await httpRequest(`${url}/app`)).toMatchObject({ status: 200 });
}, 60_000);

test('targets time out if the security group no longer admits the load balancer, and provision restores the rule', async () => {
  const { ec2, elbv2 } = clients;
  const GroupId = id('securityGroups.web', 'groupId');
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  await ec2.send(
    new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: SecurityGroups[0]?.IpPermissions }),
  );
  const health = await eventually(async () => {
    const TargetGroupArn = id('targetGroups.web-app', 'targetGroupArn');
    const { TargetHealthDescriptions = [] } = await elbv2.send(
      new DescribeTargetHealthCommand({ TargetGroupArn }),
    );
    return TargetHealthDescriptions.find(({ TargetHealth }) => TargetHealth?.State === 'unhealthy')
      ?.TargetHealth;
  });
  expect(health).toMatchObject({ Reason: 'Target.Timeout' });

  const repaired = await user.run('provision', ...flags);
  expect(repaired).toMatchObject({ code: 0, problem: undefined, lastLine: url });
  expect(repaired.stderr).toMatch(/securityGroups\.web +updated/);
  expect(await httpRequest(`${url}/app`)).toMatchObject({ status: 200 });
}, 60_000);
