// The steps of a service that shifts requests between two target groups: what they send, and what they leave to ECS.
import {
  AddTagsCommand,
  CreateRuleCommand,
  DescribeTargetHealthCommand,
  ModifyRuleCommand,
  ModifyTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from '@jest/globals';
import { namesOf } from '../../../../lib/derive/names.ts';
import {
  infrastructurePolicy,
  infrastructureTrustPolicy,
  policyText,
} from '../../../../lib/derive/policies.ts';
import type { FoundRule } from '../../../../lib/look/rules.ts';
import { roles } from '../../../../provision/steps/roles.ts';
import { rules } from '../../../../provision/steps/rules.ts';
import { services } from '../../../../provision/steps/services.ts';
import { targetGroups } from '../../../../provision/steps/target-groups.ts';
import { existing } from '../../existing-resources.ts';
import { foundService, scenario as serviceScenario } from '../service-scenario.ts';
import {
  ACCOUNT,
  config,
  diffOf,
  HEALTH,
  mocks,
  ourTags,
  provisionStep,
  ROLLING,
  sentCalls,
  surveyOf,
} from '../../step-harness.ts';

const blueGreen = { ...ROLLING, strategy: 'blueGreen' as const, bakeMinutes: 5 };
/** A stack whose only service has one routed container, and shifts requests. */
const shifting = (path = '/api1', healthPath = '/health') =>
  config({
    services: config().services.map((service) => ({
      ...service,
      deploy: blueGreen,
      containers: service.containers
        .slice(0, 1)
        .map((container) => ({ ...container, path, health: { ...container.health, path: healthPath } })),
    })),
  });
const PRIMARY = 'arn:group-1';
const ALTERNATE = 'arn:group-1x';
const groups = {
  'web-api1': { targetGroupArn: PRIMARY },
  'web-api1.alternate': { targetGroupArn: ALTERNATE },
} as never;
const { listener, vpc } = existing;

const weighted = (primary: number, alternate: number) => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: PRIMARY, Weight: primary },
      { TargetGroupArn: ALTERNATE, Weight: alternate },
    ],
  },
});
const rule = (weights: Record<string, number>, changes: Partial<FoundRule> = {}): FoundRule => {
  const entries = Object.entries(weights).map(([targetGroupArn, weight]) => ({ targetGroupArn, weight }));
  const [heaviest] = [...entries].sort((one, other) => other.weight - one.weight);
  return {
    ruleArn: 'arn:rule',
    paths: ['/api1', '/api1/*'],
    otherConditions: '',
    targetGroupArn: heaviest?.targetGroupArn ?? '',
    groups: entries,
    forward: entries.length === 1 ? (heaviest?.targetGroupArn ?? '') : 'weights',
    tags: ourTags('rules', 'web-api1'),
    ...changes,
  };
};
const ruleScenario = (found?: FoundRule, stack = shifting()) => ({
  noun: 'rules' as const,
  config: stack,
  ids: { listener, targetGroups: groups },
  found: { listener, targetGroups: groups, ...(found && { rules: { 'web-api1': found } }) },
});

