// The sandbox's target groups, through the SDK's client.
import {
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  type CreateTargetGroupCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { forwardTo, scene } from './scene.ts';

test("a new target group has AWS's default health checks", async () => {
  const { createTargetGroup, vpc } = await scene();
  const { TargetGroups } = await createTargetGroup();
  expect(TargetGroups).toEqual([
    {
      TargetGroupArn: expect.stringMatching(
        /^arn:aws:elasticloadbalancing:eu-west-1:\d{12}:targetgroup\/api1\/[0-9a-f]{16}$/,
      ),
      TargetGroupName: 'api1',
      Protocol: 'HTTP',
      ProtocolVersion: 'HTTP1',
      Port: 5000,
      VpcId: vpc,
      TargetType: 'ip',
      IpAddressType: 'ipv4',
      HealthCheckEnabled: true,
      HealthCheckIntervalSeconds: 30,
      HealthCheckPath: '/',
      HealthCheckPort: 'traffic-port',
      HealthCheckProtocol: 'HTTP',
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: [],
    },
  ]);
});

test('an HTTPS target group is checked over HTTP by default', async () => {
  const { createTargetGroup } = await scene();
  expect((await createTargetGroup({ Protocol: 'HTTPS' })).TargetGroups).toMatchObject([
    {
      Protocol: 'HTTPS',
      ProtocolVersion: 'HTTP1',
      HealthCheckProtocol: 'HTTP',
      HealthCheckTimeoutSeconds: 5,
    },
  ]);
  const explicit = { Name: 'api2', Protocol: 'HTTPS', HealthCheckProtocol: 'HTTPS' } as const;
  expect((await createTargetGroup(explicit)).TargetGroups).toMatchObject([{ HealthCheckProtocol: 'HTTPS' }]);
});

test("a gRPC group has AWS's default health checks, and an HTTP listener cannot forward to it", async () => {
  const { createTargetGroup, makeBalancer, makeListener } = await scene();
  const { TargetGroups } = await createTargetGroup({ ProtocolVersion: 'GRPC' });
  expect(TargetGroups).toMatchObject([
    {
      ...{ Protocol: 'HTTP', ProtocolVersion: 'GRPC', HealthCheckPath: '/AWS.ALB/healthcheck' },
      Matcher: { GrpcCode: '12' },
    },
  ]);
  const forward = forwardTo(TargetGroups?.[0]?.TargetGroupArn ?? '');
  expect(await refusalOf(makeListener(await makeBalancer(), forward))).toEqual({
    code: 'InvalidLoadBalancerAction',
    message: "Listener protocol 'HTTP' is not supported with a target group with the protocol-version 'GRPC'",
  });
});

test('an empty protocol version, as Terraform sends it, means the default version', async () => {
  const { createTargetGroup } = await scene();
  const [made] = (await createTargetGroup({ ProtocolVersion: '' })).TargetGroups ?? [];
  expect(made?.ProtocolVersion).toBe('HTTP1');
  const [again] = (await createTargetGroup()).TargetGroups ?? [];
  expect(again?.TargetGroupArn).toBe(made?.TargetGroupArn);
});

test('a repeated create call returns the same group; a call with the same name and other settings is refused', async () => {
  const { createTargetGroup, elbv2 } = await scene();
  const [first] = (await createTargetGroup({ HealthCheckPath: '/health' })).TargetGroups ?? [];
  const [again] = (await createTargetGroup({ HealthCheckPath: '/health' })).TargetGroups ?? [];
  expect(again?.TargetGroupArn).toBe(first?.TargetGroupArn);
  expect(await refusalOf(createTargetGroup({ HealthCheckPath: '/health', Protocol: 'HTTPS' }))).toMatchObject(
    {
      code: 'DuplicateTargetGroupName',
    },
  );
  expect(await refusalOf(createTargetGroup({ HealthCheckPath: '/health', Port: 6000 }))).toEqual({
    code: 'DuplicateTargetGroupName',
    message: "A target group with the same name 'api1' exists, but with different settings",
  });
  await elbv2.send(
    new ModifyTargetGroupCommand({ TargetGroupArn: first?.TargetGroupArn, HealthCheckPath: '/other' }),
  );
  expect(await refusalOf(createTargetGroup({ HealthCheckPath: '/health' }))).toMatchObject({
    code: 'DuplicateTargetGroupName',
  });
});

const refusals: [Partial<CreateTargetGroupCommandInput>, string, string][] = [
  [{ Name: 'a'.repeat(33) }, 'ValidationError', "cannot be longer than '32' characters"],
  [{ Name: 'api_1' }, 'ValidationError', 'can only contain characters'],
  [{ Name: '-api' }, 'ValidationError', 'cannot begin or end with a hyphen(-)'],
  [{ Protocol: undefined }, 'ValidationError', 'A protocol must be specified'],
  [{ Port: undefined }, 'ValidationError', 'A port must be specified'],
  [{ Port: 65536 }, 'ValidationError', "at 'port' failed to satisfy constraint"],
  [{ VpcId: undefined }, 'ValidationError', 'A VPC ID must be specified'],
  [{ VpcId: 'vpc-0' }, 'ValidationError', "The VPC ID 'vpc-0' is not found"],
  [{ TargetType: undefined }, 'NotImplemented', 'type instance'],
  [{ TargetType: 'lambda' }, 'NotImplemented', 'type lambda'],
  [{ Protocol: 'TCP' }, 'NotImplemented', 'TCP'],
  [{ ProtocolVersion: 'HTTP3' }, 'ValidationError', "'HTTP3' must be one of"],
  [{ HealthCheckEnabled: false }, 'ValidationError', "target type 'ip'"],
  [{ HealthCheckProtocol: 'TCP' }, 'ValidationError', "'TCP' must be one of"],
  [{ HealthCheckPath: 'health' }, 'ValidationError', "must start with a '/'"],
  [{ HealthCheckPort: '0' }, 'ValidationError', 'Health check port'],
  [{ HealthCheckIntervalSeconds: 4 }, 'ValidationError', 'greater than or equal to 5'],
  [{ HealthCheckIntervalSeconds: 301 }, 'ValidationError', 'less than or equal to 300'],
  [{ HealthCheckTimeoutSeconds: 1 }, 'ValidationError', 'greater than or equal to 2'],
  [{ HealthCheckTimeoutSeconds: 121 }, 'ValidationError', 'less than or equal to 120'],
  [{ HealthyThresholdCount: 1 }, 'ValidationError', 'healthyThresholdCount'],
  [{ UnhealthyThresholdCount: 11 }, 'ValidationError', 'unhealthyThresholdCount'],
  [{ HealthCheckTimeoutSeconds: 30 }, 'ValidationError', "'30' must be smaller than the interval '30'"],
  [{ Matcher: { HttpCode: '500' } }, 'ValidationError', "within '200-499'"],
  [{ Matcher: { HttpCode: '299-200' } }, 'ValidationError', "within '200-499'"],
  [{ Matcher: { HttpCode: 'ok' } }, 'ValidationError', "within '200-499'"],
  [{ Matcher: { GrpcCode: '0' } }, 'ValidationError', 'protocol version GRPC'],
  [{ ProtocolVersion: 'GRPC', Matcher: { HttpCode: '200' } }, 'ValidationError', 'protocol version GRPC'],
  [{ ProtocolVersion: 'GRPC', Matcher: { GrpcCode: '100' } }, 'ValidationError', "within '0-99'"],
  [{ ProtocolVersion: 'GRPC', Matcher: { GrpcCode: '5-1' } }, 'ValidationError', "within '0-99'"],
];
test.each(refusals)('a target group with %j is refused', async (settings, code, words) => {
  const { createTargetGroup } = await scene();
  expect(await refusalOf(createTargetGroup(settings))).toEqual({
    code,
    message: expect.stringContaining(words),
  });
});

test('modifying the health checks keeps the settings that the call omits', async () => {
  const { createTargetGroup, elbv2 } = await scene();
  const [made] = (await createTargetGroup({ HealthCheckPath: '/health' })).TargetGroups ?? [];
  const modify = (changes: object) =>
    elbv2.send(new ModifyTargetGroupCommand({ TargetGroupArn: made?.TargetGroupArn, ...changes }));
  const changes = { HealthCheckIntervalSeconds: 10, Matcher: { HttpCode: '200-299,301' } };
  expect((await modify(changes)).TargetGroups).toEqual([{ ...made, ...changes }]);
  expect(await refusalOf(modify({ HealthCheckTimeoutSeconds: 10 }))).toMatchObject({
    code: 'ValidationError',
  });
});

test("attributes have AWS's defaults and can be changed within their ranges", async () => {
  const { elbv2, makeTargetGroup } = await scene();
  const TargetGroupArn = await makeTargetGroup();
  const { Attributes = [] } = await elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  expect(Object.fromEntries(Attributes.map(({ Key = '', Value }) => [Key, Value] as const))).toMatchObject({
    'deregistration_delay.timeout_seconds': '300',
    'load_balancing.algorithm.type': 'round_robin',
    'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
    'slow_start.duration_seconds': '0',
    'stickiness.enabled': 'false',
    'stickiness.type': 'lb_cookie',
    'stickiness.lb_cookie.duration_seconds': '86400',
  });
  const modify = (Key: string, Value: string) =>
    elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: [{ Key, Value }] }));
  const changed = await modify('deregistration_delay.timeout_seconds', '0');
  expect(changed.Attributes).toContainEqual({ Key: 'deregistration_delay.timeout_seconds', Value: '0' });
  await modify('load_balancing.cross_zone.enabled', 'true');
  expect(await refusalOf(modify('deregistration_delay.timeout_seconds', '3601'))).toEqual({
    code: 'ValidationError',
    message: "'deregistration_delay.timeout_seconds' value '3601' must be between '0-3600' inclusive",
  });
  expect(await refusalOf(modify('delay', '1'))).toEqual({
    code: 'ValidationError',
    message: "Target group attribute key 'delay' is not recognized",
  });
});

