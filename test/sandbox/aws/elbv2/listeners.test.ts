// The sandbox's listeners and their default actions, through the SDK's client.
import {
  CreateListenerCommand,
  DeleteListenerCommand,
  DescribeListenerAttributesCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  ModifyListenerAttributesCommand,
  ModifyListenerCommand,
  type Action,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { forwardTo, notFound, scene } from './scene.ts';

test('the ARN of a listener extends the ARN of its load balancer, and the default rule shows the default actions', async () => {
  const { makeBalancer, createListener, elbv2 } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const { Listeners } = await createListener(LoadBalancerArn);
  const path = LoadBalancerArn.split('/').slice(1).join('/');
  expect(Listeners).toEqual([
    {
      ListenerArn: expect.stringMatching(new RegExp(`:listener/${path}/[0-9a-f]{16}$`)),
      LoadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [notFound],
    },
  ]);
  const ListenerArn = Listeners?.[0]?.ListenerArn;
  expect((await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }))).Listeners).toEqual(Listeners);
  const { Rules } = await elbv2.send(new DescribeRulesCommand({ ListenerArn }));
  expect(Rules).toEqual([
    {
      RuleArn: expect.stringMatching(new RegExp(`:listener-rule/${path}/[0-9a-f]{16}/[0-9a-f]{16}$`)),
      Priority: 'default',
      IsDefault: true,
      Conditions: [],
      Actions: [notFound],
    },
  ]);
});

test('a repeated create call returns the same listener; a call with another action is refused as a duplicate', async () => {
  const { makeBalancer, createListener, makeTargetGroup } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const first = await createListener(LoadBalancerArn);
  expect((await createListener(LoadBalancerArn)).Listeners).toEqual(first.Listeners);
  expect(await refusalOf(createListener(LoadBalancerArn, forwardTo(await makeTargetGroup())))).toEqual({
    code: 'DuplicateListener',
    message: `A listener already exists on this port for this load balancer '${LoadBalancerArn}'`,
  });
});

test('a forward action to one group is shown in both notations', async () => {
  const { makeBalancer, createListener, makeTargetGroup } = await scene();
  const api1 = await makeTargetGroup();
  const { Listeners } = await createListener(await makeBalancer(), forwardTo(api1));
  expect(Listeners?.[0]?.DefaultActions).toEqual([
    {
      Type: 'forward',
      TargetGroupArn: api1,
      ForwardConfig: {
        TargetGroups: [{ TargetGroupArn: api1, Weight: 1 }],
        TargetGroupStickinessConfig: { Enabled: false },
      },
    },
  ]);
});

test('a forward action can share requests between several groups by weight', async () => {
  const { makeBalancer, createListener, makeTargetGroup } = await scene();
  const TargetGroups = [
    { TargetGroupArn: await makeTargetGroup('a'), Weight: 9 },
    { TargetGroupArn: await makeTargetGroup('b'), Weight: 0 },
  ];
  const { Listeners } = await createListener(await makeBalancer(), {
    Type: 'forward',
    ForwardConfig: { TargetGroups },
  });
  expect(Listeners?.[0]?.DefaultActions?.[0]).toMatchObject({ ForwardConfig: { TargetGroups } });
  expect(Listeners?.[0]?.DefaultActions?.[0]?.TargetGroupArn).toBeUndefined();
});

test('a redirect shows placeholders for the parts of the URL that it keeps', async () => {
  const { makeBalancer, createListener } = await scene();
  const { Listeners } = await createListener(await makeBalancer(), {
    Type: 'redirect',
    RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
  });
  expect(Listeners?.[0]?.DefaultActions?.[0]?.RedirectConfig).toEqual({
    Protocol: 'HTTPS',
    Port: '443',
    Host: '#{host}',
    Path: '/#{path}',
    Query: '#{query}',
    StatusCode: 'HTTP_301',
  });
});

