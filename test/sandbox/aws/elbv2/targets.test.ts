// The targets of the sandbox's target groups and their health, through the SDK's client.
import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import {
  DeleteListenerCommand,
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
  type TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { attachInterface } from '../../../../sandbox/aws/ec2/network-interfaces.ts';
import { deregisterTarget, registerTarget, setTargetHealth } from '../../../../sandbox/aws/elbv2/targets.ts';
import type { SandboxOptions } from '../../../../sandbox/sandbox.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { forwardTo, scene } from './scene.ts';

const REGISTERING = {
  State: 'initial',
  Reason: 'Elb.RegistrationInProgress',
  Description: 'Target registration is in progress',
};
const NOT_IN_USE = {
  State: 'unused',
  Reason: 'Target.NotInUse',
  Description: 'Target group is not configured to receive traffic from the load balancer',
};
const DRAINING = {
  State: 'draining',
  Reason: 'Target.DeregistrationInProgress',
  Description: 'Target deregistration is in progress',
};

/** A data plane that checks targets itself, so that the sandbox does not simulate their health. */
const checkingPlane: SandboxOptions['plane'] = {
  startTask: () => {},
  stopTask: () => {},
  checksTargets: true,
};

/** Creates a target group and the network interface of a task. The security group of the task admits no traffic yet. */
async function targetScene(options: SandboxOptions = {}) {
  const started = await scene(options);
  const { ec2, elbv2, make, region, subnets, vpc } = started;
  const TargetGroupArn = await started.makeTargetGroup();
  const [front, task] = [await make.group(vpc, 'front'), await make.group(vpc, 'task')];
  const { PrivateIpAddress: ip } = attachInterface(region, {
    subnetId: subnets[0] ?? '',
    groups: [task],
    description: 'a task',
    interfaceType: 'interface',
    requester: '111122223333',
  });
  const forwardToGroup = async () => {
    const { LoadBalancers } = await started.createBalancer({ SecurityGroups: [front] });
    return started.makeListener(LoadBalancers?.[0]?.LoadBalancerArn ?? '', forwardTo(TargetGroupArn));
  };
  const admitLoadBalancer = () =>
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: task,
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 5000, ToPort: 5000, UserIdGroupPairs: [{ GroupId: front }] },
        ],
      }),
    );
  const register = (...Targets: TargetDescription[]) =>
    elbv2.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  const deregister = (...Targets: TargetDescription[]) =>
    elbv2.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
  return {
    ...started,
    ip,
    TargetGroupArn,
    forwardToGroup,
    admitLoadBalancer,
    register,
    deregister,
    health: () => started.describeHealth(TargetGroupArn),
  };
}

test('a target of a group in use becomes healthy when the security groups admit the load balancer', async () => {
  const clock = manualClock();
  const { admitLoadBalancer, health, ip, register, forwardToGroup } = await targetScene({ clock, pace: 1 });
  await admitLoadBalancer();
  await forwardToGroup();
  await register({ Id: ip });
  expect(await health()).toEqual([REGISTERING]);
  clock.advance(149_000);
  expect(await health()).toEqual([REGISTERING]);
  clock.advance(1_000);
  expect(await health()).toEqual([{ State: 'healthy' }]);
});

