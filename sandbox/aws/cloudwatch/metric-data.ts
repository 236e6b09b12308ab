/** The operation that puts datapoints into custom metrics. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type { MetricDatum, StatisticSet } from '@aws-sdk/client-cloudwatch';
import type { Operations } from '../../operations.ts';
import { invalidCombination, invalidValue, missing } from './errors.ts';
import { evaluateAtInstantPace } from './evaluation.ts';
import { addDatapoint } from './metrics.ts';
import type { DatapointRow } from './store.ts';

const MAX_DATA = 1000;
const MAX_VALUES = 150;
const MAX_AGE_MS = 14 * 86_400_000;
const MAX_LEAD_MS = 2 * 3_600_000;
const MAX_VALUE = 2 ** 360;

type ValueSet = Omit<DatapointRow, 'at' | 'unit'>;

/**
 * Returns the set of values that a datum contains.
 * @throws InvalidParameterCombination unless the datum has exactly one of Value, Values and StatisticValues
 */
function valuesOf({ Value, Values, Counts, StatisticValues }: MetricDatum): ValueSet {
  const given = [Value, Values, StatisticValues].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw invalidCombination('A datum must have exactly one of Value, Values and StatisticValues.');
  }
  if (StatisticValues) return setOf(StatisticValues);
  const values = Values ?? [Value ?? 0];
  const counts = Counts ?? values.map(() => 1);
  if (values.length > MAX_VALUES) throw invalidValue(`Values can have at most ${MAX_VALUES} items.`);
  if (counts.length !== values.length) throw invalidValue('Counts must have as many items as Values.');
  if (values.some((value) => !(Math.abs(value) <= MAX_VALUE))) throw invalidValue('A value is out of range.');
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    sum: values.reduce((sum, value, index) => sum + value * (counts[index] ?? 0), 0),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

const setOf = ({ SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 }: StatisticSet): ValueSet => ({
  count: SampleCount,
  sum: Sum,
  min: Minimum,
  max: Maximum,
});

export const metricDataOperations = {
  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
  PutMetricData: {
    inputMembers: ['Namespace', 'MetricData', 'StrictEntityValidation'],
    run({ Namespace = '', MetricData = [] }, region) {
      const now = region.now();
      if (Namespace.startsWith('AWS/')) {
        throw invalidValue('The value AWS/ for parameter Namespace is invalid: it is reserved.');
      }
      if (MetricData.length === 0) throw missing('MetricData');
      if (MetricData.length > MAX_DATA) throw invalidValue(`MetricData can have at most ${MAX_DATA} items.`);
      // Checks everything before any change.
      const added = MetricData.map((datum) => {
        const at = (datum.Timestamp ?? now).getTime();
        if (at < now.getTime() - MAX_AGE_MS || at > now.getTime() + MAX_LEAD_MS) {
          throw invalidValue(
            'A timestamp must be at most two weeks in the past and two hours in the future.',
          );
        }
        return { datum, row: { ...valuesOf(datum), at, unit: datum.Unit ?? 'None' } };
      });
      for (const { datum, row } of added) addDatapoint(region, { ...datum, Namespace }, row);
      evaluateAtInstantPace(region);
      return {};
    },
  },
} satisfies Operations<typeof CloudWatch>;
