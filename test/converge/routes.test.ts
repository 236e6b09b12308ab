// Routes: rules with every kind of condition, transforms, redirects and fixed responses, changed one at a time.
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, type Account } from './harness.ts';
import { stack, web } from './stacks.ts';

type RouteInput = NonNullable<StackInput['services'][string]['containers'][string]['routes']>[number];

const everything: RouteInput = {
  paths: '/api3',
  hosts: ['www.example.com'],
  headers: { 'X-Version': '2*' },
  sources: '10.0.0.0/8',
  stripPath: true,
};
const withRoutes = (routes: RouteInput[], more: Partial<StackInput> = {}): StackInput =>
  stack({ services: web({ api3: { image: 'public.ecr.aws/shop/api3:1', port: 7000, routes } }), ...more });

async function rulesOf({ aws }: Account): Promise<Rule[]> {
  const { LoadBalancers } = await aws.elb.send(new DescribeLoadBalancersCommand({}));
  const { Listeners } = await aws.elb.send(
    new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn }),
  );
  const { Rules = [] } = await aws.elb.send(
    new DescribeRulesCommand({ ListenerArn: Listeners?.[0]?.ListenerArn }),
  );
  return Rules.filter(({ IsDefault }) => !IsDefault);
}
const addresses = async (user: Account, after: StackInput) =>
  (await user.plan(after)).map(({ verb, address }) => `${verb} ${address}`).sort();
const writes = (calls: readonly string[]) =>
  calls.filter((call) => call.includes('Rule') && !call.includes('Describe'));

