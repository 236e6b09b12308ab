/** Log streams as rows: their creation, and the insertion of events in chronological order. */
import type { Region } from '../../world/region.ts';
import type { LogEventRow, LogStreamRow } from './store.ts';

/** The maximum number of events per stream. The sandbox keeps events in memory, so it drops the oldest. */
export const MAX_EVENTS = 20_000;
/** The number of events that are dropped at once: each drop moves all others. */
export const DROPPED_EVENTS = 1000;
/** The maximum number of bytes per stream, for the same reason. */
export const MAX_WEIGHT = 16 * 1024 * 1024;

/** The number of bytes that CloudWatch Logs adds to the size of every message. */
const OVERHEAD = 26;

/** Returns the size of an event in bytes, as limits and `storedBytes` count it. */
export const weightOf = ({ message }: { message: string }): number => Buffer.byteLength(message) + OVERHEAD;

export const streamKey = (group: string, stream: string): string => `${group}:${stream}`;

/** Adds an empty stream to a group. The caller must check that the group exists. */
export function makeStream(region: Region, logGroupName: string, logStreamName: string): LogStreamRow {
  return region.logs.streams.set(streamKey(logGroupName, logStreamName), {
    logGroupName,
    logStreamName,
    creationTime: region.now().getTime(),
    arn: region.arn('logs', `log-group:${logGroupName}:log-stream:${logStreamName}`),
    // AWS has reported zero for streams since 2019.
    storedBytes: 0,
    events: [],
    arrived: 0,
    weight: 0,
  });
}

/**
 * Inserts an event in chronological order, which is nearly always at the end.
 * @param ingestionTime milliseconds since 1970
 */
export function insertEvent(
  stream: LogStreamRow,
  event: { timestamp: number; message: string },
  ingestionTime: number,
): void {
  const { events } = stream;
  const row: LogEventRow = { ...event, ingestionTime, sequence: stream.arrived++ };
  const index = events.findLastIndex(({ timestamp }) => timestamp <= event.timestamp) + 1;
  if (index === events.length) events.push(row);
  else events.splice(index, 0, row);
  stream.weight += weightOf(row);
  if (events.length > MAX_EVENTS) drop(stream, DROPPED_EVENTS);
  while (stream.weight > MAX_WEIGHT && events.length > 0) drop(stream, 1);
  stream.lastIngestionTime = ingestionTime;
  stream.firstEventTimestamp = events[0]?.timestamp;
  stream.lastEventTimestamp = events.at(-1)?.timestamp;
}

/** Drops the oldest events. */
function drop(stream: LogStreamRow, count: number): void {
  for (const oldest of stream.events.splice(0, count)) stream.weight -= weightOf(oldest);
}
