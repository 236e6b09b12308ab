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
}
export interface LogStreamRow extends LogStream {
  logGroupName: string;
  logStreamName: string;
  events: LogEventRow[];
}

export const logsStore = () => ({
  groups: new Table<LogGroupRow>(),
  /** By `group:stream`. */
  streams: new Table<LogStreamRow>(),
});
export type LogsStore = ReturnType<typeof logsStore>;
