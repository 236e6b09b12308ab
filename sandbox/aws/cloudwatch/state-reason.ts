/** The reasons of alarm states, in CloudWatch's wording. */
import type { AlarmRow } from './store.ts';
import type { AlarmDatapoint, Verdict } from './verdict.ts';

const COMPARISON_WORDS: Partial<Record<AlarmRow['ComparisonOperator'], string>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** Formats a number as Java does: with at least one decimal. */
const decimal = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

/** Formats a time as in reason data, e.g. `2026-01-31T12:00:00.000+0000`. */
export const timestampText = (time: number | Date): string =>
  new Date(time).toISOString().replace('Z', '+0000');

/** Formats a time as in reasons, e.g. `31/01/26 12:00:00`. */
function shortTimestamp(time: number): string {
  const [, year, month, day, clock] =
    /^\d\d(\d\d)-(\d\d)-(\d\d)T(.{8})/.exec(new Date(time).toISOString()) ?? [];
  return `${day}/${month}/${year} ${clock}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const be = (count: number): string => (count === 1 ? 'was' : 'were');

/** Returns the reason of a state, worded for people. */
export function reasonOf(alarm: AlarmRow, { state, datapoints, replacedCount }: Verdict): string {
  const { EvaluationPeriods, DatapointsToAlarm, Threshold, TreatMissingData } = alarm;
  if (state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${plural(EvaluationPeriods, 'datapoint')} ${be(EvaluationPeriods)} unknown.`;
  if (datapoints.length === 0) {
    const treatment = TreatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    return `Threshold Crossed: no datapoints were received for ${plural(EvaluationPeriods, 'period')} and ${plural(replacedCount, 'missing datapoint')} ${be(replacedCount)} treated as [${treatment}].`;
  }
  const list = datapoints.map(({ at, value }) => `${decimal(value)} (${shortTimestamp(at)})`).join(', ');
  const count =
    DatapointsToAlarm === undefined
      ? plural(datapoints.length, 'datapoint')
      : `${datapoints.length} out of the last ${plural(EvaluationPeriods, 'datapoint')}`;
  const not = state === 'OK' ? ' not' : '';
  const comparison = COMPARISON_WORDS[alarm.ComparisonOperator];
  const minimum = state === 'OK' ? EvaluationPeriods - (DatapointsToAlarm ?? 0) + 1 : DatapointsToAlarm;
  const transition = state === 'OK' ? 'ALARM -> OK' : 'OK -> ALARM';
  const condition =
    DatapointsToAlarm === undefined
      ? ''
      : ` (minimum ${plural(minimum ?? 1, 'datapoint')} for ${transition} transition)`;
  return `Threshold Crossed: ${count} [${list}] ${be(datapoints.length)}${not} ${comparison} the threshold (${decimal(Threshold)})${condition}.`;
}

/** Returns the reason of a state as data for programs. */
export const reasonDataOf = (
  { Statistic, Period, Threshold, Unit }: AlarmRow,
  datapoints: readonly AlarmDatapoint[],
  now: Date,
) => ({
  version: '1.0',
  queryDate: timestampText(now),
  ...(datapoints.length > 0 && { startDate: timestampText(datapoints.at(-1)?.at ?? 0) }),
  ...(Unit && { unit: Unit }),
  statistic: Statistic,
  period: Period,
  recentDatapoints: datapoints.map(({ value }) => value).toReversed(),
  threshold: Threshold,
  evaluatedDatapoints: datapoints.map(({ at, sampleCount, value }) => ({
    timestamp: timestampText(at),
    sampleCount,
    value,
  })),
});