const combinations: [attributes: Record<string, string>, code: string, words: string][] = [
  [
    { 'slow_start.duration_seconds': '30', 'load_balancing.algorithm.type': 'least_outstanding_requests' },
    'InvalidConfigurationRequest',
    "is 'least_outstanding_requests'",
  ],
  [
    { 'slow_start.duration_seconds': '30', 'load_balancing.algorithm.type': 'weighted_random' },
    'InvalidConfigurationRequest',
    "is 'weighted_random'",
  ],
  [
    { 'load_balancing.algorithm.anomaly_mitigation': 'on' },
    'InvalidConfigurationRequest',
    "is 'round_robin'",
  ],
  [
    {
      'load_balancing.algorithm.anomaly_mitigation': 'on',
      'load_balancing.algorithm.type': 'weighted_random',
    },
    'NotImplemented',
    'anomaly_mitigation',
  ],
  [{ 'stickiness.type': 'source_ip' }, 'InvalidConfigurationRequest', "Stickiness type 'source_ip' is not"],
  [
    { 'stickiness.enabled': 'true', 'stickiness.type': 'app_cookie' },
    'InvalidConfigurationRequest',
    'You must set an application cookie name',
  ],
  [{ 'stickiness.app_cookie.cookie_name': 'AWSALBX' }, 'ValidationError', "cannot start with 'AWSALB'"],
  [{ 'stickiness.lb_cookie.duration_seconds': '604801' }, 'ValidationError', "'1-604800'"],
  [{ 'slow_start.duration_seconds': '29' }, 'ValidationError', "'30-900'"],
];
test.each(combinations)(
  'the attributes %j are refused, and none is changed',
  async (changes, code, words) => {
    const { elbv2, makeTargetGroup } = await scene();
    const TargetGroupArn = await makeTargetGroup();
    const before = await elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
    const Attributes = Object.entries(changes).map(([Key, Value]) => ({ Key, Value }));
    const change = elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
    expect(await refusalOf(change)).toEqual({ code, message: expect.stringContaining(words) });
    const after = await elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
    expect(after.Attributes).toEqual(before.Attributes);
  },
);

