// Manual changes of what a blue/green service has in addition are reported and repaired; a foreign resource in its place is left alone.
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as iam from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { testSample } from '../sample.ts';
import { provisionedAccount } from './account-snapshots.ts';
import type { Clients } from './clients.ts';
import { tagForOtherStack } from './foreign-resources.ts';
import { account } from './harness.ts';
import type { PlannedChange } from './run-results.ts';
import { stack, web } from './stacks.ts';

const shop = stack({ services: web({}, { deploy: { blueGreen: { bakeMinutes: 0 } } }) });
const ALTERNATE = 'targetGroups.web-api1.alternate';
const ROLE = 'roles.infrastructure';

type Ids = Readonly<Record<string, Readonly<Record<string, string>>>>;
const arnOf = (ids: Ids, address = ALTERNATE): string => ids[address]?.['targetGroupArn'] ?? '';
const roleOf = (ids: Ids): string => ids[ROLE]?.['roleName'] ?? '';

/** Makes the rule of api1 name these groups. */
const forwardTo = (aws: Clients, ids: Ids, ...TargetGroups: elb.TargetGroupTuple[]) =>
  aws.elb.send(
    new elb.ModifyRuleCommand({
      RuleArn: ids['rules.web-api1']?.['ruleArn'],
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
    }),
  );

type Case = [what: string, drift: string[], apply: (aws: Clients, ids: Ids) => Promise<unknown>];
const cases: Case[] = [
  [
    'the health check of an alternate group was changed',
    [`update ${ALTERNATE}`],
    (aws, ids) =>
      aws.elb.send(
        new elb.ModifyTargetGroupCommand({ TargetGroupArn: arnOf(ids), HealthCheckPath: '/other' }),
      ),
  ],
  [
    'the tags of an alternate group were removed',
    [`update ${ALTERNATE}`],
    (aws, ids) =>
      aws.elb.send(
        new elb.RemoveTagsCommand({
          ResourceArns: [arnOf(ids)],
          TagKeys: ['Name', 'slipway:stack', 'slipway:step', 'slipway:key'],
        }),
      ),
  ],
  [
    'the rule names only the primary group',
    ['update rules.web-api1'],
    (aws, ids) => forwardTo(aws, ids, { TargetGroupArn: arnOf(ids, 'targetGroups.web-api1') }),
  ],
  [
    'the rule names only the alternate group',
    ['update rules.web-api1'],
    (aws, ids) => forwardTo(aws, ids, { TargetGroupArn: arnOf(ids) }),
  ],
  [
    'the policy of the infrastructure role was deleted',
    [`update ${ROLE}`],
    async (aws, ids) => {
      const RoleName = roleOf(ids);
      const { PolicyNames = [] } = await aws.iam.send(new iam.ListRolePoliciesCommand({ RoleName }));
      expect(PolicyNames).toHaveLength(1);
      await aws.iam.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName: PolicyNames[0] }));
    },
  ],
  [
    'another service may assume the infrastructure role',
    [`update ${ROLE}`],
    (aws, ids) =>
      aws.iam.send(
        new iam.UpdateAssumeRolePolicyCommand({
          RoleName: roleOf(ids),
          PolicyDocument: JSON.stringify(TRUST),
        }),
      ),
  ],
];
const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

testSample(cases, async (_what, drift, apply) => {
  const user = await provisionedAccount(shop);
  const before = user.census();
  await apply(user.aws, user.ids());
  const { exitCode, json } = await user.drift(shop);
  const { changes } = json['drift'] as { changes: PlannedChange[] };
  expect(changes.map(({ verb, address }) => `${verb} ${address}`)).toEqual(drift);
  expect(exitCode).toBe(2);
  await user.provision(shop);
  expect(await user.drift(shop)).toMatchObject({ exitCode: 0 });
  expect(user.census()).toEqual(before);
});

test('an alternate group of another stack is left alone, and can be adopted', async () => {
  const user = await provisionedAccount(shop);
  await tagForOtherStack(user, ALTERNATE, (aws, id, [Key, Value]) =>
    aws.elb.send(new elb.AddTagsCommand({ ResourceArns: [id('targetGroupArn')], Tags: [{ Key, Value }] })),
  );
  const why = expect.stringContaining(`${ALTERNATE}: it belongs to the stack other-prod`);
  await expect(user.provision(shop)).rejects.toMatchObject({ code: 'FOREIGN', why });
  await user.provision(shop, { adopt: [ALTERNATE] });
  expect(await user.plan(shop)).toEqual([]);
  await user.teardown(shop);
  expect(user.census()).toEqual({});
});

test("someone else's infrastructure role is left alone, and can be adopted", async () => {
  const user = await account();
  await user.aws.iam.send(
    new iam.CreateRoleCommand({
      RoleName: 'shop-dev-infrastructure',
      Path: '/slipway/shop-dev/',
      AssumeRolePolicyDocument: JSON.stringify(TRUST),
    }),
  );
  const before = user.census();
  await expect(user.provision(shop)).rejects.toMatchObject({
    code: 'FOREIGN',
    why: expect.stringContaining(`${ROLE}: it has our name`),
  });
  expect(user.census()).toEqual(before);
  await user.provision(shop, { adopt: [ROLE] });
  expect(await user.plan(shop)).toEqual([]);
  await user.teardown(shop);
  expect(user.census()).toEqual({});
});

test('a switch to blue/green stops at a foreign group with the name of the alternate one, and changes nothing', async () => {
  const user = await provisionedAccount(shop);
  const name = /targetgroup\/([^/]+)\//.exec(arnOf(user.ids()))?.[1];
  const rolling = stack({ services: web({}, { deploy: 'rolling' }) });
  await user.provision(rolling);
  const VpcId = user.ids()['vpc']?.['vpcId'];
  await user.aws.elb.send(
    new elb.CreateTargetGroupCommand({ Name: name, VpcId, Protocol: 'HTTP', Port: 5000, TargetType: 'ip' }),
  );
  const before = user.census();
  await expect(user.provision(shop)).rejects.toMatchObject({
    code: 'FOREIGN',
    why: expect.stringContaining(`${ALTERNATE}: it has our name`),
  });
  expect(user.census()).toEqual(before);
  expect(await user.plan(rolling)).toEqual([]);
});
