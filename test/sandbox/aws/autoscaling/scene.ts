// Scenes for tests of Application Auto Scaling: a scalable service, and one with a manual clock and a load that the test sets.
import {
  DescribeScalingActivitiesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  type PutScalingPolicyCommandInput,
  type RegisterScalableTargetCommandInput,
  type ScalingActivity,
  type TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand, SetAlarmStateCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { simulatedDataPlane, type Usage } from '../../../../sandbox/data-plane/data-plane.ts';
import type { SandboxOptions } from '../../../../sandbox/sandbox.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import type { Region } from '../../../../sandbox/world/region.ts';
import { balancedAccount, calls } from '../ecs/scene.ts';

export const MINUTE = 60_000;

/** The usage of each task, and the requests per minute to each target group. */
export interface Load {
  cpus?: number;
  memoryBytes?: number;
  requests?: number;
}

export const webTarget = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/main/web',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

/** Creates services of two tasks each, and registers `web` as a scalable target with one to ten tasks. */
export async function scalableService(
  options: SandboxOptions = {},
  serviceNames: readonly string[] = ['web'],
) {
  const started = await balancedAccount(options);
  const { ecs, autoscaling, cloudwatch } = started;
  const { create, service, update } = calls(ecs);
  for (const serviceName of serviceNames) await create(started.serviceInput({ serviceName }));
  const register = (input: Partial<RegisterScalableTargetCommandInput> = {}) =>
    autoscaling.send(new RegisterScalableTargetCommand({ ...webTarget, ...input }));
  await register({ MinCapacity: 1, MaxCapacity: 10 });
  const putPolicy = (input: Partial<PutScalingPolicyCommandInput> = {}) =>
    autoscaling.send(new PutScalingPolicyCommand({ ...webTarget, PolicyName: 'policy', ...input }));
  return {
    ...started,
    update,
    register,
    putPolicy,
    /** Puts a target tracking policy, for a CPU utilization of 50 % by default. */
    track: (configuration: Partial<TargetTrackingScalingPolicyConfiguration> = {}, PolicyName = 'policy') =>
      putPolicy({
        PolicyName,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 50,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
          ...configuration,
        },
      }),
    desiredCount: async () => (await service()).desiredCount,
    alarms: async (): Promise<MetricAlarm[]> =>
      (await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? [],
    setState: (AlarmName = '', StateValue: MetricAlarm['StateValue'] = 'ALARM') =>
      cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'test' })),
    activities: async (IncludeNotScaledActivities?: boolean): Promise<ScalingActivity[]> => {
      const { ServiceNamespace, ResourceId } = webTarget;
      const command = new DescribeScalingActivitiesCommand({
        ServiceNamespace,
        ResourceId,
        IncludeNotScaledActivities,
      });
      return (await autoscaling.send(command)).ScalingActivities ?? [];
    },
  };
}

/** Creates a scalable service on a manual clock. Its first deployment has completed, and no usage is measured yet. */
export async function measuredService() {
  const clock = manualClock(Date.UTC(2026, 0, 1, 12));
  const load: Load = {};
  const plane = {
    ...simulatedDataPlane,
    measureUsage: ({ ecs, elbv2 }: Region, _maxAgeMs: number, onMeasured: (usage: Usage) => void) => {
      const { cpus, memoryBytes = 0, requests = 0 } = load;
      onMeasured({
        tasks: new Map(
          cpus === undefined ? [] : ecs.tasks.all().map(({ taskArn }) => [taskArn, { cpus, memoryBytes }]),
        ),
        requests: new Map(elbv2.targetGroups.all().map(({ TargetGroupArn }) => [TargetGroupArn, requests])),
      });
    },
  };
  const scene = await scalableService({ clock, pace: 1, plane });
  clock.advance(10 * MINUTE);
  return {
    ...scene,
    load,
    /** Lets minutes pass in short steps, so that the scheduler acts in between. */
    pass: (minutes: number) => {
      for (let second = 0; second < minutes * 60; second += 5) clock.advance(5_000);
    },
  };
}