test('a rule that forwards to several groups is refused if one of them is sticky, unless the rule is sticky', async () => {
  const { elbv2, makeBalancer, makeTargetGroup, makeListener, makeRule } = await scene();
  const [sticky, other] = [await makeTargetGroup('a'), await makeTargetGroup('b')];
  const Attributes = [{ Key: 'stickiness.enabled', Value: 'true' }];
  await elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: sticky, Attributes }));
  const listener = await makeListener(await makeBalancer(), forwardTo(sticky));
  const TargetGroups = [sticky, other].map((TargetGroupArn) => ({ TargetGroupArn, Weight: 1 }));
  const action = { Type: 'forward' as const, ForwardConfig: { TargetGroups } };
  expect(await refusalOf(makeRule(listener, 1, action))).toEqual({
    code: 'InvalidLoadBalancerAction',
    message:
      'You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups',
  });
  const stickyAction = (DurationSeconds?: number) => ({
    ...action,
    ForwardConfig: { TargetGroups, TargetGroupStickinessConfig: { Enabled: true, DurationSeconds } },
  });
  for (const seconds of [undefined, 0, 604_801])
    expect(await refusalOf(makeRule(listener, 1, stickyAction(seconds)))).toMatchObject({
      code: 'ValidationError',
      message: expect.stringContaining("'1-604800'"),
    });
  await makeRule(listener, 1, stickyAction(1));
});

