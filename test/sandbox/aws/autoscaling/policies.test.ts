// Scaling policies and their alarms, and the tags of scalable targets.
import {
  DeleteScalingPolicyCommand,
  DeregisterScalableTargetCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ListTagsForResourceCommand,
  PutScheduledActionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type PutScalingPolicyCommandInput,
  type StepAdjustment,
  type StepScalingPolicyConfiguration,
  type TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { census } from '../../../../sandbox/census.ts';
import { World } from '../../../../sandbox/world/world.ts';
import { refusalOf } from '../../harness.ts';
import { alarmSettings } from '../cloudwatch/scene.ts';
import { scalableService, webTarget } from './scene.ts';

const STEPS: StepScalingPolicyConfiguration = {
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
};
const LABEL = 'app/web/0123456789abcdef/targetgroup/api1/fedcba9876543210';

async function scene() {
  const started = await scalableService();
  const { autoscaling } = started;
  return {
    ...started,
    policies: async (input = {}) =>
      (await autoscaling.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs', ...input })))
        .ScalingPolicies ?? [],
    remove: (PolicyName: string) =>
      autoscaling.send(new DeleteScalingPolicyCommand({ ...webTarget, PolicyName })),
    deregister: () => autoscaling.send(new DeregisterScalableTargetCommand(webTarget)),
  };
}

test('a target tracking policy creates the same two alarms as on AWS', async () => {
  const { track, alarms } = await scene();
  const { PolicyARN, Alarms = [] } = await track({ TargetValue: 70 });
  expect(PolicyARN).toMatch(
    /^arn:aws:autoscaling:eu-west-1:000000000000:scalingPolicy:[\da-f-]{36}:resource\/ecs\/service\/main\/web:policyName\/policy$/,
  );
  const [high, low] = await alarms();
  expect(Alarms).toEqual([high, low].map((one) => ({ AlarmName: one?.AlarmName, AlarmARN: one?.AlarmArn })));
  const common = {
    Namespace: 'AWS/ECS',
    MetricName: 'CPUUtilization',
    Statistic: 'Average',
    Period: 60,
    Dimensions: [
      { Name: 'ClusterName', Value: 'main' },
      { Name: 'ServiceName', Value: 'web' },
    ],
    ActionsEnabled: true,
    AlarmActions: [expect.stringMatching(new RegExp(`^${PolicyARN}:createdBy/[\\da-f-]{36}$`))],
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${high?.AlarmActions?.[0]}.`,
    StateValue: 'INSUFFICIENT_DATA',
  };
  expect(high).toMatchObject({
    ...common,
    AlarmName: expect.stringMatching(/^TargetTracking-service\/main\/web-AlarmHigh-[\da-f-]{36}$/),
    EvaluationPeriods: 3,
    Threshold: 70,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  expect(low).toMatchObject({
    ...common,
    AlarmName: expect.stringMatching(/^TargetTracking-service\/main\/web-AlarmLow-[\da-f-]{36}$/),
    EvaluationPeriods: 15,
    Threshold: 63,
    ComparisonOperator: 'LessThanThreshold',
  });
});

describe('the metric of a target tracking policy', () => {
  const custom = {
    Namespace: 'shop',
    MetricName: 'Orders',
    Statistic: 'Sum' as const,
    Dimensions: [{ Name: 'Shop', Value: 'a' }],
  };
  test.each<[string, Partial<TargetTrackingScalingPolicyConfiguration>, object]>([
    [
      'memory',
      { PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' } },
      { Namespace: 'AWS/ECS', MetricName: 'MemoryUtilization' },
    ],
    [
      'requests',
      {
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ALBRequestCountPerTarget',
          ResourceLabel: LABEL,
        },
      },
      {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'RequestCountPerTarget',
        Statistic: 'Sum',
        Dimensions: [
          { Name: 'TargetGroup', Value: 'targetgroup/api1/fedcba9876543210' },
          { Name: 'LoadBalancer', Value: 'app/web/0123456789abcdef' },
        ],
      },
    ],
    [
      'a custom metric',
      { PredefinedMetricSpecification: undefined, CustomizedMetricSpecification: custom },
      custom,
    ],
  ])('can be %s', async (_what, configuration, metric) => {
    const { track, alarms } = await scene();
    await track(configuration);
    expect(await alarms()).toMatchObject([metric, metric]);
  });
});

test('a policy with scale-in disabled has only the high alarm', async () => {
  const { track, alarms } = await scene();
  await track({ DisableScaleIn: true });
  expect((await alarms()).map(({ AlarmName }) => AlarmName)).toEqual([
    expect.stringContaining('-AlarmHigh-'),
  ]);
});

test('a second put replaces the settings and alarms of a policy, and keeps its ARN', async () => {
  const { track, alarms, policies } = await scene();
  const { PolicyARN, Alarms } = await track();
  const repeated = await track({ TargetValue: 60, ScaleInCooldown: 30 });
  expect(repeated.PolicyARN).toBe(PolicyARN);
  expect(repeated.Alarms?.[0]?.AlarmName).not.toBe(Alarms?.[0]?.AlarmName);
  expect((await alarms()).map(({ Threshold }) => Threshold)).toEqual([60, 54]);
  expect(await policies()).toMatchObject([
    { PolicyARN, TargetTrackingScalingPolicyConfiguration: { TargetValue: 60, ScaleInCooldown: 30 } },
  ]);
});

test('a list of policies is sorted by name, has pages, and can be filtered', async () => {
  const { track, putPolicy, policies, autoscaling } = await scene();
  await track();
  const { PolicyARN } = await putPolicy({ PolicyName: 'burst', StepScalingPolicyConfiguration: STEPS });
  const names = async (input = {}) => (await policies(input)).map(({ PolicyName }) => PolicyName);
  expect(await names()).toEqual(['burst', 'policy']);
  expect(await names({ PolicyNames: ['policy', 'none'] })).toEqual(['policy']);
  expect(await names({ PolicyNames: [PolicyARN] })).toEqual(['burst']);
  expect(await names({ ResourceId: 'service/main/other' })).toEqual([]);
  expect(await names({ ServiceNamespace: 'dynamodb' })).toEqual([]);
  const first = await autoscaling.send(
    new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs', MaxResults: 1 }),
  );
  expect(first.ScalingPolicies).toMatchObject([
    {
      ...webTarget,
      PolicyName: 'burst',
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: STEPS,
      Alarms: [],
      CreationTime: expect.any(Date),
    },
  ]);
  expect(await names({ MaxResults: 1, NextToken: first.NextToken })).toEqual(['policy']);
});

describe('the sandbox refuses', () => {
  const steps = (...StepAdjustments: StepAdjustment[]) => ({
    StepScalingPolicyConfiguration: { ...STEPS, StepAdjustments },
  });
  test.each<[string, Partial<PutScalingPolicyCommandInput>, string]>([
    ['a policy without configuration', {}, 'ValidationException'],
    ['step scaling without steps', steps(), 'ValidationException'],
    [
      'steps that overlap',
      steps(
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 10, ScalingAdjustment: 2 },
      ),
      'ValidationException',
    ],
    [
      'a minimum magnitude for steps that are not percentages',
      { StepScalingPolicyConfiguration: { ...STEPS, MinAdjustmentMagnitude: 2 } },
      'ValidationException',
    ],
    ['predictive scaling', { PolicyType: 'PredictiveScaling' }, 'NotImplemented'],
    ['an unknown type', { PolicyType: 'Guess' as 'StepScaling' }, 'ValidationException'],
    [
      'a service that is not a scalable target',
      { ResourceId: 'service/main/other', StepScalingPolicyConfiguration: STEPS },
      'ObjectNotFoundException',
    ],
  ])('%s', async (_what, input, code) => {
    const { putPolicy, policies } = await scene();
    expect((await refusalOf(putPolicy(input))).code).toBe(code);
    expect(await policies()).toEqual([]);
  });

  test.each<[string, Partial<TargetTrackingScalingPolicyConfiguration>]>([
    ['a target value of 0', { TargetValue: 0 }],
    ['no metric', { PredefinedMetricSpecification: undefined }],
    [
      'a metric of RDS',
      { PredefinedMetricSpecification: { PredefinedMetricType: 'RDSReaderAverageCPUUtilization' } },
    ],
    [
      'a number of requests without a target group',
      { PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' } },
    ],
    [
      'a CPU utilization that names a target group',
      {
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ECSServiceAverageCPUUtilization',
          ResourceLabel: LABEL,
        },
      },
    ],
    ['a negative cooldown', { ScaleInCooldown: -1 }],
  ])('target tracking with %s', async (_what, configuration) => {
    const { track, alarms } = await scene();
    expect((await refusalOf(track(configuration))).code).toBe('ValidationException');
    expect(await alarms()).toEqual([]);
  });

  test('a second policy for the same metric, and another type under the same name', async () => {
    const { track, putPolicy } = await scene();
    await track();
    expect(await refusalOf(track({ TargetValue: 10 }, 'second'))).toEqual({
      code: 'ValidationException',
      message: 'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    });
    const otherType = putPolicy({ StepScalingPolicyConfiguration: STEPS });
    expect((await refusalOf(otherType)).code).toBe('ValidationException');
  });
});

test('a client creates the alarm of a step scaling policy, and the alarm remains when the policy is deleted', async () => {
  const { putPolicy, policies, remove, cloudwatch, alarms, world } = await scene();
  const { PolicyARN = '' } = await putPolicy({ StepScalingPolicyConfiguration: STEPS });
  await cloudwatch.send(
    new PutMetricAlarmCommand({ ...alarmSettings, AlarmName: 'busy', AlarmActions: [PolicyARN] }),
  );
  expect((await policies())[0]?.Alarms).toMatchObject([{ AlarmName: 'busy' }]);
  await remove('policy');
  expect(await alarms()).toHaveLength(1);
  expect(census(world)).not.toHaveProperty(['autoscaling.policies']);
  expect((await refusalOf(remove('policy'))).code).toBe('ObjectNotFoundException');
});

describe('a policy and its alarms are deleted', () => {
  const remainingKinds = (world: World) =>
    Object.keys(census(world)).filter((kind) => /^(autoscaling|cloudwatch)/.test(kind));

  test('by a call that deletes the policy', async () => {
    const { track, remove, world } = await scene();
    await track();
    await remove('policy');
    expect(remainingKinds(world)).toEqual(['autoscaling.targets']);
  });

  test('together with the scalable target', async () => {
    const { track, deregister, world } = await scene();
    await track();
    await deregister();
    expect(remainingKinds(world)).toEqual([]);
  });

  test('together with the service', async () => {
    const { track, ecs, world } = await scene();
    await track();
    await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    expect(remainingKinds(world)).toEqual([]);
  });
});

test('policies survive a restart', async () => {
  const { track, world } = await scene();
  await track();
  const restarted = new World();
  restarted.restore(world.snapshot());
  expect(restarted.region('eu-west-1').autoscaling.policies.all()).toMatchObject([{ PolicyName: 'policy' }]);
});

test('scalable targets have tags', async () => {
  const { register, autoscaling } = await scene();
  const { ScalableTargetARN: ResourceARN } = await register({ Tags: { team: 'a', stage: 'dev' } });
  await register({ MaxCapacity: 9 });
  await autoscaling.send(new TagResourceCommand({ ResourceARN, Tags: { team: 'b' } }));
  await autoscaling.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['stage', 'none'] }));
  const list = (arn = ResourceARN) => autoscaling.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
  expect((await list()).Tags).toEqual({ team: 'b' });
  expect((await refusalOf(list(`${ResourceARN}0`))).code).toBe('ResourceNotFoundException');
  const reserved = autoscaling.send(new TagResourceCommand({ ResourceARN, Tags: { 'aws:team': 'a' } }));
  expect((await refusalOf(reserved)).code).toBe('ValidationException');
});

test('there are no scheduled actions, and a put is refused with an error that names the call', async () => {
  const { autoscaling } = await scene();
  const list = new DescribeScheduledActionsCommand({ ServiceNamespace: 'ecs' });
  expect((await autoscaling.send(list)).ScheduledActions).toEqual([]);
  const put = new PutScheduledActionCommand({ ...webTarget, ScheduledActionName: 'night' });
  expect(await refusalOf(autoscaling.send(put))).toMatchObject({
    code: 'NotImplemented',
    message: expect.stringContaining('PutScheduledAction'),
  });
});
