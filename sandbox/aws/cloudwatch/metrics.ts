/** The data of metrics: bounded lists of datapoints, and the statistics of a period. */
import type { Datapoint, Dimension, StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { Region } from '../../world/region.ts';
import { bucketOf } from './periods.ts';
import type { DatapointRow, MetricRow } from './store.ts';

/** The maximum numbers of datapoints per metric, and of metrics per region. */
const MAX_DATAPOINTS = 600;
const MAX_METRICS = 500;

/** A metric: its namespace, its name and its dimensions. */
export interface MetricId {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: readonly Dimension[] | undefined;
}

/** Returns the key of a metric. The key does not depend on the order of the dimensions. */
const keyOf = ({ Namespace, MetricName, Dimensions = [] }: MetricId): string =>
  JSON.stringify([
    Namespace,
    MetricName,
    Dimensions.map(({ Name, Value }) => [Name, Value]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  ]);

/** Adds a datapoint to a metric, or merges it into an existing datapoint of the same time and unit. */
export function addDatapoint(region: Region, id: MetricId, added: DatapointRow): void {
  const { metrics } = region.cloudwatch;
  const key = keyOf(id);
  const metric: MetricRow = metrics.get(key) ?? {
    namespace: id.Namespace ?? '',
    name: id.MetricName ?? '',
    dimensions: [...(id.Dimensions ?? [])],
    datapoints: [],
    writtenAt: 0,
  };
  const { datapoints } = metric;
  const sameIndex = datapoints.findIndex(({ at, unit }) => at === added.at && unit === added.unit);
  if (sameIndex >= 0) datapoints[sameIndex] = merge([datapoints[sameIndex] ?? added, added]);
  else {
    const index = datapoints.findLastIndex(({ at }) => at <= added.at) + 1;
    datapoints.splice(index, 0, added);
  }
  if (datapoints.length > MAX_DATAPOINTS) datapoints.splice(0, datapoints.length - MAX_DATAPOINTS);
  metric.writtenAt = region.now().getTime();
  // A metric moves to the end when it is written, so the first metric is the least recently written one.
  metrics.delete(key);
  metrics.set(key, metric);
  metrics.keepNewest(MAX_METRICS);
}

function merge(rows: readonly [DatapointRow, ...DatapointRow[]]): DatapointRow {
  return rows.reduce((one, other) => ({
    at: one.at,
    unit: one.unit,
    count: one.count + other.count,
    sum: one.sum + other.sum,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
  }));
}

/**
 * Returns the data of a metric, merged into one row per period and keyed by the number of the period. Periods without data
 * are absent.
 * @param length the length of a period in milliseconds
 * @param unit only data with this unit; by default any
 */
export function aggregate(
  region: Region,
  id: MetricId,
  length: number,
  unit?: StandardUnit,
): Map<number, DatapointRow> {
  const buckets = new Map<number, DatapointRow>();
  for (const row of region.cloudwatch.metrics.get(keyOf(id))?.datapoints ?? []) {
    if (unit !== undefined && row.unit !== unit) continue;
    const bucket = bucketOf(row.at, length);
    const existing = buckets.get(bucket);
    buckets.set(bucket, existing ? merge([existing, row]) : row);
  }
  return buckets;
}

/** The statistics that can be computed from a row. Percentiles need the single values, which are not kept. */
export const STATISTICS = {
  SampleCount: ({ count }: DatapointRow) => count,
  Average: ({ count, sum }: DatapointRow) => (count === 0 ? 0 : sum / count),
  Sum: ({ sum }: DatapointRow) => sum,
  Minimum: ({ min }: DatapointRow) => min,
  Maximum: ({ max }: DatapointRow) => max,
} satisfies Partial<Record<keyof Datapoint, (row: DatapointRow) => number>>;
