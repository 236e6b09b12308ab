/** Pure functions that compute the capacity that a policy asks for. */
import type {
  StepAdjustment,
  StepScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';

/**
 * Returns the capacity at which the metric would have its target value. The calculation assumes that the metric is inversely
 * proportional to the capacity.
 * @param capacity the current capacity; a policy scales out from 0 as if there were one task
 */
export const trackingCapacity = (capacity: number, value: number, target: number): number =>
  Math.ceil((Math.max(capacity, 1) * value) / target);

/**
 * Returns the capacity after the step that the breach selects, or undefined if no step contains the breach.
 * @param breach the difference between the metric and the alarm's threshold
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
export function stepCapacity(
  { AdjustmentType, StepAdjustments = [], MinAdjustmentMagnitude = 0 }: StepScalingPolicyConfiguration,
  capacity: number,
  breach: number,
): number | undefined {
  const step = StepAdjustments.find((one) => contains(one, breach));
  const adjustment = step?.ScalingAdjustment;
  if (adjustment === undefined) return undefined;
  if (AdjustmentType === 'ExactCapacity') return adjustment;
  if (AdjustmentType === 'ChangeInCapacity') return capacity + adjustment;
  const change = roundedChange((capacity * adjustment) / 100);
  const magnitude = Math.max(Math.abs(change), MinAdjustmentMagnitude);
  return capacity + Math.sign(adjustment) * magnitude;
}

/** Whether a step contains a breach. Of the two bounds of a step, the one nearer to the threshold belongs to the step. */
function contains(
  { MetricIntervalLowerBound: lower = -Infinity, MetricIntervalUpperBound: upper = Infinity }: StepAdjustment,
  breach: number,
): boolean {
  return breach >= 0 ? breach >= lower && breach < upper : breach > lower && breach <= upper;
}

/** Rounds a change as Application Auto Scaling does: towards zero, but a fraction of a task counts as one. */
const roundedChange = (change: number): number =>
  change !== 0 && Math.abs(change) < 1 ? Math.sign(change) : Math.trunc(change);
