// The look for the rules of our listener. The priority of a rule determines its key.
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, expect, test } from '@jest/globals';
import { lookRules } from '../../../../lib/look/rules.ts';
import { configuredRules } from '../../../../lib/derive/rule-priorities.ts';
import { toPascalCaseTags, type Tags } from '../../../../lib/derive/tags.ts';
import { awsError, config, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const priority = (key: string) => String(configuredRules(config()).get(key)?.priority);
const tags = (key: string) => ourTags('rules', key);
const pathsAt = (Priority: string) =>
  Priority === priority('web-api2') ? ['/api2/*', '/api2'] : ['/api1/*', '/api1'];
const rule = (RuleArn: string, Priority: string, more: Partial<Rule> = {}): Rule => ({
  RuleArn,
  Priority,
  IsDefault: false,
  Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: pathsAt(Priority) } }],
  Actions: [
    {
      Type: 'forward',
      TargetGroupArn: 'arn:group-1',
      ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'arn:group-1', Weight: 1 }] },
    },
  ],
  ...more,
});

beforeEach(() => {
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .resolves({ LoadBalancers: [{ LoadBalancerArn: 'arn:balancer' }] });
  mocks.elbv2.on(DescribeLoadBalancerAttributesCommand).resolves({});
  mocks.elbv2
    .on(DescribeListenersCommand)
    .resolves({ Listeners: [{ ListenerArn: 'arn:listener', Port: 80 }] });
});

/** Mocks the rules of the listener, in pages of one, and the tags of each rule. */
function mockRules(rules: readonly Rule[], tagsOf: Readonly<Record<string, Tags>>, deletedArn = ''): void {
  mocks.elbv2.on(DescribeRulesCommand).callsFake(({ Marker }: { Marker?: string }) => {
    const start = Number(Marker ?? 0);
    const next = start + 1 < rules.length ? String(start + 1) : undefined;
    return { Rules: rules.slice(start, start + 1), NextMarker: next };
  });
  mocks.elbv2.on(DescribeTagsCommand).callsFake(({ ResourceArns }: { ResourceArns: string[] }) => {
    if (ResourceArns.includes(deletedArn)) throw awsError('RuleNotFoundException');
    return {
      TagDescriptions: ResourceArns.map((arn) => ({
        ResourceArn: arn,
        Tags: toPascalCaseTags(tagsOf[arn] ?? {}),
      })),
    };
  });
}
const arns = async () =>
  Object.fromEntries([...(await lookRules(lookContextOf()))].map(([key, { ruleArn }]) => [key, ruleArn]));

test('the look reads our rules on any page, but not the default rule', async () => {
  mockRules(
    [
      { RuleArn: 'arn:default', Priority: 'default', IsDefault: true },
      rule('arn:2', priority('web-api2')),
      rule('arn:1', priority('web-api1')),
    ],
    { 'arn:1': tags('web-api1'), 'arn:2': tags('web-api2') },
  );
  const found = await lookRules(lookContextOf());
  expect([...found.keys()]).toEqual(['web-api2', 'web-api1']);
  expect(found.get('web-api1')).toEqual({
    ruleArn: 'arn:1',
    paths: ['/api1', '/api1/*'],
    otherConditions: '',
    priority: Number(priority('web-api1')),
    transforms: '',
    action: '',
    targetGroupArn: 'arn:group-1',
    groups: [{ targetGroupArn: 'arn:group-1', weight: 1 }],
    forward: 'arn:group-1',
    tags: tags('web-api1'),
  });
});

test('the look reads our rules after changes by others', async () => {
  const weighted = {
    Type: 'forward' as const,
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: 'arn:a', Weight: 0 },
        { TargetGroupArn: 'arn:b', Weight: 1 },
      ],
    },
  };
  mockRules(
    [
      rule('arn:1', priority('web-api1'), {
        Conditions: [
          { Field: 'path-pattern', Values: ['/old'] },
          { Field: 'host-header', Values: ['x'] },
        ],
        Actions: [weighted],
      }),
      rule('arn:2', priority('web-api2'), { Actions: [{ Type: 'fixed-response' }] }),
    ],
    { 'arn:1': tags('web-api1'), 'arn:2': tags('web-api2') },
  );
  const found = await lookRules(lookContextOf());
  expect(found.get('web-api1')).toMatchObject({
    paths: ['/old'],
    otherConditions: 'host x',
    targetGroupArn: 'arn:b',
    groups: [
      { targetGroupArn: 'arn:a', weight: 0 },
      { targetGroupArn: 'arn:b', weight: 1 },
    ],
    forward: 'arn:a × 0, arn:b × 1',
  });
  expect(found.get('web-api2')?.targetGroupArn).toBe('');
});

test('the key of our rule is the container with the same priority, even if the tags name another container', async () => {
  mockRules([rule('arn:1', priority('web-api1'))], { 'arn:1': tags('web-renamed') });
  expect(await arns()).toEqual({ 'web-api1': 'arn:1' });
});

test('our rule has its key even if someone has changed its priority', async () => {
  mockRules([rule('arn:1', '7')], { 'arn:1': tags('web-api1') });
  expect(await arns()).toEqual({ 'web-api1': 'arn:1' });
});

test('of two rules with the same conditions, the one with the configured priority has the key', async () => {
  mockRules([rule('arn:7', '7'), rule('arn:1', priority('web-api1'))], {
    'arn:1': tags('web-api1'),
    'arn:7': tags('web-api1'),
  });
  expect(await arns()).toEqual({ 'web-api1': 'arn:1', 'priority-7': 'arn:7' });
});

test('the key of our rule contains its priority if no container has its conditions or that priority', async () => {
  mockRules([rule('arn:1', '7', { Conditions: [{ Field: 'path-pattern', Values: ['/old'] }] })], {
    'arn:1': tags('web-api1'),
  });
  expect(await arns()).toEqual({ 'priority-7': 'arn:1' });
});

test('the look returns a foreign rule only if it has one of our priorities', async () => {
  mockRules([rule('arn:1', priority('web-api1')), rule('arn:7', '7')], { 'arn:7': { owner: 'bob' } });
  expect(await arns()).toEqual({ 'web-api1': 'arn:1' });
});

test('the look leaves out rules that are deleted during the look', async () => {
  mockRules(
    [rule('arn:1', priority('web-api1')), rule('arn:2', priority('web-api2'))],
    { 'arn:1': tags('web-api1'), 'arn:2': tags('web-api2') },
    'arn:1',
  );
  expect(await arns()).toEqual({ 'web-api2': 'arn:2' });
});

test('the look finds nothing when the listener is deleted during the look', async () => {
  mockRules([], {});
  mocks.elbv2.on(DescribeRulesCommand).rejects(awsError('ListenerNotFoundException'));
  expect(await arns()).toEqual({});
});

test('the look finds nothing without a listener, and does not request rules', async () => {
  mockRules([], {});
  mocks.elbv2.on(DescribeListenersCommand).resolves({});
  expect(await arns()).toEqual({});
  expect(sentCalls().map(({ command }) => command)).not.toContain('DescribeRules');
});