const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/none/0123456789abcdef';
const redirect = (config: object): Action => ({
  Type: 'redirect',
  RedirectConfig: { StatusCode: 'HTTP_302', ...config },
});
const fixedResponse = (config: object): Action => ({
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '200', ...config },
});
const refusedActions: [Action, string, string][] = [
  [forwardTo(GROUP), 'TargetGroupNotFound', `Target group '${GROUP}' not found`],
  [{ Type: 'forward' }, 'ValidationError', 'A target group ARN must be specified'],
  [
    {
      Type: 'forward',
      TargetGroupArn: GROUP,
      ForwardConfig: { TargetGroups: [{ TargetGroupArn: `${GROUP}0` }] },
    },
    'InvalidLoadBalancerAction',
    'must be the only one',
  ],
  [
    { Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: GROUP, Weight: 1000 }] } },
    'ValidationError',
    "must be between '0-999' inclusive",
  ],
  [
    {
      Type: 'forward',
      ForwardConfig: { TargetGroups: [1, 2, 3, 4, 5, 6].map((i) => ({ TargetGroupArn: `${GROUP}${i}` })) },
    },
    'TooManyTargetGroups',
    '5',
  ],
  [
    {
      Type: 'forward',
      TargetGroupArn: GROUP,
      ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true } },
    },
    'ValidationError',
    "must be between '1-604800' inclusive",
  ],
  [{ Type: 'redirect' }, 'ValidationError', "'RedirectConfig' must be specified"],
  [redirect({}), 'InvalidLoadBalancerAction', 'must change at least one'],
  [redirect({ Path: 'new' }), 'InvalidLoadBalancerAction', "must start with a '/'"],
  [redirect({ Port: '70000' }), 'InvalidLoadBalancerAction', 'redirect port'],
  [redirect({ Protocol: 'FTP' }), 'ValidationError', 'defaultActions.1.member.redirectConfig.protocol'],
  [redirect({ Port: '81', StatusCode: 'HTTP_307' }), 'ValidationError', '[HTTP_301, HTTP_302]'],
  [{ Type: 'fixed-response' }, 'ValidationError', "'FixedResponseConfig' must be specified"],
  [fixedResponse({ StatusCode: '302' }), 'ValidationError', '^(2|4|5)\\d\\d$'],
  [fixedResponse({ ContentType: 'image/png' }), 'InvalidLoadBalancerAction', 'ContentType must be one of'],
  [fixedResponse({ MessageBody: 'x'.repeat(1025) }), 'ValidationError', 'less than or equal to 1024'],
  [{ Type: 'authenticate-oidc' }, 'InvalidLoadBalancerAction', 'only on HTTPS listeners'],
  [{ Type: 'dance' as 'forward' }, 'ValidationError', 'enum value set'],
];
test.each(refusedActions)('a listener with the action %j is refused', async (action, code, words) => {
  const { makeBalancer, createListener } = await scene();
  expect(await refusalOf(createListener(await makeBalancer(), action))).toEqual({
    code,
    message: expect.stringContaining(words),
  });
});

test('a listener must have exactly one action', async () => {
  const { makeBalancer, elbv2 } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const create = (DefaultActions: Action[]) =>
    elbv2.send(new CreateListenerCommand({ LoadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions }));
  expect(await refusalOf(create([]))).toMatchObject({ code: 'ValidationError' });
  expect(await refusalOf(create([notFound, notFound]))).toMatchObject({ code: 'InvalidLoadBalancerAction' });
});

test.each([
  [{ Port: undefined }, 'ValidationError', 'A listener port must be specified'],
  [{ Port: 0 }, 'ValidationError', "Value '0' at 'port'"],
  [{ Port: 65536 }, 'ValidationError', "Value '65536' at 'port'"],
  [{ Protocol: undefined }, 'ValidationError', 'A listener protocol must be specified'],
  [{ Protocol: 'TCP' as const }, 'ValidationError', "Listener protocol 'TCP' must be one of 'HTTP, HTTPS'"],
  [{ Protocol: 'HTTPS' as const }, 'ValidationError', 'A certificate must be specified for HTTPS listeners'],
  [{ SslPolicy: 'x' }, 'ValidationError', 'only be specified for HTTPS listeners'],
])('a listener with %j is refused', async (settings, code, words) => {
  const { makeBalancer, elbv2 } = await scene();
  const call = elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: await makeBalancer(),
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [notFound],
      ...settings,
    }),
  );
  expect(await refusalOf(call)).toEqual({ code, message: expect.stringContaining(words) });
});

