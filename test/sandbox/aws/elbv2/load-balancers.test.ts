// The sandbox's load balancers, through the SDK's client.
import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import {
  DeleteLoadBalancerCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { forwardTo, scene, required } from './scene.ts';

test('a load balancer is created as provisioning with its DNS name, and is described as active', async () => {
  const { createBalancer, describeBalancer, subnets, vpc } = await scene();
  const made = required((await createBalancer()).LoadBalancers?.[0]);
  expect(made).toMatchObject({
    LoadBalancerArn: expect.stringMatching(
      /^arn:aws:elasticloadbalancing:eu-west-1:\d{12}:loadbalancer\/app\/web\/[0-9a-f]{16}$/,
    ),
    DNSName: expect.stringMatching(/^web-\d{10}\.eu-west-1\.elb\.amazonaws\.localhost$/),
    CanonicalHostedZoneId: expect.stringMatching(/^Z[A-Z0-9]+$/),
    State: { Code: 'provisioning' },
    Scheme: 'internet-facing',
    Type: 'application',
    IpAddressType: 'ipv4',
    VpcId: vpc,
    AvailabilityZones: [
      { ZoneName: 'eu-west-1a', SubnetId: subnets[0] },
      { ZoneName: 'eu-west-1b', SubnetId: subnets[1] },
    ],
  });
  expect(await describeBalancer()).toEqual({ ...made, State: { Code: 'active' } });
});

test("at AWS's pace, a load balancer takes two and a half minutes to become active", async () => {
  const clock = manualClock();
  const { makeBalancer, describeBalancer } = await scene({ clock, pace: 1 });
  await makeBalancer();
  clock.advance(149_000);
  expect((await describeBalancer())?.State?.Code).toBe('provisioning');
  clock.advance(1_000);
  expect((await describeBalancer())?.State?.Code).toBe('active');
});

test('a repeated create call returns the same load balancer; a call with the same name and other settings is refused', async () => {
  const { createBalancer, subnets, make, vpc } = await scene();
  const first = await createBalancer({ Tags: [{ Key: 'a', Value: '1' }] });
  const again = await createBalancer({ Subnets: [...subnets].reverse(), Tags: [{ Key: 'a', Value: '2' }] });
  expect(again.LoadBalancers?.[0]?.LoadBalancerArn).toBe(first.LoadBalancers?.[0]?.LoadBalancerArn);
  const duplicate = {
    code: 'DuplicateLoadBalancerName',
    message: "A load balancer with the same name 'web' exists, but with different settings",
  };
  expect(await refusalOf(createBalancer({ Scheme: 'internal' }))).toEqual(duplicate);
  expect(await refusalOf(createBalancer({ SecurityGroups: [await make.group(vpc)] }))).toEqual(duplicate);
});

test("an internal load balancer needs no internet gateway, has no public address and has 'internal-' in its DNS name", async () => {
  const { make, createBalancer, ec2 } = await scene();
  const vpc = await make.vpc('10.1.0.0/16');
  const Subnets = [
    await make.subnet(vpc, '10.1.1.0/24', 'eu-west-1a'),
    await make.subnet(vpc, '10.1.2.0/24', 'eu-west-1b'),
  ];
  expect(await refusalOf(createBalancer({ Subnets }))).toEqual({
    code: 'InvalidSubnet',
    message: `VPC ${vpc} has no internet gateway`,
  });
  const { LoadBalancers } = await createBalancer({ Subnets, Scheme: 'internal' });
  expect(LoadBalancers?.[0]?.DNSName).toMatch(/^internal-web-\d{10}\./);
  const { NetworkInterfaces } = await ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] }),
  );
  expect(NetworkInterfaces?.map(({ Association }) => Association)).toEqual([undefined, undefined]);
});

