// The steps of a stack on the load balancer of someone else: they use what is its owner's, and change only what is the stack's.
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  SetRulePrioritiesCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, expect, test } from '@jest/globals';
import { configuredRules } from '../../../../lib/derive/rule-priorities.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import type { FoundRule } from '../../../../lib/look/rules.ts';
import { rules } from '../../../../provision/steps/rules.ts';
import { securityGroups } from '../../../../provision/steps/security-groups.ts';
import { targetGroups } from '../../../../provision/steps/target-groups.ts';
import { existing } from '../../existing-resources.ts';
import { LISTENER_ARN, otherRule, sharedBalancer, stackOfTenant } from '../../others-balancer.ts';
import { awsError, config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';

const services = config().services.map((service) => ({
  ...service,
  containers: service.containers.slice(0, 1),
}));
const stack = stackOfTenant({}, { services });
const usual = configuredRules(stack).get('web-api1')?.priority ?? 0;
const tags = ourTags('rules', 'web-api1', stack);
const ids = { listener: { '': { listenerArn: LISTENER_ARN } }, targetGroups: existing.targetGroups };
const scenario = { noun: 'rules' as const, config: stack, ids, shared: sharedBalancer() };
const ourRule = (changes: Partial<FoundRule> = {}): FoundRule => ({
  ...{ ruleArn: 'arn:ours', paths: ['/api1', '/api1/*'], otherConditions: '', priority: usual, tags },
  ...{ targetGroupArn: 'arn:group-1', groups: [{ targetGroupArn: 'arn:group-1', weight: 1 }] },
  ...{ forward: 'arn:group-1', ...changes },
});
const found = (rule: FoundRule) => ({ targetGroups: existing.targetGroups, rules: { 'web-api1': rule } });
const changing = () => sentCalls().filter(({ command }) => !command.startsWith('Describe'));
const createdPriorities = () => changing().map(({ input }) => (input as { Priority?: number }).Priority);

/** Lets the listener have these rules; ours is the one with the ARN `arn:ours`. */
function mockListener(...rulesThere: Rule[]): void {
  const { balancer = {}, listener = {} } = sharedBalancer();
  mocks.elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers: [balancer] });
  mocks.elbv2.on(DescribeListenersCommand).resolves({ Listeners: [listener] });
  mocks.elbv2.on(DescribeRulesCommand).resolves({ Rules: rulesThere });
  mocks.elbv2.on(DescribeTagsCommand).callsFake(({ ResourceArns }: { ResourceArns: string[] }) => ({
    TagDescriptions: ResourceArns.map((arn) => ({
      ResourceArn: arn,
      Tags: toPascalCaseTags(arn === 'arn:ours' ? tags : {}),
    })),
  }));
}

const created = { Rules: [{ RuleArn: 'arn:ours' }] };
const inUse = awsError('PriorityInUseException');
beforeEach(() => mockListener(otherRule(String(usual), '/taken')));

test('creates when missing: at the listener of someone else, with the usual priority', async () => {
  mocks.elbv2.on(CreateRuleCommand).resolves(created);
  const result = await provisionStep(rules, scenario);
  expect(result.ids).toEqual({ 'web-api1': { ruleArn: 'arn:ours' } });
  expect(changing()).toMatchObject([
    { command: 'CreateRule', input: { ListenerArn: LISTENER_ARN, Priority: usual } },
  ]);
});

test('creates when missing: a priority that the survey found in use is avoided', async () => {
  mocks.elbv2.on(CreateRuleCommand).resolves(created);
  const shared = sharedBalancer({ otherRules: [otherRule(String(usual), '/taken')] });
  await provisionStep(rules, { ...scenario, shared });
  expect(createdPriorities()).toEqual([usual + 1]);
});

test('creates when missing: if someone takes the priority after the survey, the rule gets another one', async () => {
  mocks.elbv2.on(CreateRuleCommand).rejectsOnce(inUse).resolves(created);
  const result = await provisionStep(rules, scenario);
  expect(result.ids).toEqual({ 'web-api1': { ruleArn: 'arn:ours' } });
  expect(createdPriorities()).toEqual([usual, usual + 1]);
});

test('creates when missing: a target group is in the VPC of the load balancer', async () => {
  mocks.elbv2.on(CreateTargetGroupCommand).resolves({ TargetGroups: [{ TargetGroupArn: 'arn:group' }] });
  mocks.elbv2.on(ModifyTargetGroupAttributesCommand).resolves({});
  const vpc = { '': { vpcId: 'vpc-theirs' } };
  await provisionStep(targetGroups, { ...scenario, noun: 'targetGroups', ids: { vpc } });
  expect(changing()[0]).toMatchObject({ command: 'CreateTargetGroup', input: { VpcId: 'vpc-theirs' } });
});

