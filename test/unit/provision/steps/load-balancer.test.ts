// The step for the load balancer: the calls that it makes in each case.
import {
  AddTagsCommand,
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  ModifyLoadBalancerAttributesCommand,
  RemoveTagsCommand,
  SetIpAddressTypeCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AssociateWebACLCommand, DisassociateWebACLCommand } from '@aws-sdk/client-wafv2';
import { expect, test } from '@jest/globals';
import type { FoundLoadBalancer } from '../../../../lib/look/load-balancer.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { loadBalancer } from '../../../../provision/steps/load-balancer.ts';
import { awsError, config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { existing } from '../../existing-resources.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop-dev/50dc6c495c0c9188';
const ids = {
  loadBalancerArn: ARN,
  dnsName: 'shop-dev-1234567890.eu-west-1.elb.amazonaws.com',
  hostedZoneId: 'Z32O12XQLNTSW2',
};
const attributes = {
  'access_logs.s3.enabled': 'false',
  'deletion_protection.enabled': 'false',
  'idle_timeout.timeout_seconds': '60',
  'routing.http.drop_invalid_header_fields.enabled': 'true',
  'routing.http.desync_mitigation_mode': 'defensive',
};
const foundBalancer: FoundLoadBalancer = {
  ...ids,
  vpcId: 'vpc-1',
  state: 'active',
  scheme: 'internet-facing',
  subnetIds: ['subnet-b', 'subnet-a'],
  securityGroupIds: ['sg-balancer'],
  attributes: { ...attributes, 'routing.http2.enabled': 'true' },
  tags: ourTags('loadBalancer'),
};
const { subnets, securityGroups } = existing;
const scenario = { noun: 'loadBalancer' as const, ids: { subnets, securityGroups } };
const scenarioWith = (changes: Partial<FoundLoadBalancer> = {}) => ({
  ...scenario,
  found: { subnets, securityGroups, loadBalancer: { '': { ...foundBalancer, ...changes } } },
});

/** The services of the configuration, without their paths. */
const unroutedServices = config().services.map((service) => ({
  ...service,
  containers: service.containers.map((container) => ({ ...container, path: undefined })),
}));

const settings = {
  Name: 'shop-dev',
  Type: 'application',
  Scheme: 'internet-facing',
  IpAddressType: 'ipv4',
  Subnets: ['subnet-a', 'subnet-b'],
  SecurityGroups: ['sg-balancer'],
  Tags: toPascalCaseTags(ourTags('loadBalancer')),
};

/** Lets the look find a load balancer with these tags. */
function mockLoadBalancer(tags: Record<string, string>): void {
  const { loadBalancerArn: LoadBalancerArn, dnsName: DNSName, hostedZoneId: CanonicalHostedZoneId } = ids;
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .resolves({ LoadBalancers: [{ LoadBalancerArn, DNSName, CanonicalHostedZoneId }] });
  mocks.elbv2.on(DescribeLoadBalancerAttributesCommand).resolves({ Attributes: [] });
  mocks.elbv2
    .on(DescribeTagsCommand)
    .resolves({ TagDescriptions: [{ ResourceArn: LoadBalancerArn, Tags: toPascalCaseTags(tags) }] });
}

test('creates when missing', async () => {
  mocks.elbv2.on(CreateLoadBalancerCommand).resolves({
    LoadBalancers: [{ LoadBalancerArn: ARN, DNSName: ids.dnsName, CanonicalHostedZoneId: ids.hostedZoneId }],
  });
  mocks.elbv2.on(ModifyLoadBalancerAttributesCommand).resolves({});
  const result = await provisionStep(loadBalancer, scenario);
  expect(result.shortChanges).toEqual([['create', '']]);
  expect(result.ids).toEqual({ '': ids });
  expect(sentCalls()).toEqual([
    { command: 'CreateLoadBalancer', input: settings },
    {
      command: 'ModifyLoadBalancerAttributes',
      input: { LoadBalancerArn: ARN, Attributes: toPascalCaseTags(attributes) },
    },
  ]);
});

test('creates when missing: if the response to an earlier create was lost, our resource with this name is adopted', async () => {
  mocks.elbv2.on(CreateLoadBalancerCommand).rejects(awsError('DuplicateLoadBalancerNameException'));
  mocks.elbv2.on(ModifyLoadBalancerAttributesCommand).resolves({});
  mockLoadBalancer(ourTags('loadBalancer'));
  const result = await provisionStep(loadBalancer, scenario);
  expect(result.ids).toEqual({ '': ids });
  expect(sentCalls().at(-1)).toEqual({
    command: 'ModifyLoadBalancerAttributes',
    input: { LoadBalancerArn: ARN, Attributes: toPascalCaseTags(attributes) },
  });
});

test('creates when missing: a resource with our name that someone else created after the survey is left alone', async () => {
  mocks.elbv2.on(CreateLoadBalancerCommand).rejects(awsError('DuplicateLoadBalancerNameException'));
  mockLoadBalancer({});
  await expect(provisionStep(loadBalancer, scenario)).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'A resource that does not belong to this stack already uses the name shop-dev.',
  });
  expect(sentCalls().filter(({ command }) => !command.startsWith('Describe'))).toEqual([
    { command: 'CreateLoadBalancer', input: settings },
  ]);
});

