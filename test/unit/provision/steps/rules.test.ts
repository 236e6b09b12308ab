// The step for the listener rules: the calls that it makes in each case.
import {
  AddTagsCommand,
  CreateRuleCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  ModifyRuleCommand,
  type Action,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { FoundRule } from '../../../../lib/look/rules.ts';
import type { FoundTargetGroup } from '../../../../lib/look/target-groups.ts';
import { configuredRules } from '../../../../lib/derive/rule-priorities.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { rules } from '../../../../provision/steps/rules.ts';
import { awsError, config, HEALTH, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { existing } from '../../existing-resources.ts';

const { listener, targetGroups } = existing;
const tags = (key: string) => ourTags('rules', key);
const priority = (key: string) => configuredRules(config()).get(key)?.priority ?? 0;
const foundRule = (name: string, group: string): FoundRule => ({
  ruleArn: `arn:rule-${name}`,
  paths: [`/${name}`, `/${name}/*`],
  otherConditions: '',
  targetGroupArn: group,
  groups: [{ targetGroupArn: group, weight: 1 }],
  forward: group,
  tags: tags(`web-${name}`),
});
const oldGroup = (attributes: Record<string, string>): FoundTargetGroup => ({
  ...{ targetGroupArn: 'arn:old', name: 'old', vpcId: 'vpc-1', port: 5000, protocol: 'HTTP', attributes },
  health: { protocol: 'HTTP', port: 'traffic-port', ...HEALTH },
  loadBalancerArns: [],
  tags: ourTags('targetGroups', 'web-api1'),
});
/** The found target groups with these attributes. */
const groupsWith = (attributes: Record<string, string>) =>
  Object.fromEntries(Object.entries(targetGroups).map(([key, ids]) => [key, { ...ids, attributes }]));
const scenario = { noun: 'rules' as const, ids: { listener, targetGroups } };
const scenarioWith = (api1: Partial<FoundRule> = {}) => ({
  ...scenario,
  found: {
    listener,
    targetGroups,
    rules: {
      'web-api1': { ...foundRule('api1', 'arn:group-1'), ...api1 },
      'web-api2': foundRule('api2', 'arn:group-2'),
    },
  },
});
const settings = (name: string, group: string) => ({
  Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/${name}`, `/${name}/*`] } }],
  Actions: [{ Type: 'forward', TargetGroupArn: group }],
});
const createCall = (name: string, group: string) => ({
  command: 'CreateRule',
  input: {
    ListenerArn: 'arn:listener',
    Priority: priority(`web-${name}`),
    ...settings(name, group),
    Tags: toPascalCaseTags(tags(`web-${name}`)),
  },
});
const oneContainer = config({
  services: config().services.map((service) => ({ ...service, containers: service.containers.slice(0, 1) })),
});

/** Lets the look find a rule with these tags at the priority of the first path. */
function mockRule(ruleTags: Record<string, string>): void {
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .resolves({ LoadBalancers: [{ LoadBalancerArn: 'arn:balancer' }] });
  mocks.elbv2.on(DescribeLoadBalancerAttributesCommand).resolves({});
  mocks.elbv2
    .on(DescribeListenersCommand)
    .resolves({ Listeners: [{ ListenerArn: 'arn:listener', Port: 80 }] });
  mocks.elbv2
    .on(DescribeRulesCommand)
    .resolves({ Rules: [{ RuleArn: 'arn:there', Priority: String(priority('web-api1')) }] });
  mocks.elbv2.on(DescribeTagsCommand).callsFake(({ ResourceArns }: { ResourceArns: string[] }) => ({
    TagDescriptions: ResourceArns.map((arn) => ({ ResourceArn: arn, Tags: toPascalCaseTags(ruleTags) })),
  }));
}

test('creates when missing', async () => {
  mocks.elbv2
    .on(CreateRuleCommand)
    .callsFake(({ Priority }: { Priority: number }) => ({ Rules: [{ RuleArn: `arn:${Priority}` }] }));
  const { shortChanges, ids } = await provisionStep(rules, scenario);
  expect(shortChanges).toEqual([
    ['create', 'web-api1'],
    ['create', 'web-api2'],
  ]);
  expect(ids).toEqual({
    'web-api1': { ruleArn: `arn:${priority('web-api1')}` },
    'web-api2': { ruleArn: `arn:${priority('web-api2')}` },
  });
  expect(sentCalls()).toEqual([createCall('api1', 'arn:group-1'), createCall('api2', 'arn:group-2')]);
});

test('creates when missing: if the response to an earlier create was lost, our rule at this priority is adopted', async () => {
  mocks.elbv2.on(CreateRuleCommand).rejects(awsError('PriorityInUseException'));
  mockRule(tags('web-api1'));
  const { ids } = await provisionStep(rules, { ...scenario, config: oneContainer });
  expect(ids).toEqual({ 'web-api1': { ruleArn: 'arn:there' } });
});

test('creates when missing: a rule at our priority that someone else created after the survey is left alone', async () => {
  mocks.elbv2.on(CreateRuleCommand).rejects(awsError('PriorityInUseException'));
  mockRule({ 'slipway:stack': 'other-dev' });
  await expect(provisionStep(rules, { ...scenario, config: oneContainer })).rejects.toMatchObject({
    code: 'FOREIGN',
    what: `A resource that does not belong to this stack already uses priority ${priority('web-api1')} of the listener.`,
  });
  expect(sentCalls().filter(({ command }) => !command.startsWith('Describe'))).toEqual([
    createCall('api1', 'arn:group-1'),
  ]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(rules, scenarioWith());
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mocks.elbv2.on(ModifyRuleCommand).resolves({});
  mocks.elbv2.on(AddTagsCommand).resolves({});
  const { shortChanges, ids } = await provisionStep(
    rules,
    scenarioWith({
      paths: ['/api1'],
      otherConditions: '{"Field":"host-header"}',
      targetGroupArn: 'arn:other',
      groups: [{ targetGroupArn: 'arn:other', weight: 1 }],
      forward: 'arn:other',
      tags: { ...tags('web-api1'), Name: 'other' },
    }),
  );
  expect(shortChanges).toEqual([
    ['update', 'web-api1', 'paths', 'other conditions', 'target group', 'tag.Name'],
  ]);
  expect(ids).toEqual({ 'web-api1': { ruleArn: 'arn:rule-api1' } });
  expect(sentCalls()).toEqual([
    { command: 'ModifyRule', input: { RuleArn: 'arn:rule-api1', ...settings('api1', 'arn:group-1') } },
    {
      command: 'AddTags',
      input: { ResourceArns: ['arn:rule-api1'], Tags: toPascalCaseTags(tags('web-api1')) },
    },
  ]);
});

test('repairs drift: a rule forwards to a recreated target group as soon as the group exists', async () => {
  mocks.elbv2.on(ModifyRuleCommand).resolves({});
  const { found } = scenarioWith();
  const { shortChanges } = await provisionStep(rules, {
    ...scenario,
    found: { ...found, targetGroups: { 'web-api2': found.targetGroups['web-api2'] } } as never,
    ids: { listener, targetGroups: { ...targetGroups, 'web-api1': { targetGroupArn: 'arn:new' } } },
  });
  expect(shortChanges).toEqual([['update', 'web-api1', 'target group']]);
  expect(sentCalls()).toEqual([
    { command: 'ModifyRule', input: { RuleArn: 'arn:rule-api1', ...settings('api1', 'arn:new') } },
  ]);
});

test('repairs drift: a rule whose path moves to another container forwards to both target groups until traffic is switched', async () => {
  mocks.elbv2.on(ModifyRuleCommand).resolves({});
  mocks.elbv2.on(AddTagsCommand).resolves({});
  const [service] = config().services;
  const [api1, api2] = service?.containers ?? [];
  if (!service || !api1 || !api2) throw new Error('no containers');
  const swapped = config({
    services: [
      {
        ...service,
        containers: [
          { ...api1, path: '/api2' },
          { ...api2, path: '/api1' },
        ],
      },
    ],
  });
  // The look finds each rule by the priority of its path, and returns it under the key of the container that now has the path.
  const { shortChanges, notes } = await provisionStep(rules, {
    ...scenario,
    config: swapped,
    found: {
      listener,
      targetGroups: groupsWith({}),
      rules: { 'web-api1': foundRule('api2', 'arn:group-2'), 'web-api2': foundRule('api1', 'arn:group-1') },
    },
  });
  expect(shortChanges).toEqual([
    ['update', 'web-api1', 'target group', 'tag.Name', 'tag.slipway:key'],
    ['update', 'web-api2', 'target group', 'tag.Name', 'tag.slipway:key'],
  ]);
  const weights = (...groups: [arn: string, weight: number][]) => ({
    Type: 'forward',
    ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
  });
  const modifyCall = (RuleArn: string, input: object) => ({
    command: 'ModifyRule',
    input: { RuleArn, ...input },
  });
  const tagCall = (arn: string, key: string) => ({
    command: 'AddTags',
    input: { ResourceArns: [arn], Tags: toPascalCaseTags(tags(key)) },
  });
  const { Conditions: first } = settings('api1', '');
  const { Conditions: second } = settings('api2', '');
  expect(sentCalls()).toEqual([
    modifyCall('arn:rule-api2', {
      Conditions: second,
      Actions: [weights(['arn:group-2', 1], ['arn:group-1', 0])],
    }),
    tagCall('arn:rule-api2', 'web-api1'),
    modifyCall('arn:rule-api1', {
      Conditions: first,
      Actions: [weights(['arn:group-1', 1], ['arn:group-2', 0])],
    }),
    tagCall('arn:rule-api1', 'web-api2'),
    modifyCall('arn:rule-api2', { Actions: [weights(['arn:group-2', 0], ['arn:group-1', 1])] }),
    modifyCall('arn:rule-api1', { Actions: [weights(['arn:group-1', 0], ['arn:group-2', 1])] }),
    modifyCall('arn:rule-api2', { Actions: settings('api2', 'arn:group-1').Actions }),
    modifyCall('arn:rule-api1', { Actions: settings('api1', 'arn:group-2').Actions }),
  ]);
  expect(notes).toEqual(['/api2 is now answered by web-api1', '/api1 is now answered by web-api2']);
});

test('repairs drift: a traffic switch that an earlier run began is completed', async () => {
  mocks.elbv2.on(ModifyRuleCommand).resolves({});
  const { shortChanges } = await provisionStep(
    rules,
    scenarioWith({
      groups: [
        { targetGroupArn: 'arn:old', weight: 0 },
        { targetGroupArn: 'arn:group-1', weight: 1 },
      ],
      forward: 'arn:old × 0, arn:group-1 × 1',
    }),
  );
  expect(shortChanges).toEqual([['update', 'web-api1', 'target group']]);
  const { Actions, Conditions } = settings('api1', 'arn:group-1');
  expect(sentCalls()).toEqual([
    { command: 'ModifyRule', input: { RuleArn: 'arn:rule-api1', Conditions } },
    { command: 'ModifyRule', input: { RuleArn: 'arn:rule-api1', Actions } },
  ]);
});

test('repairs drift: a rule that is no longer configured is removed', async () => {
  const { shortChanges } = await provisionStep(rules, { ...scenarioWith(), config: oneContainer });
  expect(shortChanges).toEqual([['remove', 'web-api2']]);
  expect(sentCalls()).toEqual([]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.elbv2.on(CreateRuleCommand).rejects(awsError('TooManyRulesException', 'too many rules'));
  await expect(provisionStep(rules, { ...scenario, config: oneContainer })).rejects.toMatchObject({
    message: 'too many rules',
  });
  expect(sentCalls()).toEqual([createCall('api1', 'arn:group-1')]);
});

test('explains refusal: a foreign rule at our priority is refused, and nothing is sent for it', async () => {
  const { changes } = await provisionStep(rules, scenarioWith({ tags: {} }));
  expect(changes).toMatchObject([
    { key: 'web-api1', verb: 'refused', reason: expect.stringContaining('someone else created it') },
  ]);
  expect(sentCalls()).toEqual([]);
});

test.each([
  ['a sticky group', {}, { 'stickiness.enabled': 'true' }],
  ['a group that becomes sticky', { stickiness: { seconds: 600 } }, {}],
])('a rule with %s is sticky for a second while traffic is switched', async (_what, fields, attributes) => {
  mocks.elbv2.on(ModifyRuleCommand).resolves({});
  const services = oneContainer.services.map((service) => ({
    ...service,
    containers: service.containers.map((container) => ({ ...container, ...fields })),
  }));
  await provisionStep(rules, {
    ...scenario,
    config: config({ services }),
    found: {
      listener,
      targetGroups: { ...groupsWith({}), old: oldGroup(attributes) },
      rules: { 'web-api1': foundRule('api1', 'arn:old') },
    },
  });
  const actions = sentCalls().flatMap(({ input }) => (input as { Actions?: Action[] }).Actions ?? []);
  const withSeveral = actions.filter(({ ForwardConfig }) => (ForwardConfig?.TargetGroups?.length ?? 0) > 1);
  expect(withSeveral).not.toEqual([]);
  for (const { ForwardConfig } of withSeveral)
    expect(ForwardConfig?.TargetGroupStickinessConfig).toEqual({ Enabled: true, DurationSeconds: 1 });
});