test('a load balancer has one network interface per subnet, until some time after the load balancer is deleted', async () => {
  const clock = manualClock();
  const { makeBalancer, ec2, elbv2, subnets } = await scene({ clock, pace: 1 });
  const interfaces = async () =>
    (await ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces ?? [];
  const LoadBalancerArn = await makeBalancer();
  const expectedInterface = {
    Description: `ELB ${LoadBalancerArn.split(':loadbalancer/')[1]}`,
    RequesterId: 'amazon-elb',
    RequesterManaged: true,
    Association: { IpOwnerId: 'amazon-elb', PublicIp: expect.any(String) },
  };
  expect(await interfaces()).toMatchObject(subnets.map((SubnetId) => ({ ...expectedInterface, SubnetId })));
  await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  expect(await refusalOf(elbv2.send(new DescribeLoadBalancersCommand({ Names: ['web'] })))).toEqual({
    code: 'LoadBalancerNotFound',
    message: "Load balancers '[web]' not found",
  });
  clock.advance(44_000);
  expect(await interfaces()).toHaveLength(2);
  clock.advance(1_000);
  expect(await interfaces()).toEqual([]);
});

test('deleting a load balancer also deletes its listeners and rules but no target groups, and can be repeated', async () => {
  const { makeBalancer, makeTargetGroup, makeListener, makeRule, elbv2, region } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const api1 = await makeTargetGroup();
  const ListenerArn = await makeListener(LoadBalancerArn);
  await makeRule(ListenerArn, 1, forwardTo(api1));
  await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  const listeners = elbv2.send(new DescribeListenersCommand({ ListenerArns: [ListenerArn] }));
  expect(await refusalOf(listeners)).toMatchObject({ code: 'ListenerNotFound' });
  expect(region.elbv2.rules.size).toBe(0);
  const { TargetGroups } = await elbv2.send(new DescribeTargetGroupsCommand({ Names: ['api1'] }));
  expect(TargetGroups).toMatchObject([{ TargetGroupArn: api1, LoadBalancerArns: [] }]);
});

test('a load balancer cannot be deleted until its deletion protection is switched off', async () => {
  const { makeBalancer, elbv2, describeBalancer } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const protect = (Value: string) =>
    elbv2.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      }),
    );
  await protect('true');
  expect(await refusalOf(elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn })))).toEqual({
    code: 'OperationNotPermitted',
    message: `Load balancer '${LoadBalancerArn}' cannot be deleted because deletion protection is enabled`,
  });
  await protect('false');
  await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  expect(await refusalOf(describeBalancer())).toMatchObject({ code: 'LoadBalancerNotFound' });
});

test.each([
  ['a'.repeat(33), "cannot be longer than '32' characters"],
  ['web_1', 'can only contain characters that are alphanumeric characters and hyphens(-)'],
  ['-web', 'cannot begin or end with a hyphen(-)'],
  ['web-', 'cannot begin or end with a hyphen(-)'],
  ['internal-web', "cannot begin with 'internal-'"],
])('a load balancer with the name %s is refused', async (Name, words) => {
  const { createBalancer } = await scene();
  expect(await refusalOf(createBalancer({ Name }))).toEqual({
    code: 'ValidationError',
    message: `The load balancer name '${Name}' ${words}`,
  });
});

test('a load balancer needs at least two existing subnets, in different zones of one VPC', async () => {
  const { createBalancer, make, subnets, vpc } = await scene();
  const [first = ''] = subnets;
  const refusalWith = (...Subnets: string[]) => refusalOf(createBalancer({ Subnets }));
  expect(await refusalWith(first)).toEqual({
    code: 'ValidationError',
    message: 'At least two subnets in two different Availability Zones must be specified',
  });
  expect(await refusalWith(first, 'subnet-0')).toEqual({
    code: 'SubnetNotFound',
    message: "The subnet ID 'subnet-0' does not exist",
  });
  expect(await refusalWith(first, await make.subnet(vpc, '10.0.3.0/24', 'eu-west-1a'))).toEqual({
    code: 'InvalidConfigurationRequest',
    message: 'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
  });
  const elsewhere = await make.subnet(await make.vpc('10.1.0.0/16'), '10.1.1.0/24', 'eu-west-1b');
  expect(await refusalWith(first, elsewhere)).toEqual({
    code: 'InvalidConfigurationRequest',
    message: 'All subnets must belong to the same VPC',
  });
});