test('adopts when present', async () => {
  const result = await provisionStep(loadBalancer, scenarioWith());
  expect(result.shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('adopts when present: values that AWS fills in automatically are not drift', async () => {
  const filled = { ...attributes, 'waf.fail_open.enabled': 'true' };
  const result = await provisionStep(
    loadBalancer,
    scenarioWith({ state: 'provisioning', attributes: filled }),
  );
  expect(result.shortChanges).toEqual([]);
});

test('repairs drift', async () => {
  mocks.elbv2.on(ModifyLoadBalancerAttributesCommand).resolves({});
  mocks.elbv2.on(SetSubnetsCommand).resolves({});
  mocks.elbv2.on(SetSecurityGroupsCommand).resolves({});
  mocks.elbv2.on(AddTagsCommand).resolves({});
  const result = await provisionStep(
    loadBalancer,
    scenarioWith({
      subnetIds: ['subnet-a'],
      securityGroupIds: ['sg-balancer', 'sg-2'],
      attributes: { ...attributes, 'idle_timeout.timeout_seconds': '30' },
      tags: { ...foundBalancer.tags, Name: 'other' },
    }),
  );
  expect(result.shortChanges).toEqual([
    ['update', '', 'subnets', 'security group', 'attribute.idle_timeout.timeout_seconds', 'tag.Name'],
  ]);
  expect(result.ids).toEqual({ '': ids });
  expect(sentCalls()).toEqual([
    {
      command: 'ModifyLoadBalancerAttributes',
      input: { LoadBalancerArn: ARN, Attributes: toPascalCaseTags(attributes) },
    },
    { command: 'SetSubnets', input: { LoadBalancerArn: ARN, Subnets: ['subnet-a', 'subnet-b'] } },
    { command: 'SetSecurityGroups', input: { LoadBalancerArn: ARN, SecurityGroups: ['sg-balancer'] } },
    { command: 'AddTags', input: { ResourceArns: [ARN], Tags: toPascalCaseTags(ourTags('loadBalancer')) } },
  ]);
});

test('repairs drift: if only an attribute differs, only attributes are sent', async () => {
  mocks.elbv2.on(ModifyLoadBalancerAttributesCommand).resolves({});
  const changedConfig = config({ idleTimeoutSeconds: 120 });
  const result = await provisionStep(loadBalancer, { ...scenarioWith(), config: changedConfig });
  expect(result.shortChanges).toEqual([['update', '', 'attribute.idle_timeout.timeout_seconds']]);
  expect(sentCalls().map(({ command }) => command)).toEqual(['ModifyLoadBalancerAttributes']);
});

test('repairs drift: subnets and a security group that do not exist yet count as different from the current ones', async () => {
  mocks.elbv2.on(SetSubnetsCommand).resolves({});
  mocks.elbv2.on(SetSecurityGroupsCommand).resolves({});
  const result = await provisionStep(loadBalancer, {
    ...scenario,
    found: { loadBalancer: { '': foundBalancer } },
  });
  expect(result.shortChanges).toEqual([['update', '', 'subnets', 'security group']]);
});

test('repairs drift: a failed load balancer is deleted before a new one is created', async () => {
  mocks.elbv2.on(DeleteLoadBalancerCommand).resolves({});
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .resolvesOnce({ LoadBalancers: [{ LoadBalancerArn: ARN }] })
    .rejects(awsError('LoadBalancerNotFoundException'));
  mocks.elbv2.on(CreateLoadBalancerCommand).resolves({
    LoadBalancers: [
      { LoadBalancerArn: 'arn-2', DNSName: ids.dnsName, CanonicalHostedZoneId: ids.hostedZoneId },
    ],
  });
  mocks.elbv2.on(ModifyLoadBalancerAttributesCommand).resolves({});
  const result = await provisionStep(loadBalancer, scenarioWith({ state: 'failed', failure: 'no address' }));
  expect(result.changes).toMatchObject([
    { verb: 'replace', reason: 'a failed load balancer cannot recover: no address' },
  ]);
  expect(result.ids).toEqual({ '': { ...ids, loadBalancerArn: 'arn-2' } });
  expect(sentCalls().map(({ command }) => command)).toEqual([
    'DeleteLoadBalancer',
    'DescribeLoadBalancers',
    'DescribeLoadBalancers',
    'CreateLoadBalancer',
    'ModifyLoadBalancerAttributes',
  ]);
});

test('repairs drift: deletion protection that is on without being configured is turned off', async () => {
  mocks.elbv2.on(ModifyLoadBalancerAttributesCommand).resolves({});
  const isOn = { ...attributes, 'deletion_protection.enabled': 'true' };
  const result = await provisionStep(loadBalancer, scenarioWith({ attributes: isOn }));
  expect(result.shortChanges).toEqual([['update', '', 'attribute.deletion_protection.enabled']]);
  expect(sentCalls()[0]?.input).toEqual({ LoadBalancerArn: ARN, Attributes: toPascalCaseTags(attributes) });
});

test('repairs drift: the deletion protection of a failed load balancer is turned off before it is deleted', async () => {
  mocks.elbv2
    .on(ModifyLoadBalancerAttributesCommand)
    .resolves({})
    .on(DeleteLoadBalancerCommand)
    .resolves({})
    .on(DescribeLoadBalancersCommand)
    .rejects(awsError('LoadBalancerNotFoundException'))
    .on(CreateLoadBalancerCommand)
    .resolves({ LoadBalancers: [{ LoadBalancerArn: 'arn-2' }] });
  const isOn = { ...attributes, 'deletion_protection.enabled': 'true' };
  await provisionStep(loadBalancer, {
    ...scenarioWith({ state: 'failed', attributes: isOn }),
    config: config({ protect: true }),
  });
  const off = [{ Key: 'deletion_protection.enabled', Value: 'false' }];
  expect(sentCalls().slice(0, 2)).toEqual([
    { command: 'ModifyLoadBalancerAttributes', input: { LoadBalancerArn: ARN, Attributes: off } },
    { command: 'DeleteLoadBalancer', input: { LoadBalancerArn: ARN } },
  ]);
  expect(sentCalls().at(-1)).toEqual({
    command: 'ModifyLoadBalancerAttributes',
    input: { LoadBalancerArn: 'arn-2', Attributes: toPascalCaseTags(isOn) },
  });
});

test('a changed scheme: the load balancer is deleted, and created again in the private subnets', async () => {
  mocks.elbv2
    .on(DeleteLoadBalancerCommand)
    .resolves({})
    .on(DescribeLoadBalancersCommand)
    .rejects(awsError('LoadBalancerNotFoundException'))
    .on(CreateLoadBalancerCommand)
    .resolves({ LoadBalancers: [{ LoadBalancerArn: 'arn-2' }] })
    .on(ModifyLoadBalancerAttributesCommand)
    .resolves({});
  const internal = config({ internal: true });
  const result = await provisionStep(loadBalancer, { ...scenarioWith(), config: internal });
  expect(result.changes).toMatchObject([
    { verb: 'replace', reason: expect.stringContaining('the scheme of a load balancer cannot change') },
  ]);
  expect(sentCalls()[2]).toEqual({
    command: 'CreateLoadBalancer',
    input: { ...settings, Scheme: 'internal', Subnets: ['subnet-c', 'subnet-d'] },
  });
  expect(result.ids).toMatchObject({ '': { loadBalancerArn: 'arn-2' } });
});

test('a changed scheme is refused while the configuration protects the load balancer from deletion', async () => {
  const result = await provisionStep(loadBalancer, {
    ...scenarioWith(),
    config: config({ internal: true, protect: true }),
  });
  expect(result.changes).toMatchObject([
    {
      verb: 'refused',
      cannotUpdate: true,
      reason: expect.stringContaining('remove protect, and run npm run'),
    },
  ]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift: without a route, the load balancer is removed, but never one of someone else', async () => {
  const without = { ...scenarioWith(), config: config({ domain: undefined, services: unroutedServices }) };
  expect((await provisionStep(loadBalancer, without)).shortChanges).toEqual([['remove', '']]);
  const foreign = { ...without, found: scenarioWith({ tags: {} }).found };
  expect((await provisionStep(loadBalancer, foreign)).shortChanges).toEqual([]);
  expect((await provisionStep(loadBalancer, { ...without, found: {} })).shortChanges).toEqual([]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.elbv2
    .on(CreateLoadBalancerCommand)
    .rejects(awsError('TooManyLoadBalancersException', 'You have reached the maximum.'));
  await expect(provisionStep(loadBalancer, scenario)).rejects.toMatchObject({
    message: 'You have reached the maximum.',
  });
  expect(sentCalls()).toEqual([{ command: 'CreateLoadBalancer', input: settings }]);
});

test.each([
  [
    'has our name but not our tags',
    { tags: {} },
    'it has our name but not our tags: someone else created it',
    undefined,
  ],
  [
    'belongs to another stack',
    { tags: { 'slipway:stack': 'shop-prod' } },
    'it belongs to the stack shop-prod',
    undefined,
  ],
])(
  'explains refusal: a load balancer that %s is refused, and nothing is sent',
  async (_what, changes, reason, cannotUpdate) => {
    const { changes: planned } = await provisionStep(
      loadBalancer,
      scenarioWith(changes as Partial<FoundLoadBalancer>),
    );
    expect(planned).toEqual([
      { noun: 'loadBalancer', key: '', verb: 'refused', fields: [], reason, cannotUpdate },
    ]);
    expect(sentCalls()).toEqual([]);
  },
);

const WEB_ACL = 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/edge/1a2b3c4d';

test('creates when missing: the web ACL is associated as soon as the load balancer is active', async () => {
  mocks.elbv2.on(CreateLoadBalancerCommand).resolves({
    LoadBalancers: [{ LoadBalancerArn: ARN, DNSName: ids.dnsName, CanonicalHostedZoneId: ids.hostedZoneId }],
  });
  mocks.elbv2.on(ModifyLoadBalancerAttributesCommand).resolves({});
  const inState = (Code: 'provisioning' | 'active') => ({ LoadBalancers: [{ State: { Code } }] });
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .resolvesOnce(inState('provisioning'))
    .resolves(inState('active'));
  mocks.wafv2.on(AssociateWebACLCommand).resolves({});
  await provisionStep(loadBalancer, { ...scenario, config: config({ waf: WEB_ACL }) });
  expect(sentCalls()).toMatchObject([
    { input: { Tags: expect.arrayContaining([{ Key: 'slipway:web-acl', Value: WEB_ACL }]) as unknown } },
    { command: 'ModifyLoadBalancerAttributes' },
    { command: 'DescribeLoadBalancers' },
    { command: 'DescribeLoadBalancers' },
    { command: 'AssociateWebACL', input: { ResourceArn: ARN, WebACLArn: WEB_ACL } },
  ]);
});

test('repairs drift: the web ACL that the stack associated is disassociated, and any other stays', async () => {
  mocks.wafv2.on(DisassociateWebACLCommand).resolves({});
  mocks.elbv2.on(RemoveTagsCommand).resolves({});
  const tags = { ...foundBalancer.tags, 'slipway:web-acl': WEB_ACL };
  const result = await provisionStep(loadBalancer, scenarioWith({ webAclArn: WEB_ACL, tags }));
  expect(result.shortChanges).toEqual([['update', '', 'web ACL', 'tag.slipway:web-acl']]);
  expect(
    sentCalls()
      .map(({ command }) => command)
      .sort(),
  ).toEqual(['DisassociateWebACL', 'RemoveTags']);
  const other = await provisionStep(loadBalancer, scenarioWith({ webAclArn: `${WEB_ACL}x`, tags }));
  expect(other.shortChanges).toEqual([['update', '', 'tag.slipway:web-acl']]);
});

test('repairs drift: a load balancer becomes dualstack during the run, and loses IPv6 only at its end', async () => {
  mocks.elbv2.on(SetIpAddressTypeCommand).resolves({});
  const on = await provisionStep(loadBalancer, {
    ...scenarioWith({ ipAddressType: 'ipv4' }),
    config: config({ ipv6: true }),
  });
  expect(on.shortChanges).toEqual([['update', '', 'address type']]);
  expect(sentCalls()).toEqual([
    { command: 'SetIpAddressType', input: { LoadBalancerArn: ARN, IpAddressType: 'dualstack' } },
  ]);
  const off = await provisionStep(loadBalancer, scenarioWith({ ipAddressType: 'dualstack' }));
  expect(off.shortChanges).toEqual([['update', '', 'address type']]);
  expect(sentCalls().at(-1)).toEqual({
    command: 'SetIpAddressType',
    input: { LoadBalancerArn: ARN, IpAddressType: 'ipv4' },
  });
});
