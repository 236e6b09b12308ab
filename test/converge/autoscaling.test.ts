// Slipway keeps a task count that Application Auto Scaling sets. Any other difference from the configured count is drift.
import {
  DeregisterScalableTargetCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords } from './harness.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { stack, web } from './stacks.ts';

const scalableTarget = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/shop-dev/web',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

/**
 * Returns an account with a service of one task, and functions that scale the service.
 * @param realStack a stack whose tasks run as processes; by default, the tasks are simulated
 */
async function openAccount(realStack?: StackInput) {
  const user = realStack ? await account({ realTasks: true }) : await provisionedAccount(stack());
  if (realStack) await user.provision(realStack, { wait: true });
  const { autoscaling, cloudwatch, ecs } = user.aws;
  const webService = () =>
    user.sandbox.world.region('eu-west-1').ecs.services.find(({ serviceName }) => serviceName === 'web');
  return {
    ...user,
    desiredCount: () => webService()?.desiredCount,
    /** Sets the scaling range of the service. AWS moves a count outside the range to the nearest bound. */
    setRange: (MinCapacity: number, MaxCapacity: number) =>
      autoscaling.send(new RegisterScalableTargetCommand({ ...scalableTarget, MinCapacity, MaxCapacity })),
    removeRange: () => autoscaling.send(new DeregisterScalableTargetCommand(scalableTarget)),
    /** Adds a target tracking policy, which creates two alarms. */
    trackCpu: () =>
      autoscaling.send(
        new PutScalingPolicyCommand({
          ...scalableTarget,
          PolicyName: 'cpu',
          PolicyType: 'TargetTrackingScaling',
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: 50,
            PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
          },
        }),
      ),
    /** Sets the alarm whose name contains a string to the state ALARM, so that the policy of the alarm runs. */
    async triggerAlarm(namePart: string) {
      const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
      const AlarmName = MetricAlarms.find((alarm) => alarm.AlarmName?.includes(namePart))?.AlarmName;
      await cloudwatch.send(
        new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'test' }),
      );
    },
    setCountByHand: (desiredCount: number) =>
      ecs.send(new UpdateServiceCommand({ cluster: 'shop-dev', service: 'web', desiredCount })),
    /** Returns how often Slipway has looked up the scaling ranges. */
    rangeLookups: () =>
      user.sandbox.journal.entries().filter(({ operation }) => operation === 'DescribeScalableTargets')
        .length,
  };
}

test('a count within its range is not drift, and looking up the range takes one call', async () => {
  const user = await openAccount();
  await user.setRange(3, 6);
  expect(user.desiredCount()).toBe(3);
  expect(await user.plan(stack())).toEqual([]);
  expect(user.rangeLookups()).toBe(1);
  expect(await user.drift(stack())).toMatchObject({ exitCode: 0 });
  expect((await user.provision(stack())).calls).toEqual([]);
  expect(user.desiredCount()).toBe(3);
});

test('a count that auto scaling controls is not affected by other changes or by a new count in the configuration', async () => {
  const user = await openAccount();
  await user.setRange(3, 6);
  const after = stack({
    services: web({ api1: { environment: { LEVEL: 'debug' } } }, { count: 2, graceSeconds: 90 }),
  });
  expect(planInWords(await user.plan(after))).toEqual([
    'update taskDefinitions.web: api1.environment, api1.environment.LEVEL',
    'update services.web: task definition, grace seconds',
  ]);
  await user.provision(after);
  expect(user.desiredCount()).toBe(3);
  expect(await user.plan(after)).toEqual([]);
});

test('a count outside its range, or without a range, is drift', async () => {
  const user = await openAccount();
  await user.setCountByHand(4);
  expect(planInWords(await user.plan(stack()))).toEqual(['update services.web: count']);
  await user.setRange(2, 4);
  expect(await user.plan(stack())).toEqual([]);
  await user.setCountByHand(5);
  expect(planInWords(await user.plan(stack()))).toEqual(['update services.web: count']);
  await user.removeRange();
  await user.provision(stack());
  expect(user.desiredCount()).toBe(1);
  expect(await user.drift(stack())).toMatchObject({ exitCode: 0 });
});

