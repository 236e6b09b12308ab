// The removal of a target group: the calls that it makes in each case.
import {
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, expect, test } from '@jest/globals';
import type { FoundRule } from '../../../../lib/look/rules.ts';
import type { FoundTargetGroup } from '../../../../lib/look/target-groups.ts';
import { targetGroups } from '../../../../teardown/steps/target-groups.ts';
import { awsError, mocks, mutations, ourTags, removeContextOf, sentCalls } from '../../step-harness.ts';

const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop-dev-web/1';
const BALANCER = 'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/shop-dev/2';
const item = { targetGroupArn: GROUP, name: 'shop-dev-web' } as FoundTargetGroup;
const remove = () => targetGroups.remove(removeContextOf({ noun: 'targetGroups', key: 'web-api1' }, item));
const deleteCall = { command: 'DeleteTargetGroup', input: { TargetGroupArn: GROUP } };

beforeEach(() => {
  mocks.elbv2.resolves({});
});

test('removes what is ours', async () => {
  mocks.elbv2.on(DeleteTargetGroupCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('removes what is ours: retries while a rule still refers to the target group', async () => {
  mocks.elbv2
    .on(DeleteTargetGroupCommand)
    .rejectsOnce(awsError('ResourceInUseException', 'is currently in use by a listener or a rule'))
    .resolves({});
  expect(await remove()).toBeUndefined();
  expect(mutations()).toEqual([deleteCall, deleteCall]);
});

test('counts a missing resource as removed', async () => {
  mocks.elbv2.on(DeleteTargetGroupCommand).rejects(awsError('TargetGroupNotFoundException'));
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.elbv2.on(DeleteTargetGroupCommand).rejects(awsError('AccessDenied', 'not allowed'));
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
  expect(sentCalls()).toEqual([deleteCall]);
});

test('throws the error when AWS refuses a call: the target group stays in use', async () => {
  mocks.elbv2.on(DeleteTargetGroupCommand).rejects(awsError('ResourceInUseException', 'is in use by a rule'));
  await expect(remove()).rejects.toMatchObject({ message: 'is in use by a rule' });
});

/** Mocks a load balancer with one listener that uses the group, and the rules of the listener. */
function mockListener(balancerArn: string, rules: object[]): void {
  const listener = `${balancerArn.replace('loadbalancer', 'listener')}/3`;
  mocks.elbv2
    .on(DeleteTargetGroupCommand)
    .rejects(awsError('ResourceInUseException', 'is in use by a rule'))
    .on(DescribeTargetGroupsCommand)
    .resolves({ TargetGroups: [{ TargetGroupArn: GROUP, LoadBalancerArns: [balancerArn] }] })
    .on(DescribeListenersCommand, { LoadBalancerArn: balancerArn })
    .resolves({ Listeners: [{ ListenerArn: listener }] })
    .on(DescribeRulesCommand, { ListenerArn: listener })
    .resolves({ Rules: rules });
}
const actions = { Actions: [{ Type: 'forward' as const, TargetGroupArn: GROUP }] };

test("explains refusal: the first refusal names someone else's listener and rule, with the commands that remove them", async () => {
  const theirs = BALANCER.replace('shop-dev', 'theirs');
  const rule = `${theirs.replace('loadbalancer', 'listener-rule')}/3/4`;
  mockListener(theirs, [
    {
      RuleArn: rule,
      Priority: '7',
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: GROUP }] } }],
    },
    { RuleArn: `${rule}1`, Priority: '8', Actions: [{ Type: 'forward', TargetGroupArn: 'arn:other' }] },
    { RuleArn: `${rule}0`, Priority: 'default', IsDefault: true, ...actions },
  ]);
  await expect(remove()).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'The target group shop-dev-web is still in use, so it cannot be removed.',
    why: [
      'rule 4 (priority 7) of the load balancer theirs forwards to the target group shop-dev-web',
      'listener 3 of the load balancer theirs forwards to the target group shop-dev-web by default',
    ].join('\n'),
    fix: [
      `aws elbv2 delete-rule --rule-arn ${rule} --region eu-west-1`,
      `aws elbv2 delete-listener --listener-arn ${theirs.replace('loadbalancer', 'listener')}/3 --region eu-west-1`,
      'Then run the same command again, to finish.',
    ],
  });
  expect(mutations()).toEqual([deleteCall]);
});

test('removes what is ours: retries while AWS still shows our removed rule, and does not report this rule as foreign', async () => {
  const ruleArn = `${BALANCER.replace('loadbalancer', 'listener-rule')}/3/4`;
  mockListener(BALANCER, [{ RuleArn: ruleArn, Priority: '7', ...actions }]);
  mocks.elbv2.on(DeleteTargetGroupCommand).rejectsOnce(awsError('ResourceInUseException')).resolves({});
  const rules = { 'web-api1': { ruleArn, tags: ourTags('rules', 'web-api1') } as FoundRule };
  const context = removeContextOf({ noun: 'targetGroups', key: 'web-api1', found: { rules } }, item);
  expect(await targetGroups.remove(context)).toBeUndefined();
  expect(mutations()).toEqual([deleteCall, deleteCall]);
});
