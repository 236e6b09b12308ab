// The web ACL of a stack: it is associated before any request is answered, changed in place, repaired, and left alone if it is not ours.
import * as waf from '@aws-sdk/client-wafv2';
import { expect, test } from '@jest/globals';
import { provisionedAccount } from './account-snapshots.ts';
import { account, planInWords, type Account } from './harness.ts';
import { stack } from './stacks.ts';

const VisibilityConfig = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'm' };

async function makeWebAcl(
  { aws }: Account,
  Name: string,
  settings: Partial<waf.CreateWebACLCommandInput> = {},
) {
  const { Summary } = await aws.wafv2.send(
    new waf.CreateWebACLCommand({
      ...{ Name, Scope: 'REGIONAL', DefaultAction: { Allow: {} }, VisibilityConfig },
      ...settings,
    }),
  );
  return Summary?.ARN ?? '';
}
const balancerOf = (user: Account) => user.ids()['loadBalancer']?.['loadBalancerArn'] ?? '';
const webAclOf = async (user: Account) =>
  (await user.aws.wafv2.send(new waf.GetWebACLForResourceCommand({ ResourceArn: balancerOf(user) }))).WebACL
    ?.ARN;
const associate = (user: Account, WebACLArn: string) =>
  user.aws.wafv2.send(new waf.AssociateWebACLCommand({ WebACLArn, ResourceArn: balancerOf(user) }));

test('a new stack is associated before it has a listener, and a teardown leaves only the web ACL', async () => {
  const user = await account();
  const one = await makeWebAcl(user, 'one');
  const protectedStack = stack({ waf: one });
  await user.provision(protectedStack);
  expect(await webAclOf(user)).toBe(one);
  expect(await user.plan(protectedStack)).toEqual([]);
  const calls = user.sandbox.journal.entries().map(({ operation }) => operation);
  expect(calls.indexOf('AssociateWebACL')).toBeGreaterThan(-1);
  expect(calls.indexOf('AssociateWebACL')).toBeLessThan(calls.indexOf('CreateListener'));
  await user.teardown(protectedStack);
  expect(user.census()).toEqual({ 'wafv2.webAcls': 1 });
});

test('a stack gets a web ACL, changes to another one, and loses it again', async () => {
  const user = await provisionedAccount(stack());
  const [one, two] = [await makeWebAcl(user, 'one'), await makeWebAcl(user, 'two')];
  const census = user.census();
  const change = ['update loadBalancer: tag.slipway:web-acl, web ACL'];
  for (const arn of [one, two]) {
    expect(planInWords(await user.plan(stack({ waf: arn })))).toEqual(change);
    await user.provision(stack({ waf: arn }));
    expect(await webAclOf(user)).toBe(arn);
    expect(await user.plan(stack({ waf: arn }))).toEqual([]);
  }
  user.deleteState();
  await user.provision(stack());
  expect(await webAclOf(user)).toBeUndefined();
  expect(user.census()).toEqual(census);
  expect(await user.plan(stack())).toEqual([]);
});

test('an association that someone else ended or changed is drift; without waf, an association of someone else stays', async () => {
  const user = await provisionedAccount(stack());
  const [one, two] = [await makeWebAcl(user, 'one'), await makeWebAcl(user, 'two')];
  const protectedStack = stack({ waf: one });
  await user.provision(protectedStack);
  const drift = ['update loadBalancer: web ACL'];
  await user.aws.wafv2.send(new waf.DisassociateWebACLCommand({ ResourceArn: balancerOf(user) }));
  expect(planInWords(await user.plan(protectedStack))).toEqual(drift);
  await associate(user, two);
  expect(planInWords(await user.plan(protectedStack))).toEqual(drift);
  await user.provision(protectedStack);
  expect(await webAclOf(user)).toBe(one);
  await associate(user, two);
  await user.provision(stack());
  expect(await webAclOf(user)).toBe(two);
  expect(await user.plan(stack())).toEqual([]);
  await user.teardown(stack());
  expect(user.census()).toEqual({ 'wafv2.webAcls': 2 });
});

test('a load balancer that is replaced has its web ACL before it has a listener', async () => {
  const user = await provisionedAccount(stack());
  const one = await makeWebAcl(user, 'one');
  await user.provision(stack({ waf: one }));
  const before = user.sandbox.journal.entries().length;
  await user.provision(stack({ waf: one, internal: true }));
  expect(await webAclOf(user)).toBe(one);
  const calls = user.sandbox.journal
    .entries()
    .slice(before)
    .map(({ operation }) => operation);
  expect(calls.indexOf('AssociateWebACL')).toBeGreaterThan(calls.indexOf('CreateLoadBalancer'));
  expect(calls.indexOf('AssociateWebACL')).toBeLessThan(calls.indexOf('CreateListener'));
});

test('a web ACL that does not exist is explained before anything is changed', async () => {
  const user = await account();
  const missing =
    'arn:aws:wafv2:eu-west-1:000000000000:regional/webacl/none/1a2b3c4d-0000-4000-8000-000000000000';
  await expect(user.provision(stack({ waf: missing }))).rejects.toMatchObject({ code: 'WEB_ACL' });
  expect(user.census()).toEqual({});
});

test('a web ACL blocks real requests, and lets others pass', async () => {
  const user = await account({ realTasks: true });
  const arn = await makeWebAcl(user, 'one', {
    Rules: [
      {
        ...{ Name: 'private', Priority: 0, Action: { Block: {} }, VisibilityConfig },
        Statement: {
          ByteMatchStatement: {
            SearchString: Buffer.from('/private'),
            FieldToMatch: { UriPath: {} },
            TextTransformations: [{ Priority: 0, Type: 'NONE' }],
            PositionalConstraint: 'STARTS_WITH',
          },
        },
      },
    ],
  });
  const routes = [{ paths: ['/hello', '/private'], respond: { status: 200, body: 'hello' } }];
  await user.provision(stack({ waf: arn, routes }));
  const url = `${user.sandbox.url}/_sandbox/resolve?name=api.example.com&port=80`;
  const { port } = (await (await fetch(url)).json()) as { port: number };
  const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  expect([await statusOf('/hello'), await statusOf('/private')]).toEqual([200, 403]);
  await user.provision(stack({ routes }));
  expect(await statusOf('/private')).toBe(200);
});