test('the range is not looked up for a count that matches the configuration', async () => {
  const user = await openAccount();
  await user.setRange(1, 6);
  expect(await user.plan(stack())).toEqual([]);
  await user.provision(stack());
  expect(user.rangeLookups()).toBe(0);
});

test.each([
  ['AccessDeniedException', 400],
  ['NotImplemented', 501],
])(
  'if looking up the range is refused with %s, the run succeeds and the count is drift',
  async (code, status) => {
    const user = await openAccount();
    await user.setRange(3, 6);
    const message = 'not authorized to perform: application-autoscaling:DescribeScalableTargets';
    user.sandbox.faults.add({ service: 'autoscaling', nth: 1, kind: 'refused', code, message, status });
    expect(planInWords(await user.plan(stack()))).toEqual(['update services.web: count']);
    expect(user.sandbox.faults.waiting()).toEqual([]);
  },
);

test.each([
  ['more tasks', 2, 3],
  ['no task', 0, 0],
])(
  'the wait for a service expects the count that auto scaling has set: %s',
  async (_what, min, max) => {
    const app = { source: 'app', port: 8000, path: '/app', environment: { PORT: '8000' } };
    const realStack: StackInput = {
      name: 'shop',
      region: 'eu-west-1',
      services: { web: { containers: { app } } },
    };
    const user = await openAccount(realStack);
    await user.setRange(min, max);
    expect(await user.provision(realStack, { wait: true })).toMatchObject({ calls: [] });
    expect(user.desiredCount()).toBe(min);
    await user.teardown(realStack);
    expect(user.census()).toEqual({});
  },
  120_000,
);

test('a replaced service keeps the count that auto scaling set, but loses the scaling range', async () => {
  const user = await openAccount();
  await user.setRange(3, 6);
  const httpsStack = stack({ services: web({ api1: { protocol: 'HTTPS' } }) });
  expect(planInWords(await user.plan(httpsStack))).toContain('replace services.web: name, load balancers');
  await user.provision(httpsStack);
  const [service, ...others] = user.sandbox.world
    .region('eu-west-1')
    .ecs.services.filter(({ status }) => status === 'ACTIVE');
  expect([service?.desiredCount, others]).toEqual([3, []]);
  expect(planInWords(await user.plan(httpsStack))).toEqual(['update services.web: count']);
  const ResourceId = `service/shop-dev/${service?.serviceName}`;
  const range = { ...scalableTarget, ResourceId, MinCapacity: 3, MaxCapacity: 6 };
  await user.aws.autoscaling.send(new RegisterScalableTargetCommand(range));
  expect(await user.plan(httpsStack)).toEqual([]);
});

test('a teardown leaves no scaling range behind', async () => {
  const user = await openAccount();
  await user.setRange(3, 6);
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});

test('a count that a scaling policy has set is kept, and a teardown leaves neither the policy nor its alarms behind', async () => {
  const user = await openAccount();
  await user.setRange(1, 6);
  await user.trackCpu();
  await user.triggerAlarm('-AlarmHigh-');
  expect(user.desiredCount()).toBe(2);
  expect(await user.plan(stack())).toEqual([]);
  expect((await user.provision(stack())).calls).toEqual([]);
  expect(await user.drift(stack())).toMatchObject({ exitCode: 0 });
  expect(user.desiredCount()).toBe(2);
  expect(user.census()).toMatchObject({
    'autoscaling.targets': 1,
    'autoscaling.policies': 1,
    'cloudwatch.alarms': 2,
  });
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});

test('a teardown does not delete an alarm that a user has created for a step scaling policy', async () => {
  const user = await openAccount();
  await user.setRange(1, 6);
  const { PolicyARN = '' } = await user.aws.autoscaling.send(
    new PutScalingPolicyCommand({
      ...scalableTarget,
      PolicyName: 'burst',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ExactCapacity',
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 4 }],
      },
    }),
  );
  await user.aws.cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'queue',
      AlarmActions: [PolicyARN],
      Namespace: 'shop',
      MetricName: 'Waiting',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 100,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  await user.triggerAlarm('queue');
  expect(user.desiredCount()).toBe(4);
  expect(await user.plan(stack())).toEqual([]);
  await user.teardown(stack());
  expect(user.census()).toEqual({ 'cloudwatch.alarms': 1 });
});
