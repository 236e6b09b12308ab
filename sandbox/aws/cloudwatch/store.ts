/** The tables of CloudWatch in one region. */
import type { AlarmHistoryItem, Dimension, MetricAlarm, StandardUnit, Tag } from '@aws-sdk/client-cloudwatch';
import { BOOKKEEPING, CONSISTENT_RESOURCE, Table } from '../../world/table.ts';

export interface AlarmRow extends MetricAlarm {
  AlarmName: string;
  AlarmArn: string;
  ActionsEnabled: boolean;
  StateValue: NonNullable<MetricAlarm['StateValue']>;
  Namespace: string;
  MetricName: string;
  Statistic: NonNullable<MetricAlarm['Statistic']>;
  Dimensions: Dimension[];
  /** In seconds. */
  Period: number;
  EvaluationPeriods: number;
  Threshold: number;
  ComparisonOperator: NonNullable<MetricAlarm['ComparisonOperator']>;
  tags: Tag[];
}

/** The values of a metric at one moment. */
export interface DatapointRow {
  /** In milliseconds since 1970. */
  at: number;
  count: number;
  sum: number;
  min: number;
  max: number;
  unit: StandardUnit;
}

export interface MetricRow {
  namespace: string;
  name: string;
  dimensions: Dimension[];
  /** Ordered by time. */
  datapoints: DatapointRow[];
  /** The time of the last write, in milliseconds since 1970. */
  writtenAt: number;
}

export interface AlarmHistoryRow {
  /** The newest first. */
  items: AlarmHistoryItem[];
}

export const cloudwatchStore = () => ({
  /** Keyed by name. */
  alarms: new Table<AlarmRow>(CONSISTENT_RESOURCE),
  /** Keyed by namespace, name and dimensions. Clients cannot delete metrics. */
  metrics: new Table<MetricRow>(BOOKKEEPING),
  /** Keyed by the name of the alarm, which may have been deleted. */
  histories: new Table<AlarmHistoryRow>(BOOKKEEPING),
});
export type CloudwatchStore = ReturnType<typeof cloudwatchStore>;