test('a target is unhealthy when security groups block the load balancer, or when no network interface has the address of the target', async () => {
  const { health, ip, register, forwardToGroup } = await targetScene();
  await forwardToGroup();
  await register({ Id: ip }, { Id: '10.0.1.200' });
  const timedOut = { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' };
  expect(await health()).toEqual([timedOut, timedOut]);
});

test('a target is unused while no listener forwards to its group, and is checked as soon as one does', async () => {
  const { admitLoadBalancer, elbv2, health, ip, register, forwardToGroup } = await targetScene();
  await admitLoadBalancer();
  await register({ Id: ip });
  expect(await health()).toEqual([NOT_IN_USE]);
  const ListenerArn = await forwardToGroup();
  expect(await health()).toEqual([{ State: 'healthy' }]);
  await elbv2.send(new DeleteListenerCommand({ ListenerArn }));
  expect(await health()).toEqual([NOT_IN_USE]);
});

test('a target in a zone that its load balancer does not cover is unused', async () => {
  const { health, make, register, forwardToGroup, vpc } = await targetScene();
  await make.subnet(vpc, '10.0.3.0/24', 'eu-west-1c');
  await forwardToGroup();
  await register({ Id: '10.0.3.10' });
  expect(await health()).toEqual([
    {
      State: 'unused',
      Reason: 'Target.NotInUse',
      Description: 'Target is in an Availability Zone that is not enabled for the load balancer',
    },
  ]);
});

test("a deregistered target drains for its group's deregistration delay and is then removed", async () => {
  const clock = manualClock();
  const { admitLoadBalancer, deregister, health, ip, register, forwardToGroup } = await targetScene({
    clock,
    pace: 1,
  });
  await admitLoadBalancer();
  await forwardToGroup();
  await register({ Id: ip });
  await deregister({ Id: ip });
  clock.advance(299_000);
  expect(await health()).toEqual([DRAINING]);
  clock.advance(1_000);
  expect(await health()).toEqual([]);
});

test('the deregistration delay can be changed, even to zero', async () => {
  const clock = manualClock();
  const { admitLoadBalancer, deregister, elbv2, health, ip, register, TargetGroupArn, forwardToGroup } =
    await targetScene({
      clock,
      pace: 1,
    });
  const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '0' }];
  await elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  await admitLoadBalancer();
  await forwardToGroup();
  await register({ Id: ip });
  await deregister({ Id: ip });
  expect(await health()).toEqual([]);
});

test('a target that is registered again while it drains is healthy and is not removed', async () => {
  const clock = manualClock();
  const { admitLoadBalancer, deregister, health, ip, register, forwardToGroup } = await targetScene({
    clock,
    pace: 1,
  });
  await admitLoadBalancer();
  await forwardToGroup();
  clock.advance(150_000);
  await register({ Id: ip });
  await deregister({ Id: ip });
  clock.advance(100_000);
  expect(await health()).toEqual([DRAINING]);
  await register({ Id: ip });
  expect(await health()).toEqual([{ State: 'healthy' }]);
  clock.advance(300_000);
  expect(await health()).toEqual([{ State: 'healthy' }]);
});

test('an unused target is removed as soon as it is deregistered, and deregistering an unknown target is not an error', async () => {
  const { deregister, health, ip, register } = await targetScene();
  await register({ Id: ip });
  await deregister({ Id: ip }, { Id: '10.0.1.99' });
  expect(await health()).toEqual([]);
});

test('registering an address on two ports adds two targets, and registering one of these again adds no target', async () => {
  const { elbv2, ip, register, TargetGroupArn } = await targetScene();
  await register({ Id: ip }, { Id: ip, Port: 6000 });
  await register({ Id: ip, Port: 5000 });
  const { TargetHealthDescriptions } = await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  expect(TargetHealthDescriptions).toMatchObject([
    { Target: { Id: ip, Port: 5000, AvailabilityZone: 'eu-west-1a' }, HealthCheckPort: '5000' },
    { Target: { Id: ip, Port: 6000, AvailabilityZone: 'eu-west-1a' }, HealthCheckPort: '6000' },
  ]);
});

test('the health of an unknown target is described as not registered', async () => {
  const { elbv2, TargetGroupArn } = await targetScene();
  const { TargetHealthDescriptions } = await elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn, Targets: [{ Id: '10.0.1.9', Port: 5000 }] }),
  );
  expect(TargetHealthDescriptions?.[0]?.TargetHealth).toEqual({
    State: 'unused',
    Reason: 'Target.NotRegistered',
    Description: 'Target is not registered to the target group',
  });
});