describe('rules', () => {
  test('a new rule names both groups, and the first one gets the requests', async () => {
    mocks.elbv2.on(CreateRuleCommand).resolves({ Rules: [{ RuleArn: 'arn:new' }] });
    await provisionStep(rules, ruleScenario());
    expect(sentCalls()).toMatchObject([{ input: { Actions: [weighted(100, 0)] } }]);
  });

  test.each([
    [100, 0],
    [0, 100],
    [90, 10],
    [1, 998],
  ])('the weights %i and %i belong to ECS: they are no drift', async (primary, alternate) => {
    const found = rule({ [PRIMARY]: primary, [ALTERNATE]: alternate });
    const { shortChanges } = await provisionStep(rules, ruleScenario(found));
    expect([shortChanges, sentCalls()]).toEqual([[], []]);
  });

  test('the conditions of a rule are repaired without its weights', async () => {
    mocks.elbv2.on(ModifyRuleCommand).resolves({});
    const found = rule({ [PRIMARY]: 40, [ALTERNATE]: 60 }, { paths: ['/other'] });
    await provisionStep(rules, ruleScenario(found));
    expect(sentCalls()).toEqual([
      {
        command: 'ModifyRule',
        input: {
          RuleArn: 'arn:rule',
          Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api1', '/api1/*'] } }],
        },
      },
    ]);
  });

  test('the tags of a rule are repaired without its weights', async () => {
    mocks.elbv2.on(AddTagsCommand).resolves({});
    await provisionStep(
      rules,
      ruleScenario(
        rule({ [PRIMARY]: 0, [ALTERNATE]: 100 }, { tags: { ...ourTags('rules', 'web-api1'), Name: 'x' } }),
      ),
    );
    expect(sentCalls().map(({ command }) => command)).toEqual(['AddTags']);
  });

  test.each([
    ['the first', { [PRIMARY]: 1 }, weighted(100, 0)],
    ['the alternate', { [ALTERNATE]: 1 }, weighted(0, 100)],
    ['the alternate', { [PRIMARY]: 0, [ALTERNATE]: 100, 'arn:foreign': 0 }, weighted(0, 100)],
  ])('a group is added or removed while %s group keeps the requests', async (_which, weights, action) => {
    mocks.elbv2.on(ModifyRuleCommand).resolves({});
    const { shortChanges } = await provisionStep(rules, ruleScenario(rule(weights)));
    expect(shortChanges).toEqual([['update', 'web-api1', 'target group']]);
    expect(sentCalls()).toMatchObject([{ input: { Actions: [action] } }]);
  });

  test('the rule of another path begins with the group that gets the requests of the old path', async () => {
    mocks.elbv2.on(CreateRuleCommand).resolves({ Rules: [{ RuleArn: 'arn:new' }] });
    const { found, ...scenario } = ruleScenario(undefined, shifting('/other'));
    const old = rule({ [PRIMARY]: 0, [ALTERNATE]: 100 });
    await provisionStep(rules, { ...scenario, found: { ...found, rules: { 'priority-1': old } } });
    expect(sentCalls()).toMatchObject([{ command: 'CreateRule', input: { Actions: [weighted(0, 100)] } }]);
  });

  test.each([
    [[], [{}], weighted(0, 100)],
    [[{}], [], weighted(100, 0)],
  ])('a deleted rule comes back with the group that has targets', async (primary, alternate, action) => {
    mocks.elbv2.on(CreateRuleCommand).resolves({ Rules: [{ RuleArn: 'arn:new' }] });
    mocks.elbv2
      .on(DescribeTargetHealthCommand, { TargetGroupArn: PRIMARY })
      .resolves({ TargetHealthDescriptions: primary });
    mocks.elbv2
      .on(DescribeTargetHealthCommand, { TargetGroupArn: ALTERNATE })
      .resolves({ TargetHealthDescriptions: alternate });
    const { found, ...scenario } = ruleScenario();
    await provisionStep(rules, { ...scenario, found: { ...found, services: { web: foundService } } });
    expect(sentCalls().at(-1)).toMatchObject({ command: 'CreateRule', input: { Actions: [action] } });
  });
});

describe('target groups', () => {
  const health = { protocol: 'HTTP', port: 'traffic-port', ...HEALTH };
  const found = (key: string, targetGroupArn: string) => ({
    targetGroupArn,
    name: 'shop-dev-web-api1-0000',
    vpcId: 'vpc-1',
    port: 4000,
    protocol: 'HTTP',
    health,
    loadBalancerArns: [],
    attributes: { 'deregistration_delay.timeout_seconds': '10' },
    tags: ourTags('targetGroups', key),
  });
  const pair = {
    'web-api1': found('web-api1', PRIMARY),
    'web-api1.alternate': found('web-api1.alternate', ALTERNATE),
  };
  const scenario = (stack = shifting()) => ({
    noun: 'targetGroups' as const,
    config: stack,
    ids: { vpc },
    found: { vpc, targetGroups: pair, rules: { 'web-api1': rule({ [PRIMARY]: 0, [ALTERNATE]: 100 }) } },
  });

  test('both groups are desired, and a different port of the groups makes no difference', async () => {
    expect((await provisionStep(targetGroups, scenario())).shortChanges).toEqual([]);
    expect(diffOf(targetGroups, surveyOf({ vpc }), shifting()).map(({ key }) => key)).toEqual([
      'web-api1',
      'web-api1.alternate',
    ]);
  });

  test('the idle group gets another health check before the deployment, and the other one after it', async () => {
    mocks.elbv2.on(ModifyTargetGroupCommand).resolves({});
    const { shortChanges } = await provisionStep(targetGroups, scenario(shifting('/api1', '/up')));
    expect(shortChanges).toEqual([
      ['update', 'web-api1', 'health.path'],
      ['update', 'web-api1.alternate', 'health.path'],
    ]);
    // The update of the group with the requests would be sent first if it were part of the update: its tasks are of the old version.
    expect(sentCalls()).toMatchObject([
      { command: 'ModifyTargetGroup', input: { TargetGroupArn: PRIMARY, HealthCheckPath: '/up' } },
      { command: 'ModifyTargetGroup', input: { TargetGroupArn: ALTERNATE, HealthCheckPath: '/up' } },
    ]);
  });
});

describe('roles', () => {
  test('the infrastructure role is created only for a service that shifts requests', async () => {
    mocks.iam.on(CreateRoleCommand).resolves({});
    mocks.iam.on(PutRolePolicyCommand).resolves({});
    const { shortChanges } = await provisionStep(roles, { noun: 'roles', config: shifting() });
    expect(shortChanges.map(([, key]) => key)).toEqual(['execution', 'task', 'infrastructure']);
    const location = { region: 'eu-west-1', account: ACCOUNT };
    expect(sentCalls().slice(-2)).toMatchObject([
      {
        input: {
          RoleName: 'shop-dev-infrastructure',
          AssumeRolePolicyDocument: policyText(infrastructureTrustPolicy),
        },
      },
      {
        input: { PolicyDocument: policyText(infrastructurePolicy(shifting(), namesOf(config()), location)) },
      },
    ]);
  });
});

describe('services', () => {
  test('a new service has the alternate group, the rule and the role of each routed container', async () => {
    const { found } = serviceScenario(shifting());
    const survey = {
      ...found,
      targetGroups: groups,
      rules: { 'web-api1': rule({ [PRIMARY]: 100, [ALTERNATE]: 0 }) },
      roles: { infrastructure: { roleName: 'r', roleArn: 'arn:role' } },
    } as never;
    const [change] = diffOf(services, surveyOf(survey), shifting());
    expect(change?.fields.find(({ field }) => field === 'load balancers')?.to).toBe(
      `api1:5000 → ${PRIMARY} or ${ALTERNATE}, by arn:rule as arn:role`,
    );
  });
});
