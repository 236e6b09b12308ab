/** Reading events: the time since which they are kept, their place in time, and the number that fits into one answer. */
import { createHash } from 'node:crypto';
import type { LogEventRow, LogGroupRow, LogStreamRow } from './store.ts';
import { weightOf } from './stream-rows.ts';

const DAY = 24 * 3600 * 1000;
/** The maximum number of bytes of events in one answer. */
const LARGEST_PAGE = 1024 * 1024;

/** Returns the time since which events of a group are kept, in milliseconds since 1970. */
export const keptSince = ({ retentionInDays }: LogGroupRow, now: Date): number =>
  retentionInDays === undefined ? 0 : now.getTime() - retentionInDays * DAY;

/**
 * Returns a function that maps an event of a stream to its place in time: later events have greater places, and places are
 * unique in the account. AWS's event ids have the same form: the timestamp in the upper bits, a unique number below.
 */
export function placesOf(stream: LogStreamRow): (event: LogEventRow) => bigint {
  const digest = createHash('sha256').update(`${stream.arn}@${stream.creationTime}`).digest('hex');
  const unique = BigInt(`0x${digest.slice(0, 20)}`);
  return ({ timestamp, sequence }) => (BigInt(timestamp) << 144n) | (BigInt(sequence) << 80n) | unique;
}

/** Formats a place for event ids and tokens: 56 digits, so that places also sort as strings. */
export const placeText = (place: bigint): string => String(place).padStart(56, '0');

/** Returns how many events from the start of the list fit into one answer: at least one, so that readers advance. */
export function fitting(events: readonly { message: string }[], limit: number): number {
  let bytesLeft = LARGEST_PAGE;
  const end = events.slice(0, limit).findIndex((event, index) => {
    bytesLeft -= weightOf(event);
    return bytesLeft < 0 && index > 0;
  });
  return end === -1 ? Math.min(limit, events.length) : end;
}
