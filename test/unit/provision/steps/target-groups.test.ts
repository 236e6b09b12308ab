// The step for the target groups: the calls that it makes in each case.
import {
  AddTagsCommand,
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { routesOf, type Config, type Container } from '../../../../lib/config/config.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { targetGroups } from '../../../../provision/steps/target-groups.ts';
import { awsError, config, HEALTH, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { existing } from '../../existing-resources.ts';

const NAME = /^shop-dev-web-api1-[0-9a-f]{4}$/;
const { vpc } = existing;
const tags = (key: string) => ourTags('targetGroups', key);
const foundGroup = (key: string) => ({
  targetGroupArn: `arn:${key}`,
  name: `shop-dev-${key}-0000`,
  vpcId: 'vpc-1',
  port: key === 'web-api1' ? 5000 : 6000,
  protocol: 'HTTP',
  health: { protocol: 'HTTP', port: 'traffic-port', ...HEALTH },
  loadBalancerArns: ['arn:balancer'],
  attributes: { 'deregistration_delay.timeout_seconds': '10', 'stickiness.enabled': 'false' },
  tags: tags(key),
});
const scenario = { noun: 'targetGroups' as const, ids: { vpc } };
const scenarioWith = (api1: object = {}) => ({
  ...scenario,
  found: {
    vpc,
    targetGroups: { 'web-api1': { ...foundGroup('web-api1'), ...api1 }, 'web-api2': foundGroup('web-api2') },
  },
});

const health = {
  HealthCheckProtocol: 'HTTP',
  HealthCheckPort: 'traffic-port',
  HealthCheckPath: '/health',
  HealthCheckIntervalSeconds: 10,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 2,
  Matcher: { HttpCode: '200' },
};
const settings = (key: string, port: number) => ({
  Name: expect.stringMatching(new RegExp(`^shop-dev-${key}-[0-9a-f]{4}$`)) as unknown,
  VpcId: 'vpc-1',
  Protocol: 'HTTP',
  Port: port,
  TargetType: 'ip',
  ...health,
  Tags: toPascalCaseTags(tags(key)),
});
const plainAttributes = {
  'deregistration_delay.timeout_seconds': '10',
  'stickiness.enabled': 'false',
  'slow_start.duration_seconds': '0',
  'load_balancing.algorithm.type': 'round_robin',
  'load_balancing.algorithm.anomaly_mitigation': 'off',
};
const attributesCall = (arn: string, attributes: Record<string, string>) => ({
  command: 'ModifyTargetGroupAttributes',
  input: {
    TargetGroupArn: arn,
    Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
  },
});
const delayCall = (arn: string, seconds = '10') =>
  attributesCall(arn, { ...plainAttributes, 'deregistration_delay.timeout_seconds': seconds });

function mockCreate(): void {
  mocks.elbv2
    .on(CreateTargetGroupCommand)
    .callsFake(({ Port }: { Port: number }) => ({ TargetGroups: [{ TargetGroupArn: `arn:new-${Port}` }] }));
  mocks.elbv2.on(ModifyTargetGroupAttributesCommand).resolves({});
}

/** Lets the look find the group that the step is about to create, with these tags. */
function mockTargetGroup(groupTags: Record<string, string>): void {
  mocks.elbv2.on(DescribeTargetGroupsCommand).callsFake(() => {
    const createCall = sentCalls().find(({ command }) => command === 'CreateTargetGroup');
    const { Name } = createCall?.input as { Name: string };
    return { TargetGroups: [{ TargetGroupArn: 'arn:there', TargetGroupName: Name }] };
  });
  mocks.elbv2.on(DescribeTargetGroupAttributesCommand).resolves({});
  mocks.elbv2
    .on(DescribeTagsCommand)
    .resolves({ TagDescriptions: [{ ResourceArn: 'arn:there', Tags: toPascalCaseTags(groupTags) }] });
}

const oneContainer = config({
  services: config().services.map((service) => ({ ...service, containers: service.containers.slice(0, 1) })),
});

const fail = (): never => {
  throw new Error('no container');
};
/** Returns the stack with a single container, changed as given. */
function oneContainerWith(changes: Partial<Container>): Config {
  const [service = fail()] = oneContainer.services;
  return config({
    services: [{ ...service, containers: service.containers.map((api1) => ({ ...api1, ...changes })) }],
  });
}

test('creates when missing', async () => {
  mockCreate();
  const { shortChanges, ids } = await provisionStep(targetGroups, scenario);
  expect(shortChanges).toEqual([
    ['create', 'web-api1'],
    ['create', 'web-api2'],
  ]);
  expect(ids).toEqual({
    'web-api1': { targetGroupArn: 'arn:new-5000' },
    'web-api2': { targetGroupArn: 'arn:new-6000' },
  });
  expect(sentCalls()).toEqual([
    { command: 'CreateTargetGroup', input: settings('web-api1', 5000) },
    delayCall('arn:new-5000'),
    { command: 'CreateTargetGroup', input: settings('web-api2', 6000) },
    delayCall('arn:new-6000'),
  ]);
});

test('creates when missing: if the response to an earlier create was lost, our resource with this name is adopted', async () => {
  mockCreate();
  mocks.elbv2.on(CreateTargetGroupCommand).rejects(awsError('DuplicateTargetGroupNameException'));
  mockTargetGroup(tags('web-api1'));
  const { ids } = await provisionStep(targetGroups, { ...scenario, config: oneContainer });
  expect(ids).toEqual({ 'web-api1': { targetGroupArn: 'arn:there' } });
  expect(sentCalls().at(-1)).toEqual(delayCall('arn:there'));
});

test('creates when missing: a resource with our name that someone else created after the survey is left alone', async () => {
  mocks.elbv2.on(CreateTargetGroupCommand).rejects(awsError('DuplicateTargetGroupNameException'));
  mockTargetGroup({ 'slipway:stack': 'other-dev' });
  await expect(provisionStep(targetGroups, { ...scenario, config: oneContainer })).rejects.toMatchObject({
    code: 'FOREIGN',
    what: expect.stringMatching(
      /^A resource that does not belong to this stack already uses the name shop-dev-web-api1-[0-9a-f]{4}\.$/,
    ),
  });
  expect(sentCalls().filter(({ command }) => !command.startsWith('Describe'))).toHaveLength(1);
});

test('creates when missing: a group for another port has another name, so that it can exist beside the old group', async () => {
  mockCreate();
  await provisionStep(targetGroups, { ...scenario, config: oneContainer });
  await provisionStep(targetGroups, { ...scenario, config: oneContainerWith({ port: 5001 }) });
  const [before, after] = sentCalls()
    .filter(({ command }) => command === 'CreateTargetGroup')
    .map(({ input }) => (input as { Name: string }).Name);
  expect(before).toMatch(NAME);
  expect(after).toMatch(NAME);
  expect(after).not.toBe(before);
});

test('creates when missing: a group for HTTPS has another name, and uses HTTPS for requests and health checks', async () => {
  mockCreate();
  const httpsStack = oneContainerWith({ protocol: 'HTTPS' });
  const { container } = routesOf(httpsStack)[0] ?? fail();
  await provisionStep(targetGroups, { ...scenario, config: httpsStack });
  const Name = namesOf(httpsStack).targetGroup(container);
  expect(Name).not.toBe(namesOf(oneContainer).targetGroup({ ...container, protocol: 'HTTP' }));
  expect(sentCalls()[0]).toEqual({
    command: 'CreateTargetGroup',
    input: { ...settings('web-api1', 5000), Name, Protocol: 'HTTPS', HealthCheckProtocol: 'HTTPS' },
  });
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(targetGroups, scenarioWith());
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mocks.elbv2.on(ModifyTargetGroupCommand).resolves({});
  mocks.elbv2.on(ModifyTargetGroupAttributesCommand).resolves({});
  mocks.elbv2.on(AddTagsCommand).resolves({});
  const { shortChanges, ids } = await provisionStep(
    targetGroups,
    scenarioWith({
      health: { ...foundGroup('web-api1').health, port: '8080', path: '/' },
      attributes: { 'deregistration_delay.timeout_seconds': '300' },
      tags: { ...tags('web-api1'), Name: 'other' },
    }),
  );
  expect(shortChanges).toEqual([
    [
      'update',
      'web-api1',
      'health.port',
      'health.path',
      'attribute.deregistration_delay.timeout_seconds',
      'tag.Name',
    ],
  ]);
  expect(ids).toEqual({ 'web-api1': { targetGroupArn: 'arn:web-api1' } });
  expect(sentCalls()).toEqual([
    delayCall('arn:web-api1'),
    { command: 'ModifyTargetGroup', input: { TargetGroupArn: 'arn:web-api1', ...health } },
    {
      command: 'AddTags',
      input: { ResourceArns: ['arn:web-api1'], Tags: toPascalCaseTags(tags('web-api1')) },
    },
  ]);
});

test('repairs drift: if only the deregistration delay differs, only the attributes are sent', async () => {
  mocks.elbv2.on(ModifyTargetGroupAttributesCommand).resolves({});
  await provisionStep(targetGroups, {
    ...scenarioWith(),
    config: config({ deregistrationDelaySeconds: 30 }),
  });
  expect(sentCalls()).toEqual([delayCall('arn:web-api1', '30'), delayCall('arn:web-api2', '30')]);
});

test('repairs drift: a group whose VPC no longer exists is replaced by a new one with the same name', async () => {
  mockCreate();
  mocks.elbv2.on(DeleteTargetGroupCommand).resolves({});
  const { shortChanges, ids } = await provisionStep(targetGroups, scenarioWith({ vpcId: 'vpc-0' }));
  expect(shortChanges).toEqual([['replace', 'web-api1', 'vpc']]);
  expect(ids).toEqual({ 'web-api1': { targetGroupArn: 'arn:new-5000' } });
  expect(sentCalls()).toEqual([
    { command: 'DeleteTargetGroup', input: { TargetGroupArn: 'arn:web-api1' } },
    { command: 'CreateTargetGroup', input: settings('web-api1', 5000) },
    delayCall('arn:new-5000'),
  ]);
});

test('repairs drift: a target group that is no longer configured is removed', async () => {
  const { shortChanges } = await provisionStep(targetGroups, { ...scenarioWith(), config: oneContainer });
  expect(shortChanges).toEqual([['remove', 'web-api2']]);
  expect(sentCalls()).toEqual([]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.elbv2
    .on(CreateTargetGroupCommand)
    .rejects(awsError('TooManyTargetGroupsException', 'You have reached the maximum.'));
  await expect(provisionStep(targetGroups, { ...scenario, config: oneContainer })).rejects.toMatchObject({
    message: 'You have reached the maximum.',
  });
  expect(sentCalls()).toEqual([{ command: 'CreateTargetGroup', input: settings('web-api1', 5000) }]);
});

test('explains refusal: a group with our name but another protocol is refused, since its protocol cannot change', async () => {
  const { changes } = await provisionStep(targetGroups, scenarioWith({ protocol: 'HTTPS' }));
  expect(changes).toMatchObject([
    {
      verb: 'refused',
      key: 'web-api1',
      cannotUpdate: true,
      reason: 'shop-dev-web-api1-0000 uses HTTPS, and the protocol of a target group cannot change',
    },
  ]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift: health checks that were manually changed to HTTP are changed back', async () => {
  mocks.elbv2.on(ModifyTargetGroupCommand).resolves({});
  const groupWithHttpChecks = {
    protocol: 'HTTPS',
    health: { ...foundGroup('web-api1').health, protocol: 'HTTP' },
  };
  const { found } = scenarioWith(groupWithHttpChecks);
  const { shortChanges } = await provisionStep(targetGroups, {
    ...scenario,
    found: { vpc, targetGroups: { 'web-api1': found.targetGroups['web-api1'] } },
    config: oneContainerWith({ protocol: 'HTTPS' }),
  });
  expect(shortChanges).toEqual([['update', 'web-api1', 'health.protocol']]);
  const input = { TargetGroupArn: 'arn:web-api1', ...health, HealthCheckProtocol: 'HTTPS' };
  expect(sentCalls()).toEqual([{ command: 'ModifyTargetGroup', input }]);
});

test('explains refusal: a foreign resource is refused, and nothing is sent for it', async () => {
  const { shortChanges, changes } = await provisionStep(
    targetGroups,
    scenarioWith({ tags: { 'slipway:stack': 'other-dev' } }),
  );
  expect(shortChanges).toEqual([['refused', 'web-api1']]);
  expect(changes[0]?.reason).toBe('it belongs to the stack other-dev');
  expect(sentCalls()).toEqual([]);
});
