/** The checks of an alarm's settings beyond those of AWS's model. */
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { refusal } from '../../protocol/refusal.ts';
import type { PageRules } from '../paging.ts';
import { invalid, invalidToken, missing } from './errors.ts';
import type { AlarmRow } from './store.ts';

/** The rules of pages. AWS's model limits the size of a page. */
export const PAGE_RULES: PageRules = { defaultSize: 100, invalidToken };

const TREATMENTS = ['breaching', 'notBreaching', 'ignore', 'missing'];
const HIGH_RESOLUTION_PERIODS = [10, 20, 30];

export type AlarmSettings = Pick<
  AlarmRow,
  | 'MetricName'
  | 'Namespace'
  | 'Statistic'
  | 'Period'
  | 'EvaluationPeriods'
  | 'Threshold'
  | 'ComparisonOperator'
>;

/**
 * Checks an alarm, and returns the settings that every alarm on a single metric must have.
 * @throws ValidationError, MissingParameter; NotImplemented for a period below 60 s and for a band of expected values
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function checkAlarm(input: PutMetricAlarmInput): AlarmSettings {
  const { MetricName, Namespace, Statistic, Period, EvaluationPeriods, Threshold } = input;
  if (MetricName === undefined) throw missing('MetricName');
  if (Namespace === undefined) throw missing('Namespace');
  if (Statistic === undefined) throw missing('Statistic');
  if (Period === undefined) throw missing('Period');
  if (EvaluationPeriods === undefined) throw missing('EvaluationPeriods');
  if (input.ComparisonOperator === undefined) throw missing('ComparisonOperator');
  if (Threshold === undefined) throw missing('Threshold');
  if (/UpperThreshold$|LowerThreshold$/.test(input.ComparisonOperator)) {
    throw refusal('NotImplemented', `The sandbox does not support ${input.ComparisonOperator}`, 501);
  }
  checkPeriods(Period, EvaluationPeriods);
  if ((input.DatapointsToAlarm ?? 1) > EvaluationPeriods) {
    throw invalid('DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  }
  if (input.TreatMissingData !== undefined && !TREATMENTS.includes(input.TreatMissingData)) {
    throw invalid(`TreatMissingData must be one of ${TREATMENTS.join(', ')}.`);
  }
  const actions = [input.OKActions, input.AlarmActions, input.InsufficientDataActions];
  for (const action of actions.flatMap((list) => list ?? [])) {
    if (!/^arn:[\w-]+:[\w-]+:[^:]*:[^:]*:.+/.test(action)) throw invalid(`Invalid arn syntax: ${action}`);
  }
  const { ComparisonOperator } = input;
  return { MetricName, Namespace, Statistic, Period, EvaluationPeriods, Threshold, ComparisonOperator };
}

function checkPeriods(period: number, count: number): void {
  if (HIGH_RESOLUTION_PERIODS.includes(period)) {
    throw refusal('NotImplemented', 'The sandbox evaluates alarms every minute; use a period of 60 s', 501);
  }
  if (period % 60 !== 0) throw invalid('Period must be 10, 20, 30 or a multiple of 60.');
  const [maxSeconds, name] = period < 3600 ? [86_400, 'a day'] : [604_800, 'a week'];
  if (period * count > maxSeconds) {
    throw invalid(
      `Metrics cannot be checked across more than ${name} (EvaluationPeriods * Period must be <= ${maxSeconds}).`,
    );
  }
}