test('a route with every condition and a transform is created, stays as it is, and is removed completely', async () => {
  const user = await account();
  await user.provision(
    withRoutes([
      everything,
      {
        methods: 'POST',
        queries: { debug: ['1', 'true'] },
        rewrite: { host: { regex: '^.*$', replace: 'app.internal' } },
      },
    ]),
  );
  const rules = await rulesOf(user);
  expect(
    rules.find(({ Conditions }) => Conditions?.some(({ Field }) => Field === 'source-ip')),
  ).toMatchObject({
    Conditions: [
      { Field: 'host-header', HostHeaderConfig: { Values: ['www.example.com'] } },
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/api3', '/api3/*'] } },
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Version', Values: ['2*'] } },
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
    ],
    Transforms: [
      {
        Type: 'url-rewrite',
        UrlRewriteConfig: { Rewrites: [{ Regex: '^(?:/api3)/*(.*)$', Replace: '/$1' }] },
      },
    ],
  });
  expect(
    await user.plan(
      withRoutes([
        {
          methods: 'POST',
          queries: { debug: ['true', '1'] },
          rewrite: { host: { regex: '^.*$', replace: 'app.internal' } },
        },
        everything,
      ]),
    ),
  ).toEqual([]);
  await user.teardown(withRoutes([everything]));
  expect(user.census()).toEqual({});
});

test('adding, removing and reordering paths and routes changes only their own rules', async () => {
  const paths = (...path: string[]) =>
    stack({ services: web({ api1: { path, health: { path: '/api1' } } }) });
  const user = await account();
  await user.provision(stack());
  const before = await rulesOf(user);
  expect(await addresses(user, paths('/api1', '/orders'))).toEqual(['create rules.web-api1:/orders']);
  await user.provision(paths('/api1', '/orders'));
  expect(await user.plan(paths('/orders', '/api1'))).toEqual([]);
  const after = await rulesOf(user);
  for (const { RuleArn, Priority } of before)
    expect(after.find((rule) => rule.RuleArn === RuleArn)?.Priority).toBe(Priority);
  expect(await addresses(user, paths('/orders'))).toEqual([expect.stringMatching(/^remove rules.priority-/)]);
  await user.provision(paths('/orders'));
  expect((await rulesOf(user)).length).toBe(2);
  expect(await user.plan(paths('/orders'))).toEqual([]);
});

test('two routes exchange their priorities in one call', async () => {
  const routes = (one: number, other: number) =>
    withRoutes([
      { paths: '/one', priority: one },
      { paths: '/two', priority: other },
    ]);
  const user = await account();
  await user.provision(routes(10, 20));
  expect(await addresses(user, routes(20, 10))).toEqual([
    'update rules.web-api3:/one',
    'update rules.web-api3:/two',
  ]);
  const { calls } = await user.provision(routes(20, 10));
  expect(writes(calls)).toEqual([expect.stringContaining('SetRulePriorities')]);
  expect(await user.plan(routes(20, 10))).toEqual([]);
});

test('redirects and fixed responses are separate rules, and change in place', async () => {
  const routes = (permanent: boolean): StackInput =>
    stack({
      routes: [
        { hosts: 'www.example.com', redirect: { host: 'example.com', permanent } },
        { paths: '/robots.txt', respond: { status: 200, body: 'User-agent: *' } },
      ],
    });
  const user = await account();
  await user.provision(routes(true));
  expect((await rulesOf(user)).flatMap(({ Actions }) => Actions ?? [])).toMatchObject([
    { Type: 'redirect', RedirectConfig: { Host: 'example.com', Path: '/#{path}', StatusCode: 'HTTP_301' } },
    { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'User-agent: *' } },
    { Type: 'forward' },
    { Type: 'forward' },
  ]);
  expect(await addresses(user, routes(false))).toEqual(['update rules.redirect:www.example.com']);
  await user.provision(routes(false));
  expect(await user.plan(routes(false))).toEqual([]);
  expect(await addresses(user, stack())).toEqual([
    expect.stringMatching(/^remove rules.priority-/),
    expect.stringMatching(/^remove rules.priority-/),
  ]);
  await user.provision(stack());
  expect(await user.plan(stack())).toEqual([]);
});

const drifts: [what: string, plan: string[], change: (user: Account, rule: Rule) => Promise<unknown>][] = [
  [
    'its transform was removed',
    ['update rules.web-api3'],
    ({ aws }, { RuleArn }) => aws.elb.send(new ModifyRuleCommand({ RuleArn, ResetTransforms: true })),
  ],
  [
    'its transform was edited',
    ['update rules.web-api3'],
    ({ aws }, { RuleArn }) =>
      aws.elb.send(
        new ModifyRuleCommand({
          RuleArn,
          Transforms: [
            { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: 'a', Replace: 'b' }] } },
          ],
        }),
      ),
  ],
  [
    'a condition was removed',
    ['update rules.web-api3'],
    ({ aws }, { RuleArn, Conditions = [] }) =>
      aws.elb.send(
        new ModifyRuleCommand({
          RuleArn,
          Conditions: Conditions.slice(1).map(({ Values: _, ...condition }) => condition),
        }),
      ),
  ],
  [
    'its priority was changed',
    ['update rules.web-api3'],
    ({ aws }, { RuleArn }) =>
      aws.elb.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 49_999 }] })),
  ],
  [
    'it was deleted',
    ['create rules.web-api3'],
    ({ aws }, { RuleArn }) => aws.elb.send(new DeleteRuleCommand({ RuleArn })),
  ],
];

test.each(drifts)('a route is repaired after %s', async (_what, expected, change) => {
  const user = await account();
  const desired = withRoutes([everything]);
  await user.provision(desired);
  const rule = (await rulesOf(user)).find(({ Transforms }) => Transforms?.length);
  if (!rule) throw new Error('no rule with a transform');
  await change(user, rule);
  expect(await addresses(user, desired)).toEqual(expected);
  await user.provision(desired);
  expect(await user.plan(desired)).toEqual([]);
  expect((await rulesOf(user)).filter(({ Transforms }) => Transforms?.length)).toMatchObject([
    { Conditions: rule.Conditions, Transforms: rule.Transforms },
  ]);
});

test("someone else's rule stays, and is not reported", async () => {
  const user = await account();
  await user.provision(stack());
  const [rule] = await rulesOf(user);
  const ListenerArn = rule?.RuleArn?.replace('listener-rule', 'listener').replace(/\/[^/]+$/, '');
  const foreign = await user.aws.elb.send(
    new CreateRuleCommand({
      ListenerArn,
      Priority: 7,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['other.example.com'] } }],
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  expect(await user.plan(stack())).toEqual([]);
  await user.provision(withRoutes([everything]));
  expect((await rulesOf(user)).map(({ RuleArn }) => RuleArn)).toContain(foreign.Rules?.[0]?.RuleArn);
});

describe("someone else's rule at a priority of the stack", () => {
  /** Creates a stack, and a rule of someone else that has a priority. */
  const withForeignRule = async (Priority: number) => {
    const user = await account();
    await user.provision(stack());
    const [rule] = await rulesOf(user);
    const ListenerArn = rule?.RuleArn?.replace('listener-rule', 'listener').replace(/\/[^/]+$/, '');
    const { Rules } = await user.aws.elb.send(
      new CreateRuleCommand({
        ListenerArn,
        Priority,
        Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['other.example.com'] } }],
        Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
        Tags: [{ Key: 'team', Value: 'orders' }],
      }),
    );
    return { user, arn: Rules?.[0]?.RuleArn ?? '' };
  };

  test('is named with its owner and the route that demands the priority, and nothing is changed', async () => {
    const { user, arn } = await withForeignRule(7);
    const desired = withRoutes([{ ...everything, priority: 7 }]);
    const before = await rulesOf(user);
    const route = 'services.web.containers.api3.routes[0].priority';
    await expect(user.provision(desired)).rejects.toMatchObject({
      code: 'FOREIGN',
      what: 'Rules that belong to someone else already have priorities that this stack needs.',
      why: `rules.web-api3: someone else created it, tagged team=orders; priority 7 of the listener, which ${route} demands, is that of ${arn} (host other.example.com: fixed-response 404)`,
      fix: [
        `Set ${route} to a number that no other rule of the listener has, or leave it out,`,
        'or npm run provision -- --adopt rules.web-api3, to take them over: a teardown then deletes them,',
        'or remove them if no one needs them.',
      ],
    });
    expect(await rulesOf(user)).toEqual(before);
    await user.provision(withRoutes([{ ...everything, priority: 8 }]));
    expect((await rulesOf(user)).map(({ RuleArn }) => RuleArn)).toContain(arn);
  });
});
