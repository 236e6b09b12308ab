// The load balancer's egress rules and the task's ingress rules are enforced between a load balancer and a running task.
import { pbkdf2 } from 'node:crypto';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { CreateLoadBalancerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { locateTarget } from '../../../sandbox/data-plane/reachability.ts';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { required } from '../aws/ec2/scene.ts';
import { taskScene } from './task-scene.ts';

const ALL: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const PORT = 5000;
const PROGRAM = `require('node:http').createServer((_, response) => response.end('hello')).listen(${PORT})`;

/** Starts a listening task with a public address, and a load balancer. No ingress rule admits traffic to the task yet. */
async function startTask(folder: string) {
  const scene = await taskScene({ folder });
  const { elbv2, region, make, vpc, subnet, group: taskGroup } = scene;
  const otherSubnet = await make.subnet(vpc, '10.0.2.0/24', 'eu-west-1b');
  const balancerGroup = await make.group(vpc, 'front');
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({
      Name: 'web',
      Subnets: [subnet, otherSubnet],
      SecurityGroups: [balancerGroup],
    }),
  );
  const balancer = required(region.elbv2.loadBalancers.get(LoadBalancers?.[0]?.LoadBalancerArn));
  await scene.push(PROGRAM, 'v1');
  const taskArn = await scene.run({ web: {} });
  await scene.waitForTask(taskArn, ({ lastStatus, stoppedReason }) => {
    if (lastStatus === 'STOPPED') throw new Error(stoppedReason);
    return lastStatus === 'RUNNING';
  });
  const task = required(region.ecs.tasks.get(taskArn));
  const folderOf = (arn: string) => join(folder, 'tasks', arn.split('/').at(-1) ?? '');
  const target = { id: required(task.privateIp), port: PORT };
  return {
    ...scene,
    balancerGroup,
    taskGroup,
    reach: (to = target) => Promise.resolve(locateTarget(region, balancer, to, folderOf)),
    target,
  };
}

test('a load balancer reaches a target only when the ingress rules of the target and the egress rules of the load balancer allow it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  const scene = await startTask(folder);
  const { ec2, reach, target, balancerGroup, taskGroup } = scene;
  try {
    const fromBalancer: IpPermission = {
      IpProtocol: 'tcp',
      FromPort: PORT,
      ToPort: PORT,
      UserIdGroupPairs: [{ GroupId: balancerGroup }],
    };
    const ingress = { GroupId: taskGroup, IpPermissions: [fromBalancer] };
    const egress = { GroupId: balancerGroup, IpPermissions: [ALL] };
    expect(await reach()).toBe('timeout');
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(ingress));
    // The program may still be starting.
    while ((await reach()) === 'refused') await delay(20);
    const reached = await reach();
    if (typeof reached === 'string') throw new Error(`The target cannot be reached: ${reached}`);
    expect(await (await fetch(`http://${reached.host}:${reached.port}`)).text()).toBe('hello');
    expect(await reach({ ...target, port: PORT + 1 })).toBe('timeout');
    // Images that are unpacked occupy the thread pool. Requests must not wait behind them.
    const order: string[] = [];
    const hashes = Array.from({ length: 8 }, () =>
      promisify(pbkdf2)('password', 'salt', 50_000, 32, 'sha512').then(() => order.push('hashed')),
    );
    await reach().then(() => order.push('reached'));
    expect(order).toEqual(['reached']);
    await Promise.all(hashes);

    await ec2.send(new RevokeSecurityGroupEgressCommand(egress));
    expect(await reach()).toBe('timeout');
    const toTask = { ...fromBalancer, UserIdGroupPairs: [{ GroupId: taskGroup }] };
    await ec2.send(
      new AuthorizeSecurityGroupEgressCommand({ GroupId: balancerGroup, IpPermissions: [toTask] }),
    );
    expect(await reach()).toEqual(reached);

    await ec2.send(new RevokeSecurityGroupIngressCommand(ingress));
    expect(await reach()).toBe('timeout');
  } finally {
    await scene.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
