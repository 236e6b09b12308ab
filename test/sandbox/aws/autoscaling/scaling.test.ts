// Policies scale services: alarms on the measured load change the desired count, within bounds and with cooldowns.
import { PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from '@jest/globals';
import { alarmSettings } from '../cloudwatch/scene.ts';
import { measuredService, scalableService } from './scene.ts';

/** Each task of the scene reserves a quarter of a vCPU and 512 MiB. */
const CPU = 0.25;
const MEMORY = 512 * 2 ** 20;

describe('target tracking', () => {
  test('scales out after three minutes of load, in proportion to the load, and records the cause', async () => {
    const { track, load, pass, desiredCount, activities, alarms } = await measuredService();
    await track();
    load.cpus = 0.8 * CPU;
    pass(2);
    expect(await desiredCount()).toBe(2);
    pass(1);
    // Two tasks at 80 % are four tasks at 40 %, which is the smallest count with at most 50 %.
    expect(await desiredCount()).toBe(4);
    const [high] = await alarms();
    expect(high?.StateValue).toBe('ALARM');
    expect(await activities()).toMatchObject([
      {
        Description: 'Setting desired count to 4.',
        Cause: `monitor alarm ${high?.AlarmName} in state ALARM triggered policy policy`,
        StatusCode: 'InProgress',
        ServiceNamespace: 'ecs',
      },
    ]);
    load.cpus = 0.4 * CPU;
    pass(2);
    expect(await activities()).toMatchObject([
      {
        StatusCode: 'Successful',
        StatusMessage: 'Successfully set desired count to 4. Change successfully fulfilled by ecs.',
        EndTime: expect.any(Date),
      },
    ]);
  });

  test('never exceeds the maximum, and records why it does not scale further', async () => {
    const { track, register, load, pass, desiredCount, activities } = await measuredService();
    await register({ MaxCapacity: 3 });
    await track({ ScaleOutCooldown: 0 });
    load.cpus = CPU;
    pass(8);
    expect(await desiredCount()).toBe(3);
    expect(await activities()).toHaveLength(1);
    expect((await activities(true))[0]).toMatchObject({
      Description: 'Attempting to scale due to alarm triggered',
      StatusCode: 'Failed',
      NotScaledReasons: [{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 3 }],
    });
  });

  test('scales in after fifteen minutes of low load, and again after a cooldown, down to the minimum', async () => {
    const { track, update, load, pass, desiredCount } = await measuredService();
    await update({ desiredCount: 8 });
    load.cpus = 0.25 * CPU;
    pass(3);
    await track({ ScaleInCooldown: 600 });
    pass(14);
    expect(await desiredCount()).toBe(8);
    pass(1);
    expect(await desiredCount()).toBe(4);
    load.cpus = 0.1 * CPU;
    pass(8);
    expect(await desiredCount()).toBe(4);
    pass(3);
    expect(await desiredCount()).toBe(1);
  });

  test('does not scale in during a deployment', async () => {
    const { track, update, load, pass, desiredCount } = await measuredService();
    load.cpus = 0.1 * CPU;
    await track();
    pass(14);
    await update({ forceNewDeployment: true });
    pass(1);
    expect(await desiredCount()).toBe(2);
    pass(5);
    expect(await desiredCount()).toBe(1);
  });

  test('scales in only if every policy agrees', async () => {
    const { track, load, pass, desiredCount } = await measuredService();
    const PredefinedMetricType = 'ECSServiceAverageMemoryUtilization';
    await track();
    await track({ PredefinedMetricSpecification: { PredefinedMetricType } }, 'memory');
    load.cpus = 0.1 * CPU;
    load.memoryBytes = 0.48 * MEMORY;
    pass(20);
    expect(await desiredCount()).toBe(2);
    load.memoryBytes = 0.2 * MEMORY;
    pass(16);
    expect(await desiredCount()).toBe(1);
  });

  test('scales with the number of requests per task', async () => {
    const { track, load, pass, desiredCount, groups, region } = await measuredService();
    const [group = ''] = groups;
    const pathOf = (arn: string) => arn.slice(arn.indexOf('/') + 1);
    const balancer = region.elbv2.loadBalancers.all()[0]?.LoadBalancerArn ?? '';
    await track({
      TargetValue: 100,
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'ALBRequestCountPerTarget',
        ResourceLabel: `${pathOf(balancer)}/targetgroup/${pathOf(group)}`,
      },
    });
    load.requests = 500;
    pass(3);
    expect(await desiredCount()).toBe(5);
  });

  test.each([
    ['DynamicScalingOutSuspended', 2],
    ['DynamicScalingInSuspended', 10],
  ])('%s suspends only one direction of scaling', async (flag, expected) => {
    const { track, register, load, pass, desiredCount } = await measuredService();
    await register({ SuspendedState: { [flag]: true } });
    await track();
    load.cpus = CPU;
    pass(20);
    expect(await desiredCount()).toBe(expected);
    load.cpus = 0.01 * CPU;
    pass(20);
    expect(await desiredCount()).toBe(flag === 'DynamicScalingOutSuspended' ? 1 : expected);
  });

  test('does nothing while no usage is measured, because the alarms have insufficient data', async () => {
    const { track, pass, alarms, desiredCount } = await measuredService();
    await track();
    pass(20);
    expect((await alarms()).map(({ StateValue }) => StateValue)).toEqual(Array(2).fill('INSUFFICIENT_DATA'));
    expect(await desiredCount()).toBe(2);
  });
});

