/** What the sandbox holds of CloudWatch Logs in one region. */
import type { LogGroup, LogStream } from '@aws-sdk/client-cloudwatch-logs';
import { Table } from '../../world/table.ts';

export interface LogGroupRow extends LogGroup {
  logGroupName: string;
  tags: Record<string, string>;
}
export interface LogEventRow {
  /** Milliseconds since 1970. */
  timestamp: number;
  ingestionTime: number;
  message: string;
  /** Its place among all events that ever came to the stream: counts on when old ones are dropped. */
  sequence: number;
}
export interface LogStreamRow extends LogStream {
  logGroupName: string;
  logStreamName: string;
  /** In order of time, then of arrival. */
  events: LogEventRow[];
  /** How many events ever came. */
  arrived: number;
  /** What the kept events weigh, as CloudWatch Logs counts it. */
  weight: number;
}

export const logsStore = () => ({
  groups: new Table<LogGroupRow>({ isCounted: () => true, lag: 'none' }),
  /** By `group:stream`. */
  streams: new Table<LogStreamRow>({ isCounted: () => true, lag: 'none' }),
});
export type LogsStore = ReturnType<typeof logsStore>;
