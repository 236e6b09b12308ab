/** Decides the state of an alarm from its recent datapoints, with AWS's treatment of missing data. */
import type { AlarmRow } from './store.ts';

/** One datapoint of an alarm's statistic. */
export interface AlarmDatapoint {
  /** The start of its period, in milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
  readonly sampleCount: number;
}

/** The state that the data imply, and the datapoints that decide it. */
export interface Verdict {
  readonly state: AlarmRow['StateValue'];
  /** The newest first. */
  readonly datapoints: readonly AlarmDatapoint[];
  /** The number of missing datapoints that were replaced, either by breaching or by not breaching ones. */
  readonly replacedCount: number;
}

/** The number of periods that are read in addition to the evaluation periods, so that a gap does not hide older data. */
export const EXTRA_PERIODS = 2;

const COMPARISONS: Partial<
  Record<AlarmRow['ComparisonOperator'], (value: number, threshold: number) => boolean>
> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * Decides the state of an alarm.
 * @param points the datapoints of the evaluation range, the newest period first; undefined for a period without data
 * @returns undefined if the alarm keeps its state
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function decideState(
  alarm: AlarmRow,
  points: readonly (AlarmDatapoint | undefined)[],
): Verdict | undefined {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, TreatMissingData = 'missing' } = alarm;
  const existing = points
    .flatMap((point, age) => (point ? [{ point, age, isBreaching: isBreaching(alarm, point.value) }] : []))
    .slice(0, EvaluationPeriods);
  const datapoints = existing.map(({ point }) => point);
  const breachingCount = existing.filter((one) => one.isBreaching).length;
  const missingCount = EvaluationPeriods - existing.length;
  const verdict = (state: AlarmRow['StateValue'], replacedCount = 0): Verdict => ({
    state,
    datapoints,
    replacedCount,
  });
  if (missingCount > 0 && TreatMissingData !== 'missing' && TreatMissingData !== 'ignore') {
    const addedBreachingCount = TreatMissingData === 'breaching' ? missingCount : 0;
    return verdict(breachingCount + addedBreachingCount >= DatapointsToAlarm ? 'ALARM' : 'OK', missingCount);
  }
  if (breachingCount >= DatapointsToAlarm) return verdict('ALARM');
  if (missingCount === 0) return verdict('OK');
  if (existing.length === 0) return TreatMissingData === 'ignore' ? undefined : verdict('INSUFFICIENT_DATA');
  if (breachingCount < existing.length) return verdict('OK');
  // All datapoints breach, but there are fewer than DatapointsToAlarm. They suffice if the oldest is that many periods old.
  const oldestAge = (existing.at(-1)?.age ?? 0) + 1;
  return TreatMissingData === 'missing' && oldestAge >= DatapointsToAlarm ? verdict('ALARM') : undefined;
}

/** Whether a value of the alarm's statistic is on the wrong side of its threshold. */
const isBreaching = ({ ComparisonOperator, Threshold }: AlarmRow, value: number): boolean =>
  COMPARISONS[ComparisonOperator]?.(value, Threshold) ?? false;