describe('an alarm whose state a client sets', () => {
  test('scales a service with target tracking by one task', async () => {
    const { track, setState, desiredCount } = await scalableService();
    const { Alarms: [high, low] = [] } = await track();
    await setState(high?.AlarmName);
    expect(await desiredCount()).toBe(3);
    await setState(high?.AlarmName, 'OK');
    await setState(low?.AlarmName);
    expect(await desiredCount()).toBe(2);
  });

  test('does not scale the service again if the state stays the same', async () => {
    const { track, setState, desiredCount } = await scalableService();
    const { Alarms: [high] = [] } = await track();
    await setState(high?.AlarmName);
    await setState(high?.AlarmName);
    expect(await desiredCount()).toBe(3);
  });
});

describe('step scaling', () => {
  const step = (from: number | undefined, to: number | undefined, ScalingAdjustment: number) => ({
    MetricIntervalLowerBound: from,
    MetricIntervalUpperBound: to,
    ScalingAdjustment,
  });
  test.each([
    ['ChangeInCapacity', [step(0, 10, 1), step(10, undefined, 3)], 5, 3],
    ['ChangeInCapacity', [step(0, 10, 1), step(10, undefined, 3)], 15, 5],
    ['ExactCapacity', [step(0, undefined, 7)], 5, 7],
    ['ExactCapacity', [step(0, undefined, 99)], 5, 10],
    ['PercentChangeInCapacity', [step(0, undefined, 50)], 5, 3],
    ['PercentChangeInCapacity', [step(0, undefined, 10)], 5, 3],
    ['PercentChangeInCapacity', [step(0, undefined, -50)], 5, 1],
    ['ChangeInCapacity', [step(10, undefined, 3)], 5, 2],
  ] as const)(
    '%s by %j: a value that exceeds the threshold by %s scales two tasks to %s',
    async (AdjustmentType, StepAdjustments, breach, expected) => {
      const { putPolicy, cloudwatch, desiredCount } = await scalableService();
      const { PolicyARN = '' } = await putPolicy({
        StepScalingPolicyConfiguration: { AdjustmentType, StepAdjustments: [...StepAdjustments] },
      });
      await cloudwatch.send(
        new PutMetricAlarmCommand({ ...alarmSettings, AlarmName: 'busy', AlarmActions: [PolicyARN] }),
      );
      const MetricData = [{ MetricName: alarmSettings.MetricName, Value: alarmSettings.Threshold + breach }];
      await cloudwatch.send(new PutMetricDataCommand({ Namespace: alarmSettings.Namespace, MetricData }));
      expect(await desiredCount()).toBe(expected);
    },
  );

  test('during the cooldown, the tasks that the last scale-out added count towards the next one', async () => {
    const { putPolicy, cloudwatch, setState, desiredCount, pass } = await measuredService();
    const { PolicyARN = '' } = await putPolicy({
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [step(0, undefined, 2)],
        Cooldown: 120,
      },
    });
    const TreatMissingData = 'ignore';
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        ...alarmSettings,
        AlarmName: 'busy',
        AlarmActions: [PolicyARN],
        TreatMissingData,
      }),
    );
    const trigger = async () => {
      await setState('busy', 'OK');
      await setState('busy');
    };
    await trigger();
    expect(await desiredCount()).toBe(4);
    pass(1);
    await trigger();
    expect(await desiredCount()).toBe(4);
    pass(2);
    await trigger();
    expect(await desiredCount()).toBe(6);
  });
});

test('a move of the desired count into new bounds is an activity, and a later activity overrides it', async () => {
  const { register, activities } = await measuredService();
  await register({ MinCapacity: 4 });
  await register({ MinCapacity: 1, MaxCapacity: 3 });
  expect(await activities()).toMatchObject([
    { Cause: 'maximum capacity was set to 3', Description: 'Setting desired count to 3.' },
    { Cause: 'minimum capacity was set to 4', StatusCode: 'Overridden' },
  ]);
});
