// A stack with protection and records: it is created, stays as it is, is repaired after manual changes, and is removed.
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as iam from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { provisionedAccount } from './account-snapshots.ts';
import { planInWords, type Account } from './harness.ts';
import { stack } from './stacks.ts';

const hardened = stack({ insights: true, flowLogs: true, clients: ['203.0.113.0/24'] });
const idOf = (user: Account, address: string, field: string) => user.ids()[address]?.[field] ?? '';

test('a stack is hardened and softened again, and nothing is left of its flow log', async () => {
  const user = await provisionedAccount(stack());
  const census = user.census();
  expect(planInWords(await user.plan(hardened))).toEqual([
    'create roles.flow-logs',
    'create logGroup.flow-logs',
    'create flowLog',
    'update securityGroups.balancer: ingress',
    'update cluster: container insights',
  ]);
  await user.provision(hardened);
  expect(await user.plan(hardened)).toEqual([]);
  await user.provision(stack({ insights: false }));
  expect(user.census()).toEqual(census);
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});

const manualChanges: [what: string, drift: string[], change: (user: Account) => Promise<unknown>][] = [
  [
    'the flow log was deleted',
    ['create flowLog'],
    (user) =>
      user.aws.ec2.send(new ec2.DeleteFlowLogsCommand({ FlowLogIds: [idOf(user, 'flowLog', 'flowLogId')] })),
  ],
  [
    'the flow log lost its tags',
    ['update flowLog: tag.Name, tag.slipway:stack, tag.slipway:step, tag.slipway:key'],
    (user) =>
      user.aws.ec2.send(new ec2.DeleteTagsCommand({ Resources: [idOf(user, 'flowLog', 'flowLogId')] })),
  ],
  [
    'the log group of the flow log was deleted',
    ['create logGroup.flow-logs'],
    (user) =>
      user.aws.logs.send(new logs.DeleteLogGroupCommand({ logGroupName: '/slipway/shop-dev/flow-logs' })),
  ],
  [
    'the role of the flow log lost its policy',
    ['update roles.flow-logs: inline policies'],
    (user) =>
      user.aws.iam.send(
        new iam.DeleteRolePolicyCommand({ RoleName: 'shop-dev-flow-logs', PolicyName: 'slipway' }),
      ),
  ],
  [
    'Container Insights was turned off',
    ['update cluster: container insights'],
    (user) =>
      user.aws.ecs.send(
        new ecs.UpdateClusterSettingsCommand({
          cluster: 'shop-dev',
          settings: [{ name: 'containerInsights', value: 'disabled' }],
        }),
      ),
  ],
];

test.each(manualChanges)('%s: the drift is reported and repaired', async (_what, drift, change) => {
  const user = await provisionedAccount(hardened);
  await change(user);
  expect(planInWords(await user.plan(hardened))).toEqual(drift);
  await user.provision(hardened);
  expect(await user.plan(hardened)).toEqual([]);
  await user.teardown(hardened);
  expect(user.census()).toEqual({});
});

test('without its state file, a hardened stack is recognised and removed', async () => {
  const user = await provisionedAccount(hardened);
  user.deleteState();
  expect(await user.plan(hardened)).toEqual([]);
  await user.teardown(hardened);
  expect(user.census()).toEqual({});
});
