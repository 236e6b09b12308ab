/** The rules for reading events: which events are still kept, their positions in time, and how many fit into one response. */
import { createHash } from 'node:crypto';
import type { LogEventRow, LogGroupRow, LogStreamRow } from './store.ts';
import { weightOf } from './stream-rows.ts';

const DAY = 24 * 3600 * 1000;
/** The maximum number of bytes of events in one response. */
const MAX_PAGE_BYTES = 1024 * 1024;
/** The number of bits below the timestamp of a position. */
const TIME_SHIFT = 144n;

/** Returns the earliest time from which a group still keeps events, in milliseconds since 1970. */
export const keptSince = ({ retentionInDays }: LogGroupRow, now: Date): number =>
  retentionInDays === undefined ? 0 : now.getTime() - retentionInDays * DAY;

/**
 * Returns a function that maps an event of a stream to its position in time. Later events have greater positions, and a
 * position is unique in the account. AWS's event ids have the same form: the timestamp is in the upper bits, and a unique
 * number is in the lower bits.
 */
export function positionIn(
  stream: LogStreamRow,
): (event: Pick<LogEventRow, 'timestamp' | 'sequence'>) => bigint {
  const digest = createHash('sha256').update(`${stream.arn}@${stream.creationTime}`).digest('hex');
  const streamNumber = BigInt(`0x${digest.slice(0, 20)}`);
  return ({ timestamp, sequence }) =>
    (BigInt(timestamp) << TIME_SHIFT) | (BigInt(sequence) << 80n) | streamNumber;
}

/** Formats a position as 56 digits for event ids and tokens, so that positions can be compared as strings. */
export const positionText = (position: bigint): string => String(position).padStart(56, '0');

/** Returns the timestamp of a position in milliseconds since 1970. */
export const timeOfPosition = (text: string): number => Number(BigInt(text) >> TIME_SHIFT);

/** Returns how many events from the start of a list fit into one response. The first event always fits, so that readers advance. */
export function fittingCount(events: readonly { message: string }[], limit: number): number {
  let bytesLeft = MAX_PAGE_BYTES;
  const end = events.slice(0, limit).findIndex((event, index) => {
    bytesLeft -= weightOf(event);
    return bytesLeft < 0 && index > 0;
  });
  return end === -1 ? Math.min(limit, events.length) : end;
}
