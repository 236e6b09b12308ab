// Stacks on a load balancer of someone else: their rules are beside those of others, and nothing else of it changes.
import * as ec2 from '@aws-sdk/client-ec2';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords, type Account } from './harness.ts';
import { createRule, createShared, NOT_FOUND, path, stackOn, type Shared } from './others-balancer.ts';

async function rulesAt({ aws: { elb } }: Account, ListenerArn: string) {
  const { Rules = [] } = await elb.send(new elbv2.DescribeRulesCommand({ ListenerArn }));
  return Rules.map(({ Priority, RuleArn }) => ({ Priority, RuleArn }));
}

/** Everything about the load balancer of someone else but its rules. */
async function settingsOf({ aws: { elb } }: Account, { arn }: Shared) {
  const [{ LoadBalancers }, { Listeners }] = await Promise.all([
    elb.send(new elbv2.DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] })),
    elb.send(new elbv2.DescribeListenersCommand({ LoadBalancerArn: arn })),
  ]);
  return { LoadBalancers, Listeners };
}

const OTHERS =
  /^(vpc|internetGateway|subnets|publicRoutes|elasticIp|natGateway|privateRoutes|gatewayEndpoint|loadBalancer|listener|securityGroups\.balancer)/;

test('the rules of a stack come and go beside those of others, and nothing else is created or changed', async () => {
  const user = await account();
  const shared = await createShared(user);
  const [census, rules] = [user.census(), await rulesAt(user, shared.listenerArn)];
  const stack = stackOn(shared);
  await user.provision(stack);
  const settings = await settingsOf(user, shared);
  expect(Object.keys(user.ids()).filter((address) => OTHERS.test(address))).toEqual([]);
  expect(await rulesAt(user, shared.listenerArn)).toHaveLength(rules.length + 1);
  expect(await user.plan(stack)).toEqual([]);
  user.deleteState();
  expect(await user.plan(stack)).toEqual([]);
  await user.provision({ ...stack, logRetentionDays: 30 });
  expect(await settingsOf(user, shared)).toEqual(settings);
  await user.teardown({ ...stack, logRetentionDays: 30 });
  expect(await rulesAt(user, shared.listenerArn)).toEqual(rules);
  expect(user.census()).toEqual(census);
});

test('the load balancer alone can be named as well, and its group is the only one that reaches the tasks', async () => {
  const user = await account();
  const shared = await createShared(user);
  const { arn, subnets, group } = shared;
  const stack = stackOn(shared, { loadBalancer: { arn, subnets } });
  await user.provision(stack);
  const { SecurityGroups = [] } = await user.aws.ec2.send(
    new ec2.DescribeSecurityGroupsCommand({
      GroupIds: [user.ids()['securityGroups.web']?.['groupId'] ?? ''],
    }),
  );
  const [permission, ...more] = SecurityGroups[0]?.IpPermissions ?? [];
  expect(permission).toMatchObject({ FromPort: 8000, UserIdGroupPairs: [{ GroupId: group }] });
  expect(more).toEqual([]);
  expect(await user.plan(stack)).toEqual([]);
  await user.teardown(stack);
});

test('several stages share a load balancer, also if they are provisioned at the same time', async () => {
  const user = await account();
  const shared = await createShared(user);
  const rules = await rulesAt(user, shared.listenerArn);
  const one = stackOn(shared);
  const two = stackOn(shared, {}, 'test.example.com');
  await Promise.all([user.provision(one), user.provision(two, { stage: 'test' })]);
  expect(await user.plan(one)).toEqual([]);
  expect(await user.plan(two, { stage: 'test' })).toEqual([]);
  await user.teardown(one);
  expect(await user.plan(two, { stage: 'test' })).toEqual([]);
  await user.teardown(two, { stage: 'test' });
  expect(await rulesAt(user, shared.listenerArn)).toEqual(rules);
});

test('a priority that someone takes after the survey is replaced by another one', async () => {
  const user = await account();
  const shared = await createShared(user);
  const stack = stackOn(shared);
  await user.provision(stack);
  const rule = (await rulesAt(user, shared.listenerArn)).find(
    ({ RuleArn }) => RuleArn === user.ids()['rules.web-app']?.['ruleArn'],
  );
  const usual = rule?.Priority ?? '';
  await user.teardown(stack);
  const { journal, world } = user.sandbox;
  const rows = world.region('eu-west-1').elbv2.rules;
  const add = journal.add.bind(journal);
  journal.add = (entry) => {
    add(entry);
    const other = rows.find(({ IsDefault }) => !IsDefault);
    const RuleArn = `${other?.RuleArn.slice(0, -1)}0`;
    // The survey is over by now.
    if (entry.operation === 'CreateTargetGroup' && other)
      rows.set(RuleArn, { ...other, RuleArn, Priority: usual });
  };
  await user.provision(stack);
  journal.add = add;
  const ours = user.ids()['rules.web-app']?.['ruleArn'] ?? '';
  expect(rows.get(ours)?.Priority).not.toBe(usual);
  expect(await user.plan(stack)).toEqual([]);
  const priorities = (await rulesAt(user, shared.listenerArn)).map(({ Priority }) => Priority);
  expect(priorities).toHaveLength(new Set(priorities).size);
  await user.teardown(stack);
});

