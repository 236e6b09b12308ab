// Changes to the sandbox's load balancers, through the SDK's client.
import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import {
  DescribeCapacityReservationCommand,
  DescribeLoadBalancerAttributesCommand,
  ModifyLoadBalancerAttributesCommand,
  SetIpAddressTypeCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { scene } from './scene.ts';

async function attributesScene() {
  const started = await scene();
  const LoadBalancerArn = await started.makeBalancer();
  const modify = (Key: string, Value: string) =>
    started.elbv2.send(
      new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: [{ Key, Value }] }),
    );
  const attributes = async () => {
    const command = new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn });
    const { Attributes = [] } = await started.elbv2.send(command);
    return Object.fromEntries(Attributes.map(({ Key = '', Value }) => [Key, Value] as const));
  };
  return { ...started, LoadBalancerArn, modify, attributes };
}

test("a new load balancer has AWS's default attributes", async () => {
  const { attributes } = await attributesScene();
  expect(await attributes()).toMatchObject({
    'access_logs.s3.enabled': 'false',
    'access_logs.s3.bucket': '',
    'client_keep_alive.seconds': '3600',
    'deletion_protection.enabled': 'false',
    'idle_timeout.timeout_seconds': '60',
    'load_balancing.cross_zone.enabled': 'true',
    'routing.http.desync_mitigation_mode': 'defensive',
    'routing.http.drop_invalid_header_fields.enabled': 'false',
    'routing.http.xff_header_processing.mode': 'append',
    'routing.http2.enabled': 'true',
    'waf.fail_open.enabled': 'false',
  });
});

test('a call that changes one attribute returns all attributes', async () => {
  const { attributes, modify } = await attributesScene();
  const { Attributes } = await modify('idle_timeout.timeout_seconds', '120');
  expect(Attributes).toContainEqual({ Key: 'idle_timeout.timeout_seconds', Value: '120' });
  expect(Attributes).toContainEqual({ Key: 'deletion_protection.enabled', Value: 'false' });
  expect((await attributes())['idle_timeout.timeout_seconds']).toBe('120');
});

test.each([
  ['idle_timeout', '60', 'ValidationError', "Load balancer attribute key 'idle_timeout' is not recognized"],
  [
    'idle_timeout.timeout_seconds',
    '4001',
    'ValidationError',
    "'idle_timeout.timeout_seconds' value '4001' must be between '1-4000' inclusive",
  ],
  ['idle_timeout.timeout_seconds', 'long', 'ValidationError', expect.any(String)],
  ['deletion_protection.enabled', 'yes', 'ValidationError', expect.any(String)],
  ['client_keep_alive.seconds', '59', 'ValidationError', expect.any(String)],
  ['load_balancing.cross_zone.enabled', 'false', 'InvalidConfigurationRequest', expect.any(String)],
  ['access_logs.s3.enabled', 'true', 'InvalidConfigurationRequest', expect.any(String)],
  ['routing.http.xff_client_port.enabled', 'true', 'NotImplemented', expect.any(String)],
  ['constructor', 'x', 'ValidationError', expect.any(String)],
])('changing the attribute %s to %j is refused with %s', async (key, value, code, message) => {
  const { modify } = await attributesScene();
  expect(await refusalOf(modify(key, value))).toEqual({ code, message });
});

test('a call with one invalid attribute changes no attribute', async () => {
  const { attributes, elbv2, LoadBalancerArn } = await attributesScene();
  const both = elbv2.send(
    new ModifyLoadBalancerAttributesCommand({
      LoadBalancerArn,
      Attributes: [
        { Key: 'idle_timeout.timeout_seconds', Value: '120' },
        { Key: 'colour', Value: 'red' },
      ],
    }),
  );
  expect(await refusalOf(both)).toMatchObject({ code: 'ValidationError' });
  expect((await attributes())['idle_timeout.timeout_seconds']).toBe('60');
});

