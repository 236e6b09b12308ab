/** The tables of CloudWatch Logs in one region. */
import type { LogGroup, LogStream } from '@aws-sdk/client-cloudwatch-logs';
import { CONSISTENT_RESOURCE, Table } from '../../world/table.ts';

export interface LogGroupRow extends LogGroup {
  logGroupName: string;
  tags: Record<string, string>;
}
export interface LogEventRow {
  /** Milliseconds since 1970. */
  timestamp: number;
  ingestionTime: number;
  message: string;
  /** The number of events that the stream had received before this event, including events that are not kept. */
  sequence: number;
}
export interface LogStreamRow extends LogStream {
  logGroupName: string;
  logStreamName: string;
  /** Ordered by time, then by arrival. */
  events: LogEventRow[];
  /** The number of events that the stream ever received. */
  arrived: number;
  /** The size of the kept events in bytes, as CloudWatch Logs measures it. */
  weight: number;
}

export const logsStore = () => ({
  groups: new Table<LogGroupRow>(CONSISTENT_RESOURCE),
  /** Keyed by `group:stream`. */
  streams: new Table<LogStreamRow>(CONSISTENT_RESOURCE),
});
export type LogsStore = ReturnType<typeof logsStore>;