test.each([
  [{ Id: 'host' }, "The IP address 'host' is not a valid IPv4 address"],
  [{ Id: '10.0.1.9', Port: 0 }, expect.stringContaining("'targets.2.member.port'")],
  [
    { Id: '10.0.1.9', AvailabilityZone: 'all' },
    "The IP address '10.0.1.9' is within the VPC, and cannot have its Availability Zone overridden to 'all' from 'eu-west-1a'",
  ],
  [
    { Id: '10.9.1.9' },
    "The Availability Zone is required for IP address '10.9.1.9' because it is not in the VPC",
  ],
  [
    { Id: '10.9.1.9', AvailabilityZone: 'eu-west-1a' },
    "You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '10.9.1.9' is outside the VPC",
  ],
  [{ Id: '8.8.8.8', AvailabilityZone: 'all' }, expect.stringContaining('must be from a private range')],
])('a call that registers %j is refused and registers no target', async (target, message) => {
  const { health, ip, register } = await targetScene();
  expect(await refusalOf(register({ Id: ip }, target))).toEqual({ code: 'ValidationError', message });
  expect(await health()).toEqual([]);
});

test('an address outside the VPC can be registered for all zones', async () => {
  const { health, register, forwardToGroup } = await targetScene({ plane: checkingPlane });
  await forwardToGroup();
  await register({ Id: '192.168.1.9', AvailabilityZone: 'all' });
  expect(await health()).toEqual([REGISTERING]);
});

test('every call about the targets of an unknown group is refused', async () => {
  const { elbv2, TargetGroupArn } = await targetScene();
  const unknownGroup = { TargetGroupArn: `${TargetGroupArn}0`, Targets: [{ Id: '10.0.1.9' }] };
  for (const call of [
    elbv2.send(new RegisterTargetsCommand(unknownGroup)),
    elbv2.send(new DeregisterTargetsCommand(unknownGroup)),
    elbv2.send(new DescribeTargetHealthCommand(unknownGroup)),
  ]) {
    expect(await refusalOf(call)).toMatchObject({ code: 'TargetGroupNotFound' });
  }
});

test('the health that the data plane reports is shown, and a repeated report is not a change', async () => {
  const { deregister, health, ip, region, register, TargetGroupArn, forwardToGroup, world } =
    await targetScene({
      plane: checkingPlane,
      clock: manualClock(),
      pace: 1,
    });
  let changes = 0;
  world.onChange(() => changes++);
  await forwardToGroup();
  await register({ Id: ip });
  expect(await health()).toEqual([REGISTERING]);
  const before = changes;
  const unhealthy = {
    State: 'unhealthy',
    Reason: 'Target.FailedHealthChecks',
    Description: 'Health checks failed',
  } as const;
  setTargetHealth(region, TargetGroupArn, ip, 5000, unhealthy);
  setTargetHealth(region, TargetGroupArn, ip, 5000, unhealthy);
  expect(changes).toBe(before + 1);
  expect(await health()).toEqual([unhealthy]);
  setTargetHealth(region, TargetGroupArn, ip, 5000, { State: 'healthy' });
  expect(await health()).toEqual([{ State: 'healthy' }]);
  await deregister({ Id: ip });
  setTargetHealth(region, TargetGroupArn, ip, 5000, { State: 'healthy' });
  expect(region.elbv2.targetGroups.get(TargetGroupArn)?.targets[0]?.health).toEqual(DRAINING);
});

test('other services of the sandbox can register and deregister targets without an API call', async () => {
  const { health, ip, region, TargetGroupArn } = await targetScene();
  registerTarget(region, TargetGroupArn, ip, 5000, 'eu-west-1a');
  expect(await health()).toEqual([NOT_IN_USE]);
  deregisterTarget(region, TargetGroupArn, ip, 5000);
  deregisterTarget(region, 'arn:gone', ip, 5000);
  expect(await health()).toEqual([]);
  expect(() => registerTarget(region, 'arn:gone', ip, 5000, 'eu-west-1a')).toThrow(
    "Target group 'arn:gone' not found",
  );
});
