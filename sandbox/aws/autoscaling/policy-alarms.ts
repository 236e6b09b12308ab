/** The alarms of scaling policies. Target tracking manages its own alarms; step scaling uses alarms that clients create. */
import type {
  Alarm,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import type { Region } from '../../world/region.ts';
import { deleteAlarm, putAlarm, type NewAlarm } from '../cloudwatch/alarm-rows.ts';
import type { AlarmRow } from '../cloudwatch/store.ts';
import type { ScalingPolicyRow } from './store.ts';

/** The fraction of the target value below which target tracking scales in. */
const SCALE_IN_FRACTION = 0.9;

type AlarmMetric = Pick<NewAlarm, 'Namespace' | 'MetricName' | 'Dimensions' | 'Statistic' | 'Unit'>;

/** Returns the alarms that trigger a policy, in order of name. */
export const alarmsOf = (region: Region, policy: ScalingPolicyRow): Alarm[] =>
  alarmRowsOf(region, policy)
    .map(({ AlarmName, AlarmArn }) => ({ AlarmName, AlarmARN: AlarmArn }))
    .sort((one, other) => (one.AlarmName < other.AlarmName ? -1 : 1));

const alarmRowsOf = (region: Region, { PolicyARN }: ScalingPolicyRow): AlarmRow[] =>
  region.cloudwatch.alarms.filter(({ AlarmActions = [] }) =>
    AlarmActions.some((action) => action === PolicyARN || action.startsWith(`${PolicyARN}:createdBy/`)),
  );

/** Deletes the alarms that target tracking has created for a policy. */
export function deleteTrackingAlarms(region: Region, policy: ScalingPolicyRow): void {
  if (policy.PolicyType !== 'TargetTrackingScaling') return;
  for (const { AlarmName } of alarmRowsOf(region, policy)) deleteAlarm(region, AlarmName);
}

/** Creates the alarms of a target tracking policy. The catalogue of AWS semantics (§11) lists their settings. */
export function createTrackingAlarms(
  region: Region,
  policy: ScalingPolicyRow,
  tracking: TargetTrackingScalingPolicyConfiguration,
): void {
  const { TargetValue = 0, DisableScaleIn } = tracking;
  const createdBy = `${policy.PolicyARN}:createdBy/${region.uuid()}`;
  const metric = metricOf(policy.ResourceId, tracking);
  const create = (
    kind: 'AlarmHigh' | 'AlarmLow',
    settings: Pick<NewAlarm, 'EvaluationPeriods' | 'Threshold' | 'ComparisonOperator'>,
  ) =>
    putAlarm(region, {
      ...metric,
      ...settings,
      AlarmName: `TargetTracking-${policy.ResourceId}-${kind}-${region.uuid()}`,
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${createdBy}.`,
      ActionsEnabled: true,
      OKActions: [],
      AlarmActions: [createdBy],
      InsufficientDataActions: [],
      Period: 60,
    });
  create('AlarmHigh', {
    EvaluationPeriods: 3,
    Threshold: TargetValue,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  if (DisableScaleIn) return;
  create('AlarmLow', {
    EvaluationPeriods: 15,
    Threshold: Math.round(TargetValue * SCALE_IN_FRACTION * 1e6) / 1e6,
    ComparisonOperator: 'LessThanThreshold',
  });
}

/** Returns the metric that a policy tracks. The settings of the policy are already checked. */
function metricOf(resourceId: string, tracking: TargetTrackingScalingPolicyConfiguration): AlarmMetric {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: custom } = tracking;
  if (custom) {
    return {
      Namespace: custom.Namespace ?? '',
      MetricName: custom.MetricName ?? '',
      Dimensions: custom.Dimensions ?? [],
      Statistic: custom.Statistic ?? 'Average',
      Unit: custom.Unit as AlarmMetric['Unit'],
    };
  }
  if (predefined?.PredefinedMetricType === 'ALBRequestCountPerTarget') {
    const [, balancer, group] = /^(.*?)\/(targetgroup\/.*)$/.exec(predefined.ResourceLabel ?? '') ?? [];
    return {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'RequestCountPerTarget',
      Dimensions: [
        { Name: 'TargetGroup', Value: group },
        { Name: 'LoadBalancer', Value: balancer },
      ],
      Statistic: 'Sum',
    };
  }
  const [, cluster, service] = resourceId.split('/');
  const isCpu = predefined?.PredefinedMetricType === 'ECSServiceAverageCPUUtilization';
  return {
    Namespace: 'AWS/ECS',
    MetricName: isCpu ? 'CPUUtilization' : 'MemoryUtilization',
    Dimensions: [
      { Name: 'ClusterName', Value: cluster },
      { Name: 'ServiceName', Value: service },
    ],
    Statistic: 'Average',
    Unit: 'Percent',
  };
}
