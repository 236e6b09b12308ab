/** The checks of scaling policies. The wording of most refusals is not verified (BEHAVIOUR.md). */
import type {
  PutScalingPolicyRequest,
  StepAdjustment,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { refusal } from '../../protocol/refusal.ts';
import { invalid } from './errors.ts';

/** https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html */
const MAX_STEPS = 20;

const ECS_METRICS = [
  'ECSServiceAverageCPUUtilization',
  'ECSServiceAverageMemoryUtilization',
  'ALBRequestCountPerTarget',
];
const RESOURCE_LABEL = /^app\/[^/]+\/[^/]+\/targetgroup\/[^/]+\/[^/]+$/;

/** The part of a policy that clients configure. It has exactly one configuration. */
export type PolicySettings =
  | { PolicyType: 'StepScaling'; StepScalingPolicyConfiguration: StepScalingPolicyConfiguration }
  | {
      PolicyType: 'TargetTrackingScaling';
      TargetTrackingScalingPolicyConfiguration: TargetTrackingScalingPolicyConfiguration;
    };

/**
 * Returns the checked settings of a policy. The default type is StepScaling.
 * @throws ValidationException; NotImplemented for predictive scaling and metric math
 */
export function checkPolicy(input: PutScalingPolicyRequest): PolicySettings {
  const { PolicyType = 'StepScaling' } = input;
  const { StepScalingPolicyConfiguration: steps, TargetTrackingScalingPolicyConfiguration: tracking } = input;
  if (PolicyType === 'PredictiveScaling') {
    throw refusal('NotImplemented', 'The sandbox does not support predictive scaling', 501);
  }
  if (PolicyType === 'StepScaling') {
    if (!steps || tracking) throw onlyConfiguration('StepScaling');
    return { PolicyType, StepScalingPolicyConfiguration: checkSteps(steps) };
  }
  if (!tracking || steps) throw onlyConfiguration('TargetTrackingScaling');
  checkTracking(tracking);
  return { PolicyType, TargetTrackingScalingPolicyConfiguration: tracking };
}

const onlyConfiguration = (type: string) =>
  invalid(`A policy of type ${type} must have a ${type}PolicyConfiguration and no other configuration`);

function checkTracking({
  TargetValue = 0,
  PredefinedMetricSpecification: predefined,
  CustomizedMetricSpecification: custom,
  ScaleInCooldown,
  ScaleOutCooldown,
}: TargetTrackingScalingPolicyConfiguration): void {
  if (!(TargetValue > 0)) throw invalid('TargetValue must be greater than 0');
  checkCooldowns(ScaleInCooldown, ScaleOutCooldown);
  if ((predefined === undefined) === (custom === undefined)) {
    throw invalid(
      'Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified',
    );
  }
  if (custom) {
    if (custom.Metrics) {
      throw refusal('NotImplemented', 'The sandbox does not support metric math in scaling policies', 501);
    }
    if (!custom.MetricName || !custom.Namespace || !custom.Statistic) {
      throw invalid('MetricName, Namespace and Statistic must be specified');
    }
    return;
  }
  const { PredefinedMetricType = '', ResourceLabel } = predefined ?? {};
  if (!ECS_METRICS.includes(PredefinedMetricType)) {
    throw invalid(`The metric ${PredefinedMetricType} is not valid for the service namespace ecs`);
  }
  if (PredefinedMetricType !== 'ALBRequestCountPerTarget') {
    if (ResourceLabel !== undefined) {
      throw invalid('ResourceLabel can only be specified for ALBRequestCountPerTarget');
    }
  } else if (!RESOURCE_LABEL.test(ResourceLabel ?? '')) {
    throw invalid(
      'ResourceLabel must have the form app/<load balancer>/<id>/targetgroup/<target group>/<id>',
    );
  }
}

/** Checks the settings of a step scaling policy, and returns them unchanged. */
function checkSteps(steps: StepScalingPolicyConfiguration): StepScalingPolicyConfiguration {
  const { AdjustmentType, StepAdjustments = [], Cooldown } = steps;
  if (AdjustmentType === undefined) throw invalid('AdjustmentType must be specified');
  if (StepAdjustments.length === 0) throw invalid('At least one StepAdjustment must be specified');
  if (StepAdjustments.length > MAX_STEPS) {
    throw invalid(`A policy can have at most ${MAX_STEPS} step adjustments`);
  }
  if (steps.MinAdjustmentMagnitude !== undefined && AdjustmentType !== 'PercentChangeInCapacity') {
    throw invalid('MinAdjustmentMagnitude can only be specified for PercentChangeInCapacity');
  }
  checkCooldowns(Cooldown);
  checkIntervals(StepAdjustments);
  return steps;
}

function checkCooldowns(...cooldowns: (number | undefined)[]): void {
  if (cooldowns.some((seconds) => seconds !== undefined && seconds < 0)) {
    throw invalid('A cooldown cannot be less than 0');
  }
}

/** Refuses intervals that overlap or have a gap between them. */
function checkIntervals(steps: readonly StepAdjustment[]): void {
  const intervals = steps
    .map(({ MetricIntervalLowerBound: from = -Infinity, MetricIntervalUpperBound: to = Infinity }) => ({
      from,
      to,
    }))
    .sort((one, other) => one.from - other.from);
  intervals.forEach(({ from, to }, index) => {
    if (from >= to) throw invalid('The lower bound of a step must be less than its upper bound');
    const next = intervals[index + 1];
    if (next && next.from !== to)
      throw invalid('Step adjustments must not overlap or have gaps between them');
  });
}
