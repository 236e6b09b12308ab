// Deployments that shift requests: every change of the strategy or of the service converges in one provision.
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { alarmSettings } from '../sandbox/aws/cloudwatch/scene.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords, type Account } from './harness.ts';
import { stack, web } from './stacks.ts';

type Deploy = NonNullable<StackInput['services'][string]['deploy']>;
type Container = Partial<StackInput['services'][string]['containers'][string]>;

const BLUE_GREEN: Deploy = { blueGreen: { bakeMinutes: 0 } };
const CANARY: Deploy = { canary: { percent: 10, stepMinutes: 0, bakeMinutes: 0 } };
const LINEAR: Deploy = { linear: { percent: 50, stepMinutes: 0, bakeMinutes: 0 } };

const shop = (deploy: Deploy, api1: Container = {}) =>
  stack({ services: web({ api1 }, { deploy, count: 2 }) });

/** Provisions a stack, and expects that nothing is left to do. */
async function converge(user: Account, input: StackInput): Promise<string[]> {
  const { done } = await user.provision(input);
  expect(planInWords(await user.plan(input))).toEqual([]);
  expect((await user.drift(input)).exitCode).toBe(0);
  return done;
}

/**
 * The weights of the target groups in the rule of a container, by the letter at the end of the group's name: `x` is alternate.
 */
async function weights(user: Account, key = 'web-api1'): Promise<Record<string, number>> {
  const RuleArns = [user.ids()[`rules.${key}`]?.ruleArn ?? ''];
  const { Rules } = await user.aws.elb.send(new elb.DescribeRulesCommand({ RuleArns }));
  const groups = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
  return Object.fromEntries(
    groups.map(({ TargetGroupArn = '', Weight = 1 }) => [
      /x\/[^/]+$/.test(TargetGroupArn) ? 'alternate' : 'primary',
      groups.length === 1 ? 100 : Weight,
    ]),
  );
}

test.each([
  ['blueGreen', BLUE_GREEN],
  ['canary', CANARY],
  ['linear', LINEAR],
])(
  '%s: a first provision and two updates converge, and the target groups alternate',
  async (_name, deploy) => {
    const user = await account();
    const first = await converge(user, shop(deploy));
    expect(first).toEqual(
      expect.arrayContaining([
        'roles.infrastructure create',
        'targetGroups.web-api1 create',
        'targetGroups.web-api1.alternate create',
      ]),
    );
    const live = async () => Object.entries(await weights(user)).filter(([, weight]) => weight > 0);
    const before = await live();
    await converge(user, shop(deploy, { environment: { LEVEL: '2' } }));
    const between = await live();
    await converge(user, shop(deploy, { environment: { LEVEL: '3' } }));
    expect([before.length, between.length]).toEqual([1, 1]);
    expect(between).not.toEqual(before);
    expect(await live()).toEqual(before);
  },
);

/** The groups that the rule of api1 names, and the strategy of the service. */
async function observe(user: Account) {
  const { services } = await user.aws.ecs.send(
    new ecs.DescribeServicesCommand({ cluster: 'shop-dev', services: ['web'] }),
  );
  return {
    strategy: services?.[0]?.deploymentConfiguration?.strategy,
    groups: Object.keys(await weights(user)).sort(),
    roles: Object.keys(user.ids()).filter((address) => address === 'roles.infrastructure'),
    balancers: services?.[0]?.loadBalancers?.length,
  };
}
const ROLLING = { strategy: 'ROLLING', groups: ['primary'], roles: [], balancers: 2 };
const shifting = (strategy: string) => ({
  strategy,
  groups: ['alternate', 'primary'],
  roles: ['roles.infrastructure'],
  balancers: 2,
});

test('a live service switches from rolling to each strategy and back, whichever group gets the requests', async () => {
  const user = await account();
  await converge(user, shop('rolling'));
  expect(await observe(user)).toEqual(ROLLING);
  await converge(user, shop(BLUE_GREEN));
  expect(await observe(user)).toEqual(shifting('BLUE_GREEN'));
  await converge(user, shop('rolling'));
  expect(await observe(user)).toEqual(ROLLING);
  await converge(user, shop(CANARY, { environment: { LEVEL: '2' } }));
  await converge(user, shop(LINEAR, { environment: { LEVEL: '3' } }));
  expect(await observe(user)).toEqual(shifting('LINEAR'));
  await converge(user, shop('rolling', { environment: { LEVEL: '4' }, port: 5001 }));
  expect(await observe(user)).toEqual(ROLLING);
});

test('a service that shifts requests keeps its target groups when its port and its health check change', async () => {
  const user = await account();
  await converge(user, shop(BLUE_GREEN));
  const done = await converge(user, shop(BLUE_GREEN, { port: 5001, health: { path: '/up' } }));
  expect(done).toEqual([
    'securityGroups.web update',
    'services.web update',
    'targetGroups.web-api1 update',
    'targetGroups.web-api1.alternate update',
    'taskDefinitions.web update',
  ]);
  expect(await observe(user)).toEqual(shifting('BLUE_GREEN'));
});

test.each([
  ['path', { path: '/other' }],
  ['protocol', { protocol: 'HTTPS' as const }],
])('a service that shifts requests converges when its %s changes', async (_field, change) => {
  const user = await account();
  await converge(user, shop(CANARY));
  await converge(user, shop(CANARY, change));
  expect(Object.keys(await weights(user)).sort()).toEqual(['alternate', 'primary']);
});

test('a stack without a state converges without a change, and a teardown removes everything', async () => {
  const user = await account();
  const before = user.census();
  await converge(user, shop(LINEAR));
  user.deleteState();
  expect(await converge(user, shop(LINEAR))).toEqual([]);
  await user.teardown(shop(LINEAR));
  expect(user.census()).toEqual(before);
});

test('an alarm must exist before anything is changed; it can be added to a deployment and removed from it', async () => {
  const user = await account();
  const withAlarm = shop({ ...(BLUE_GREEN as object), alarms: ['shop-5xx'] });
  const callsBefore = user.sandbox.journal.entries().filter(({ mutating }) => mutating).length;
  await expect(user.provision(withAlarm)).rejects.toMatchObject({ code: 'ALARM' });
  expect(user.sandbox.journal.entries().filter(({ mutating }) => mutating).length).toBe(callsBefore);
  await user.aws.cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'shop-5xx', ...alarmSettings }));
  await converge(user, withAlarm);
  await converge(user, shop(BLUE_GREEN));
});