test('a load balancer is refused if a subnet has fewer than eight free addresses', async () => {
  const { createBalancer, make, subnets, vpc } = await scene();
  const small = await make.subnet(vpc, '10.0.3.0/28', 'eu-west-1c');
  await createBalancer({ Subnets: [subnets[0] ?? '', small] });
  for (const name of ['b', 'c', 'd'])
    await createBalancer({ Name: name, Subnets: [subnets[0] ?? '', small] });
  expect(await refusalOf(createBalancer({ Name: 'e', Subnets: [subnets[0] ?? '', small] }))).toEqual({
    code: 'InvalidSubnet',
    message: `Not enough IP space available in ${small}. ELB requires at least 8 free IP addresses in each subnet.`,
  });
});

test("security groups must belong to the load balancer's VPC, and default to the VPC's default group", async () => {
  const { createBalancer, describeBalancer, make, vpc, region } = await scene();
  const elsewhere = await make.group(await make.vpc('10.1.0.0/16'));
  for (const group of ['sg-0', elsewhere]) {
    expect(await refusalOf(createBalancer({ SecurityGroups: [group] }))).toEqual({
      code: 'InvalidSecurityGroup',
      message: 'One or more security groups are invalid',
    });
  }
  await createBalancer();
  const defaultGroup = region.ec2.securityGroups.find(
    ({ VpcId, GroupName }) => VpcId === vpc && GroupName === 'default',
  );
  expect((await describeBalancer())?.SecurityGroups).toEqual([defaultGroup?.GroupId]);
});

test('unsupported settings are refused with an error that names them', async () => {
  const { createBalancer, subnets } = await scene();
  expect(await refusalOf(createBalancer({ Type: 'network' }))).toMatchObject({ code: 'NotImplemented' });
  const SubnetMappings = subnets.map((SubnetId) => ({ SubnetId, AllocationId: 'eipalloc-1' }));
  expect(await refusalOf(createBalancer({ Subnets: undefined, SubnetMappings }))).toMatchObject({
    code: 'NotImplemented',
    message: expect.stringContaining('AllocationId'),
  });
  expect(await refusalOf(createBalancer({ IpAddressType: 'dualstack' }))).toEqual({
    code: 'ValidationError',
    message: 'You must specify subnets with an associated IPv6 CIDR block.',
  });
});

test('subnets can also be given as subnet mappings without addresses', async () => {
  const { createBalancer, describeBalancer, subnets } = await scene();
  await createBalancer({ Subnets: undefined, SubnetMappings: subnets.map((SubnetId) => ({ SubnetId })) });
  expect((await describeBalancer())?.AvailabilityZones?.map(({ SubnetId }) => SubnetId)).toEqual(subnets);
  const both = createBalancer({ Name: 'both', SubnetMappings: subnets.map((SubnetId) => ({ SubnetId })) });
  expect(await refusalOf(both)).toMatchObject({ code: 'ValidationError' });
});

test('a describe call that names an unknown load balancer is refused, and the last page has no marker', async () => {
  const { makeBalancer, elbv2 } = await scene();
  const arns = [await makeBalancer('one'), await makeBalancer('two'), await makeBalancer('three')];
  const mixed = elbv2.send(new DescribeLoadBalancersCommand({ Names: ['one', 'none'] }));
  expect(await refusalOf(mixed)).toMatchObject({ code: 'LoadBalancerNotFound' });
  const gone = elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [`${arns[0]}0`] }));
  expect(await refusalOf(gone)).toMatchObject({ code: 'LoadBalancerNotFound' });
  const first = await elbv2.send(new DescribeLoadBalancersCommand({ PageSize: 2 }));
  expect(first.LoadBalancers).toHaveLength(2);
  const second = await elbv2.send(
    new DescribeLoadBalancersCommand({ PageSize: 2, Marker: first.NextMarker }),
  );
  expect(second.LoadBalancers?.map(({ LoadBalancerArn }) => LoadBalancerArn)).toEqual([arns[2]]);
  expect(second.NextMarker).toBeUndefined();
  const emptyPage = elbv2.send(new DescribeLoadBalancersCommand({ PageSize: 0 }));
  expect(await refusalOf(emptyPage)).toMatchObject({ code: 'ValidationError' });
});