test('security groups are replaced as a set, and the network interfaces get the new set too', async () => {
  const { makeBalancer, ec2, elbv2, describeBalancer, make, vpc } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const group = await make.group(vpc);
  await elbv2.send(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: [group] }));
  expect((await describeBalancer())?.SecurityGroups).toEqual([group]);
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
  expect(NetworkInterfaces?.map(({ Groups }) => Groups)).toEqual([
    [{ GroupId: group, GroupName: 'web' }],
    [{ GroupId: group, GroupName: 'web' }],
  ]);
  const unknown = elbv2.send(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: ['sg-0'] }));
  expect(await refusalOf(unknown)).toMatchObject({ code: 'InvalidSecurityGroup' });
  const withoutGroups = elbv2.send(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: [] }));
  expect(await refusalOf(withoutGroups)).toMatchObject({ code: 'InvalidConfigurationRequest' });
});

test('subnets are replaced as a set, and the remaining subnets keep their network interfaces', async () => {
  const { makeBalancer, ec2, elbv2, describeBalancer, make, subnets, vpc } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const interfaces = async () =>
    Object.fromEntries(
      ((await ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces ?? []).map(
        ({ SubnetId = '', NetworkInterfaceId }) => [SubnetId, NetworkInterfaceId] as const,
      ),
    );
  const before = await interfaces();
  const third = await make.subnet(vpc, '10.0.3.0/24', 'eu-west-1c');
  const [first = '', second = ''] = subnets;
  const { AvailabilityZones } = await elbv2.send(
    new SetSubnetsCommand({ LoadBalancerArn, Subnets: [first, third] }),
  );
  expect(AvailabilityZones?.map(({ ZoneName }) => ZoneName)).toEqual(['eu-west-1a', 'eu-west-1c']);
  expect((await describeBalancer())?.AvailabilityZones?.map(({ SubnetId }) => SubnetId)).toEqual([
    first,
    third,
  ]);
  const after = await interfaces();
  expect(after[first]).toBe(before[first]);
  expect(after[third]).toBeDefined();
  expect(after[second]).toBeUndefined();
  const singleSubnet = elbv2.send(new SetSubnetsCommand({ LoadBalancerArn, Subnets: [first] }));
  expect(await refusalOf(singleSubnet)).toMatchObject({ code: 'ValidationError' });
  const vpc2 = await make.vpc('10.1.0.0/16');
  await make.gateway(vpc2);
  const Subnets = [
    await make.subnet(vpc2, '10.1.1.0/24', 'eu-west-1a'),
    await make.subnet(vpc2, '10.1.2.0/24', 'eu-west-1b'),
  ];
  expect(await refusalOf(elbv2.send(new SetSubnetsCommand({ LoadBalancerArn, Subnets })))).toEqual({
    code: 'InvalidConfigurationRequest',
    message: 'All subnets must belong to the same VPC',
  });
});

test('the address type must be ipv4 while a subnet has no IPv6 block', async () => {
  const { makeBalancer, elbv2 } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const set = (IpAddressType: 'ipv4' | 'dualstack') =>
    elbv2.send(new SetIpAddressTypeCommand({ LoadBalancerArn, IpAddressType }));
  expect((await set('ipv4')).IpAddressType).toBe('ipv4');
  expect(await refusalOf(set('dualstack'))).toMatchObject({ code: 'ValidationError' });
});

test('a load balancer has no capacity reservation', async () => {
  const { makeBalancer, elbv2 } = await scene();
  const command = new DescribeCapacityReservationCommand({ LoadBalancerArn: await makeBalancer() });
  expect((await elbv2.send(command)).CapacityReservationState).toEqual([]);
});

test('an unknown load balancer and an invalid ARN are refused with different codes', async () => {
  const { makeBalancer, elbv2 } = await scene();
  const describe = (LoadBalancerArn: string) =>
    refusalOf(elbv2.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn })));
  const unknownArn = `${await makeBalancer()}0`;
  expect(await describe(unknownArn)).toEqual({
    code: 'LoadBalancerNotFound',
    message: `Load balancer '${unknownArn}' not found`,
  });
  expect(await describe('web')).toEqual({
    code: 'ValidationError',
    message: "'web' is not a valid load balancer ARN",
  });
});