test('a target group can be used by only one load balancer, which must be in the same VPC', async () => {
  const { makeBalancer, createTargetGroup, createListener, makeTargetGroup, makeListener, make } =
    await scene();
  const api1 = await makeTargetGroup();
  await makeListener(await makeBalancer('web'), forwardTo(api1));
  const other = await makeBalancer('other');
  expect(await refusalOf(createListener(other, forwardTo(api1)))).toEqual({
    code: 'TargetGroupAssociationLimit',
    message: `The following target groups cannot be associated with more than one load balancer: ${api1}`,
  });
  const { TargetGroups } = await createTargetGroup({ Name: 'far', VpcId: await make.vpc('10.1.0.0/16') });
  expect(
    await refusalOf(createListener(other, forwardTo(TargetGroups?.[0]?.TargetGroupArn ?? ''))),
  ).toMatchObject({ code: 'InvalidConfigurationRequest' });
});

test('modifying a listener keeps the settings that the call omits', async () => {
  const { makeBalancer, elbv2, makeTargetGroup, makeListener } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const ListenerArn = await makeListener(LoadBalancerArn);
  await makeListener(LoadBalancerArn, notFound, 81);
  const modify = (changes: object) => elbv2.send(new ModifyListenerCommand({ ListenerArn, ...changes }));
  expect((await modify({ Port: 8080 })).Listeners).toMatchObject([
    { Port: 8080, DefaultActions: [notFound] },
  ]);
  const api1 = await makeTargetGroup();
  await modify({ DefaultActions: [forwardTo(api1)] });
  const { Rules } = await elbv2.send(new DescribeRulesCommand({ ListenerArn }));
  expect(Rules).toMatchObject([{ Priority: 'default', Actions: [{ TargetGroupArn: api1 }] }]);
  expect(await refusalOf(modify({ Port: 81 }))).toMatchObject({ code: 'DuplicateListener' });
  expect(await refusalOf(modify({ Protocol: 'HTTPS' }))).toMatchObject({
    message: 'A certificate must be specified for HTTPS listeners',
  });
});

test('a describe call must name either a load balancer or listener ARNs, but not both', async () => {
  const { makeBalancer, elbv2, makeListener } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const ListenerArn = await makeListener(LoadBalancerArn);
  const describe = (input: object) => refusalOf(elbv2.send(new DescribeListenersCommand(input)));
  expect(await describe({})).toEqual({
    code: 'ValidationError',
    message: 'You must specify either listener ARNs or a load balancer ARN',
  });
  expect(await describe({ LoadBalancerArn, ListenerArns: [ListenerArn] })).toMatchObject({
    code: 'ValidationError',
  });
  expect(await describe({ LoadBalancerArn: `${LoadBalancerArn}0` })).toMatchObject({
    code: 'LoadBalancerNotFound',
  });
  expect(await describe({ ListenerArns: [ListenerArn, `${ListenerArn}0`] })).toEqual({
    code: 'ListenerNotFound',
    message: 'One or more listeners not found',
  });
});

test('deleting a listener also deletes its rules and frees its port', async () => {
  const { makeBalancer, elbv2, makeListener, region, makeRule } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const ListenerArn = await makeListener(LoadBalancerArn);
  await makeRule(ListenerArn);
  await elbv2.send(new DeleteListenerCommand({ ListenerArn }));
  expect(region.elbv2.rules.size).toBe(0);
  expect(await refusalOf(elbv2.send(new DeleteListenerCommand({ ListenerArn })))).toMatchObject({
    code: 'ListenerNotFound',
  });
  expect(await makeListener(LoadBalancerArn)).not.toBe(ListenerArn);
});

test("a listener has AWS's default attributes, and refuses values that the sandbox does not support", async () => {
  const { makeBalancer, elbv2, makeListener } = await scene();
  const ListenerArn = await makeListener(await makeBalancer());
  const { Attributes } = await elbv2.send(new DescribeListenerAttributesCommand({ ListenerArn }));
  expect(Attributes).toContainEqual({ Key: 'routing.http.response.server.enabled', Value: 'true' });
  expect(Attributes).toContainEqual({
    Key: 'routing.http.response.strict_transport_security.header_value',
    Value: '',
  });
  const modify = (Key: string, Value: string) =>
    elbv2.send(new ModifyListenerAttributesCommand({ ListenerArn, Attributes: [{ Key, Value }] }));
  await modify('routing.http.response.server.enabled', 'true');
  expect(await refusalOf(modify('routing.http.response.server.enabled', 'false'))).toMatchObject({
    code: 'NotImplemented',
  });
  expect(await refusalOf(modify('server', 'true'))).toEqual({
    code: 'ValidationError',
    message: "Listener attribute key 'server' is not recognized",
  });
});
