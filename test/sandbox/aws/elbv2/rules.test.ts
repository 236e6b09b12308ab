// The rules of the sandbox's listeners, through the SDK's client.
import {
  DeleteRuleCommand,
  DescribeRulesCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { forwardTo, notFound, path, scene, required } from './scene.ts';

async function ruleScene() {
  const started = await scene();
  const { elbv2, makeListener, makeBalancer } = started;
  const LoadBalancerArn = await makeBalancer();
  const ListenerArn = await makeListener(LoadBalancerArn);
  const rules = async () => (await elbv2.send(new DescribeRulesCommand({ ListenerArn }))).Rules ?? [];
  const priorities = async () => (await rules()).map(({ Priority }) => Priority);
  const setPriorities = (prioritiesByArn: Record<string, number>) =>
    elbv2.send(
      new SetRulePrioritiesCommand({
        RulePriorities: Object.entries(prioritiesByArn).map(([RuleArn, Priority]) => ({ RuleArn, Priority })),
      }),
    );
  const defaultRuleArn = required((await rules())[0]?.RuleArn);
  return { ...started, LoadBalancerArn, ListenerArn, rules, priorities, setPriorities, defaultRuleArn };
}

test('rules are listed by priority, not by creation order, with the default rule last', async () => {
  const { ListenerArn, priorities, makeRule } = await ruleScene();
  for (const priority of [100, 20, 3]) await makeRule(ListenerArn, priority);
  expect(await priorities()).toEqual(['3', '20', '100', 'default']);
});

test('a rule shows its condition in both notations and its action with all defaults', async () => {
  const { createRule, makeTargetGroup, ListenerArn } = await ruleScene();
  const api1 = await makeTargetGroup();
  const { Rules } = await createRule(ListenerArn, 10, forwardTo(api1), path('/api1', '/api1/*'));
  expect(Rules).toEqual([
    {
      RuleArn: expect.stringMatching(/:listener-rule\/app\/web(\/[0-9a-f]{16}){3}$/),
      Priority: '10',
      IsDefault: false,
      Conditions: [
        {
          Field: 'path-pattern',
          Values: ['/api1', '/api1/*'],
          PathPatternConfig: { Values: ['/api1', '/api1/*'] },
        },
      ],
      Actions: [
        {
          Type: 'forward',
          TargetGroupArn: api1,
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: api1, Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
    },
  ]);
});

test('an identical rule is refused with a priority that is in use, and accepted with another priority', async () => {
  const { createRule, ListenerArn, priorities } = await ruleScene();
  await createRule(ListenerArn, 10, notFound);
  expect(await refusalOf(createRule(ListenerArn, 10, notFound))).toEqual({
    code: 'PriorityInUse',
    message: "Priority '10' is currently in use",
  });
  await createRule(ListenerArn, 11, notFound);
  expect(await priorities()).toEqual(['10', '11', 'default']);
});

test.each([0, 50001])('a rule with the priority %d is refused', async (priority) => {
  const { createRule, ListenerArn } = await ruleScene();
  expect(await refusalOf(createRule(ListenerArn, priority, notFound))).toEqual({
    code: 'ValidationError',
    message: expect.stringContaining(`Value '${priority}' at 'priority'`),
  });
});

test('a rule for an unknown listener or an unknown target group is refused', async () => {
  const { createRule, makeTargetGroup, ListenerArn } = await ruleScene();
  expect(await refusalOf(createRule(`${ListenerArn}0`, 1, notFound))).toMatchObject({
    code: 'ListenerNotFound',
  });
  expect(await refusalOf(createRule(ListenerArn, 1, forwardTo(`${await makeTargetGroup()}0`)))).toMatchObject(
    {
      code: 'TargetGroupNotFound',
    },
  );
});

test('a load balancer can have at most a hundred rules, not counting default rules', async () => {
  const { createRule, makeListener, ListenerArn, LoadBalancerArn } = await ruleScene();
  for (let priority = 1; priority <= 99; priority++) await createRule(ListenerArn, priority, notFound);
  const other = await makeListener(LoadBalancerArn, notFound, 81);
  await createRule(other, 1, notFound);
  expect(await refusalOf(createRule(other, 2, notFound))).toMatchObject({ code: 'TooManyRules' });
});

test('modifying a rule keeps the settings that the call omits', async () => {
  const { elbv2, makeTargetGroup, ListenerArn, makeRule } = await ruleScene();
  const RuleArn = await makeRule(ListenerArn, 5);
  const modify = (changes: object) => elbv2.send(new ModifyRuleCommand({ RuleArn, ...changes }));
  const api1 = await makeTargetGroup();
  await modify({ Actions: [forwardTo(api1)] });
  const { Rules } = await modify({ Conditions: [path('/other')] });
  expect(Rules).toMatchObject([
    {
      Priority: '5',
      Actions: [{ TargetGroupArn: api1 }],
      Conditions: [{ PathPatternConfig: { Values: ['/other'] } }],
    },
  ]);
  expect(await refusalOf(modify({}))).toMatchObject({ code: 'ValidationError' });
  expect(await refusalOf(modify({ Actions: [forwardTo(`${api1}0`)] }))).toMatchObject({
    code: 'TargetGroupNotFound',
  });
});

test('the default rule can only be changed and deleted through its listener', async () => {
  const { defaultRuleArn, elbv2, setPriorities } = await ruleScene();
  const modify = elbv2.send(new ModifyRuleCommand({ RuleArn: defaultRuleArn, Actions: [notFound] }));
  expect(await refusalOf(modify)).toMatchObject({ code: 'OperationNotPermitted' });
  expect(await refusalOf(elbv2.send(new DeleteRuleCommand({ RuleArn: defaultRuleArn })))).toEqual({
    code: 'OperationNotPermitted',
    message: `Default rule '${defaultRuleArn}' cannot be deleted`,
  });
  expect(await refusalOf(setPriorities({ [defaultRuleArn]: 1 }))).toMatchObject({
    code: 'OperationNotPermitted',
  });
});

test('deleting a rule frees its priority', async () => {
  const { elbv2, ListenerArn, priorities, makeRule } = await ruleScene();
  const RuleArn = await makeRule(ListenerArn, 5);
  await elbv2.send(new DeleteRuleCommand({ RuleArn }));
  expect(await priorities()).toEqual(['default']);
  expect(await refusalOf(elbv2.send(new DeleteRuleCommand({ RuleArn })))).toEqual({
    code: 'RuleNotFound',
    message: 'One or more rules not found',
  });
  await makeRule(ListenerArn, 5);
});

test('two rules can swap priorities in one call', async () => {
  const { ListenerArn, setPriorities, makeRule, rules } = await ruleScene();
  const [first, second] = [await makeRule(ListenerArn, 1), await makeRule(ListenerArn, 2)];
  await setPriorities({ [first]: 2, [second]: 1 });
  expect((await rules()).slice(0, 2).map(({ RuleArn }) => RuleArn)).toEqual([second, first]);
});

test('a call that sets several priorities changes no priority if one is refused', async () => {
  const { makeListener, ListenerArn, LoadBalancerArn, setPriorities, priorities, makeRule } =
    await ruleScene();
  const [first, second] = [await makeRule(ListenerArn, 1), await makeRule(ListenerArn, 2)];
  await makeRule(ListenerArn, 3);
  expect(await refusalOf(setPriorities({ [first]: 10, [second]: 3 }))).toMatchObject({
    code: 'PriorityInUse',
  });
  expect(await refusalOf(setPriorities({ [first]: 10, [second]: 10 }))).toEqual({
    code: 'ValidationError',
    message: "Priority '10' was provided multiple times",
  });
  expect(await refusalOf(setPriorities({}))).toEqual({
    code: 'ValidationError',
    message: 'At least one rule priority must be specified',
  });
  expect(await refusalOf(setPriorities({ [first]: 10, [`${second}0`]: 11 }))).toMatchObject({
    code: 'RuleNotFound',
  });
  const elsewhere = await makeRule(await makeListener(LoadBalancerArn, notFound, 81), 1);
  expect(await refusalOf(setPriorities({ [first]: 10, [elsewhere]: 11 }))).toMatchObject({
    code: 'ValidationError',
  });
  expect(await priorities()).toEqual(['1', '2', '3', 'default']);
});

test('a describe call must name either a listener or rule ARNs, but not both', async () => {
  const { defaultRuleArn, elbv2, ListenerArn } = await ruleScene();
  const describe = (input: object) => elbv2.send(new DescribeRulesCommand(input));
  expect((await describe({ RuleArns: [defaultRuleArn] })).Rules).toMatchObject([{ RuleArn: defaultRuleArn }]);
  expect(await refusalOf(describe({}))).toMatchObject({ code: 'ValidationError' });
  expect(await refusalOf(describe({ ListenerArn, RuleArns: [defaultRuleArn] }))).toMatchObject({
    code: 'ValidationError',
  });
  expect(await refusalOf(describe({ RuleArns: [`${defaultRuleArn}0`] }))).toMatchObject({
    code: 'RuleNotFound',
  });
});