test('creates when missing: the tasks admit the first group of the load balancer, which has no group of the stack', async () => {
  mocks.ec2.on(CreateSecurityGroupCommand).resolves({ GroupId: 'sg-w' });
  mocks.ec2.on(AuthorizeSecurityGroupIngressCommand).resolves({});
  const vpc = { '': { vpcId: 'vpc-theirs' } };
  const result = await provisionStep(securityGroups, { ...scenario, noun: 'securityGroups', ids: { vpc } });
  expect(result.shortChanges).toEqual([['create', 'web']]);
  expect(changing()).toMatchObject([
    { command: 'CreateSecurityGroup', input: { VpcId: 'vpc-theirs' } },
    {
      command: 'AuthorizeSecurityGroupIngress',
      input: {
        GroupId: 'sg-w',
        IpPermissions: [{ FromPort: 5000, UserIdGroupPairs: [{ GroupId: 'sg-1111' }] }],
      },
    },
  ]);
});

test('adopts when present', async () => {
  expect((await provisionStep(rules, { ...scenario, found: found(ourRule()) })).shortChanges).toEqual([]);
  expect(changing()).toEqual([]);
});

test('adopts when present: if the response to an earlier create was lost, our rule is found again', async () => {
  mocks.elbv2.on(CreateRuleCommand).rejects(inUse);
  mockListener({ ...otherRule(String(usual), '/api1', '/api1/*'), RuleArn: 'arn:ours' });
  const result = await provisionStep(rules, scenario);
  expect(result.ids).toEqual({ 'web-api1': { ruleArn: 'arn:ours' } });
  expect(createdPriorities()).toEqual([usual]);
});

test('repairs drift: only our rule is modified', async () => {
  mocks.elbv2.on(ModifyRuleCommand).resolves({});
  const drifted = ourRule({ paths: ['/other'] });
  const result = await provisionStep(rules, { ...scenario, found: found(drifted) });
  expect(result.shortChanges).toEqual([['update', 'web-api1', 'paths']]);
  expect(changing()).toMatchObject([{ command: 'ModifyRule', input: { RuleArn: 'arn:ours' } }]);
});

test('repairs drift: a priority outside of its range moves, and no priority of others does', async () => {
  mocks.elbv2.on(SetRulePrioritiesCommand).resolves({});
  const shared = sharedBalancer({ otherRules: [otherRule(String(usual), '/taken')] });
  const result = await provisionStep(rules, { ...scenario, shared, found: found(ourRule({ priority: 1 })) });
  expect(result.shortChanges).toEqual([['update', 'web-api1', 'priority']]);
  expect(changing()).toEqual([
    {
      command: 'SetRulePriorities',
      input: { RulePriorities: [{ RuleArn: 'arn:ours', Priority: usual + 1 }] },
    },
  ]);
});

test('repairs drift: if the owner replaces the groups of the load balancer, the tasks admit the new one', async () => {
  mocks.ec2.on(AuthorizeSecurityGroupIngressCommand).resolves({});
  mocks.ec2.on(RevokeSecurityGroupIngressCommand).resolves({});
  const ingress = [{ protocol: 'tcp', fromPort: 5000, toPort: 5000, peer: 'sg-former' }];
  const egress = [{ protocol: '-1', fromPort: -1, toPort: -1, peer: '0.0.0.0/0' }];
  const group = { groupId: 'sg-w', vpcId: 'vpc-theirs', ingress, egress };
  const web = { ...group, tags: ourTags('securityGroups', 'web', stack) };
  const result = await provisionStep(securityGroups, {
    ...{ ...scenario, noun: 'securityGroups', found: { securityGroups: { web } } },
  });
  expect(result.shortChanges).toEqual([['update', 'web', 'ingress']]);
  expect(changing().map(({ command }) => command)).toEqual([
    'AuthorizeSecurityGroupIngress',
    'RevokeSecurityGroupIngress',
  ]);
});

test('explains refusal: when every priority that is tried is taken, the rule of someone else stays', async () => {
  mocks.elbv2.on(CreateRuleCommand).rejects(inUse);
  await expect(provisionStep(rules, scenario)).rejects.toMatchObject({
    code: 'FOREIGN',
    what: expect.stringMatching(/already uses priority \d+ of the listener\.$/),
  });
  expect(new Set(changing().map(({ command }) => command))).toEqual(new Set(['CreateRule']));
});

test('explains refusal: any other refusal is not repeated', async () => {
  mocks.elbv2.on(CreateRuleCommand).rejects(awsError('TooManyRulesException', 'too many rules'));
  await expect(provisionStep(rules, scenario)).rejects.toThrow('too many rules');
  expect(createdPriorities()).toEqual([usual]);
});
