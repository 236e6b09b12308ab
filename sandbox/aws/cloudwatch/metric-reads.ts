/** Reads metrics: lists them, and computes their statistics. The sandbox supports no percentiles and no expressions. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { pageOf } from '../paging.ts';
import { invalidCombination, invalidToken, invalidValue, missing } from './errors.ts';
import { aggregate, STATISTICS, type MetricId } from './metrics.ts';
import { startOf } from './periods.ts';
import type { DatapointRow } from './store.ts';

const LIST_RULES = { defaultSize: 500, invalidToken };
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const MAX_DATAPOINTS = 1440;

/** The range and the period of a read. */
interface Range {
  /** In milliseconds since 1970, like `to`. */
  readonly from: number;
  readonly to: number;
  /** In seconds. */
  readonly period: number;
}

/** Checks the range and the period of a read. @throws InvalidParameterValue, InvalidParameterCombination */
function rangeOf(start: Date | undefined, end: Date | undefined, period: number): Range {
  if (start === undefined) throw missing('StartTime');
  if (end === undefined) throw missing('EndTime');
  if (start >= end) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  if (![1, 5, 10, 20, 30].includes(period) && period % 60 !== 0) {
    throw invalidValue('The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.');
  }
  return { from: start.getTime(), to: end.getTime(), period };
}

/** Returns one row for each period that has data, in order of time. The time of a row is the start of its period. */
function dataIn(
  region: Region,
  id: MetricId,
  { from, to, period }: Range,
  unit?: CloudWatch.StandardUnit,
): DatapointRow[] {
  const length = period * 1000;
  return [...aggregate(region, id, length, unit)]
    .map(([bucket, row]) => ({ ...row, at: startOf(bucket, length) }))
    .filter(({ at }) => at >= Math.floor(from / length) * length && at < to)
    .sort((one, other) => one.at - other.at);
}

const isStatistic = (name: string): name is keyof typeof STATISTICS => Object.hasOwn(STATISTICS, name);

/** Evaluates one query of GetMetricData. @throws NotImplemented for expressions and percentiles */
function evaluateQuery(
  region: Region,
  query: MetricDataQuery,
  start: Date | undefined,
  end: Date | undefined,
) {
  const { MetricStat, Label } = query;
  if (MetricStat === undefined) {
    throw refusal('NotImplemented', 'The sandbox does not support expressions in GetMetricData', 501);
  }
  const { Metric = {}, Period = 60, Stat = '', Unit } = MetricStat;
  if (!isStatistic(Stat)) {
    throw refusal('NotImplemented', `The sandbox does not support the statistic ${Stat}`, 501);
  }
  const rows = dataIn(region, Metric, rangeOf(start, end, Period), Unit);
  return {
    Id: query.Id,
    Label: Label ?? Metric.MetricName,
    Timestamps: rows.map(({ at }) => new Date(at)),
    Values: rows.map(STATISTICS[Stat]),
    StatusCode: 'Complete' as const,
  };
}

export const metricReadOperations = {
  GetMetricStatistics: {
    inputMembers: [
      'Namespace',
      'MetricName',
      'Dimensions',
      'StartTime',
      'EndTime',
      'Period',
      'Statistics',
      'Unit',
    ],
    run(input, region) {
      const { StartTime, EndTime, Period = 60, Statistics = [], Unit } = input;
      const range = rangeOf(StartTime, EndTime, Period);
      if (Statistics.length === 0) throw invalidCombination('Statistics or ExtendedStatistics is required.');
      if ((range.to - range.from) / (Period * 1000) > MAX_DATAPOINTS) {
        throw invalidCombination(
          `The request could return more than ${MAX_DATAPOINTS} datapoints. Increase Period, or shorten the time range.`,
        );
      }
      const Datapoints = dataIn(region, input, range, Unit).map((row) => ({
        Timestamp: new Date(row.at),
        Unit: row.unit,
        ...Object.fromEntries(Statistics.map((name) => [name, STATISTICS[name](row)])),
      }));
      return { Label: input.MetricName, Datapoints };
    },
  },

  /** The newest datapoints come first by default. */
  GetMetricData: {
    inputMembers: ['MetricDataQueries', 'StartTime', 'EndTime', 'ScanBy'],
    run({ MetricDataQueries = [], StartTime, EndTime, ScanBy }, region) {
      const results = MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).map((query) =>
        evaluateQuery(region, query, StartTime, EndTime),
      );
      if (ScanBy === 'TimestampAscending') return { MetricDataResults: results, Messages: [] };
      const MetricDataResults = results.map((result) => ({
        ...result,
        Timestamps: result.Timestamps.toReversed(),
        Values: result.Values.toReversed(),
      }));
      return { MetricDataResults, Messages: [] };
    },
  },

  /** Returns the metrics that have data. A dimension without a value selects every value. */
  ListMetrics: {
    inputMembers: ['Namespace', 'MetricName', 'Dimensions', 'NextToken', 'RecentlyActive'],
    run({ Namespace, MetricName, Dimensions = [], NextToken }, region) {
      const found = region.cloudwatch.metrics.filter(
        ({ namespace, name, dimensions }) =>
          (Namespace ?? namespace) === namespace &&
          (MetricName ?? name) === name &&
          Dimensions.every(({ Name, Value }) =>
            dimensions.some((one) => one.Name === Name && (Value ?? one.Value) === one.Value),
          ),
      );
      const { rows, next } = pageOf(found, undefined, NextToken, LIST_RULES);
      const Metrics = rows.map((row) => ({
        Namespace: row.namespace,
        MetricName: row.name,
        Dimensions: row.dimensions,
      }));
      return { Metrics, NextToken: next };
    },
  },
} satisfies Operations<typeof CloudWatch>;