test('manual changes of our rule are repaired, and rules of others are never drift', async () => {
  const user = await account();
  const shared = await createShared(user);
  const stack = stackOn(shared);
  await user.provision(stack);
  const RuleArn = user.ids()['rules.web-app']?.['ruleArn'];
  await user.aws.elb.send(new elbv2.ModifyRuleCommand({ RuleArn, Actions: [NOT_FOUND] }));
  await createRule(user, shared.listenerArn, 50_000, path('/other'));
  expect(planInWords(await user.plan(stack))).toEqual(['update rules.web-app: target group']);
  await user.provision(stack);
  await user.aws.elb.send(new elbv2.DeleteRuleCommand({ RuleArn }));
  expect(planInWords(await user.plan(stack))).toContain('create rules.web-app');
  await user.provision(stack);
  expect(await user.plan(stack)).toEqual([]);
  await user.teardown(stack);
});

test('everything that cannot work is found before the first change', async () => {
  const user = await account();
  const shared = await createShared(user);
  const { listenerArn, subnets } = shared;
  const census = user.census();
  const refusal = (changes: Partial<StackInput>) =>
    user.provision(stackOn(shared, changes)).then(
      () => 'no refusal',
      (error: unknown) => (error as { why: string }).why,
    );
  const missing = listenerArn.replace(/[0-9a-f]{16}$/, '0123456789abcdef');
  const elsewhere = listenerArn.replace(/:\d{12}:/, ':999999999999:');
  const balancer = (fields: object) => ({ loadBalancer: { listenerArn, subnets, ...fields } });
  expect(await refusal(balancer({ listenerArn: missing }))).toBe(`${missing} does not exist in eu-west-1.`);
  expect(await refusal(balancer({ listenerArn: elsewhere }))).toMatch(
    /^arn.* is in the account 999999999999, and/,
  );
  expect(await refusal(balancer({ https: true }))).toMatch(
    /^The listener is for HTTP on port 80, and not for HTTPS/,
  );
  expect(await refusal({ loadBalancer: { arn: shared.arn, https: true, subnets } })).toBe(
    'theirs has no listener on port 443.',
  );
  expect(await refusal(balancer({ subnets: ['subnet-0123456789abcdef0'] }))).toBe(
    'The subnet subnet-0123456789abcdef0 does not exist.',
  );
  const taken = {
    web: { containers: { app: { image: 'a', port: 1, routes: [{ paths: '/x', priority: 7 }] } } },
  };
  expect(await refusal({ services: taken })).toMatch(
    /another rule of the listener has the priority 7, for \/theirs/,
  );
  expect(user.census()).toEqual(census);
});

test('a port of the tasks that the load balancer cannot connect to is found before the first change, and by a plan', async () => {
  const user = await account();
  const shared = await createShared(user);
  const network = user.aws.ec2;
  const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await network.send(
    new ec2.RevokeSecurityGroupEgressCommand({ GroupId: shared.group, IpPermissions: [everything] }),
  );
  const census = user.census();
  const stack = stackOn(shared);
  for (const run of [() => user.plan(stack), () => user.provision(stack)])
    await expect(run()).rejects.toMatchObject({
      code: 'LOAD_BALANCER',
      why: `services.web: no egress rule of ${shared.group} lets the load balancer connect to port 8000 of the tasks in 172.20.0.0/24 and 172.20.1.0/24.`,
      fix: expect.arrayContaining([expect.stringMatching(/^aws ec2 authorize-security-group-egress /)]),
    });
  expect(user.census()).toEqual(census);
  const IpRanges = shared.blocks.map((CidrIp) => ({ CidrIp }));
  const opening = { IpProtocol: 'tcp', FromPort: 8000, ToPort: 8000, IpRanges };
  await network.send(
    new ec2.AuthorizeSecurityGroupEgressCommand({ GroupId: shared.group, IpPermissions: [opening] }),
  );
  await user.provision(stack);
  expect(await user.plan(stack)).toEqual([]);
  await user.teardown(stack);
});

test('the plan warns of rules that hide each other', async () => {
  const user = await account();
  const shared = await createShared(user);
  await createRule(user, shared.listenerArn, 1, path('/*'));
  await user.plan(stackOn(shared));
  expect(user.output().warnings).toEqual([
    expect.stringMatching(
      /never applies, since the rule of someone else for \/\*, with priority 1, comes first$/,
    ),
  ]);
});

test('a stack with its own network does not move', async () => {
  const user = await account();
  const shared = await createShared(user);
  const { loadBalancer: _loadBalancer, ...own } = stackOn(shared);
  await user.provision(own);
  const error: unknown = await user.plan(stackOn(shared)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'LOAD_BALANCER', why: expect.stringContaining('its own vpc') });
  await user.teardown(own);
});