test('a group shows the load balancer whose listeners or rules forward to the group', async () => {
  const { makeBalancer, elbv2, makeTargetGroup, makeListener, makeRule } = await scene();
  const [web, other] = [await makeBalancer('web'), await makeBalancer('other')];
  const [byDefault, byRule, unused] = [
    await makeTargetGroup('a'),
    await makeTargetGroup('b'),
    await makeTargetGroup('c'),
  ];
  await makeRule(await makeListener(web, forwardTo(byDefault)), 1, forwardTo(byRule));
  const groups = async (input: object) =>
    ((await elbv2.send(new DescribeTargetGroupsCommand(input))).TargetGroups ?? []).map(
      ({ TargetGroupArn, LoadBalancerArns }) => [TargetGroupArn, LoadBalancerArns],
    );
  expect(await groups({})).toEqual([
    [byDefault, [web]],
    [byRule, [web]],
    [unused, []],
  ]);
  expect(await groups({ LoadBalancerArn: web })).toEqual([
    [byDefault, [web]],
    [byRule, [web]],
  ]);
  expect(await groups({ LoadBalancerArn: other })).toEqual([]);
});

test('a describe call that names an unknown group is refused', async () => {
  const { elbv2, makeTargetGroup } = await scene();
  const arn = await makeTargetGroup();
  const describe = (input: object) => elbv2.send(new DescribeTargetGroupsCommand(input));
  expect(await refusalOf(describe({ Names: ['api1', 'none'] }))).toEqual({
    code: 'TargetGroupNotFound',
    message: "Target groups '[none]' not found",
  });
  expect(await refusalOf(describe({ TargetGroupArns: [arn, `${arn}0`] }))).toMatchObject({
    code: 'TargetGroupNotFound',
  });
  expect(await refusalOf(describe({ TargetGroupArns: [arn], Names: ['api1'] }))).toMatchObject({
    code: 'ValidationError',
  });
});

test('a group can be deleted only some seconds after the deletion of the last listener that forwards to it', async () => {
  const clock = manualClock();
  const { makeBalancer, elbv2, makeTargetGroup, makeListener } = await scene({ clock, pace: 1 });
  const TargetGroupArn = await makeTargetGroup();
  const remove = () => elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  const inUse = {
    code: 'ResourceInUse',
    message: `Target group '${TargetGroupArn}' is currently in use by a listener or a rule`,
  };
  const ListenerArn = await makeListener(await makeBalancer(), forwardTo(TargetGroupArn));
  expect(await refusalOf(remove())).toEqual(inUse);
  await elbv2.send(new DeleteListenerCommand({ ListenerArn }));
  expect(await refusalOf(remove())).toEqual(inUse);
  clock.advance(5_000);
  await remove();
  await remove();
  const { TargetGroups } = await elbv2.send(new DescribeTargetGroupsCommand({}));
  expect(TargetGroups).toEqual([]);
});

test('a group of a deleted load balancer can be deleted', async () => {
  const { makeBalancer, elbv2, makeTargetGroup, makeListener } = await scene();
  const [LoadBalancerArn, TargetGroupArn] = [await makeBalancer(), await makeTargetGroup()];
  await makeListener(LoadBalancerArn, forwardTo(TargetGroupArn));
  await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  await elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  const gone = elbv2.send(new DescribeTargetGroupsCommand({ Names: ['api1'] }));
  expect(await refusalOf(gone)).toMatchObject({ code: 'TargetGroupNotFound' });
});
