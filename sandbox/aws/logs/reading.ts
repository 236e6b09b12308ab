/** Reading events: which of them are visible, where each stands in time, and how many fit into one answer. */
import { createHash } from 'node:crypto';
import type { LogEventRow, LogGroupRow, LogStreamRow } from './store.ts';
import { weightOf } from './stream-rows.ts';

const DAY = 24 * 3600 * 1000;
/** Bytes of events in one answer. */
const LARGEST_PAGE = 1024 * 1024;

/** The time from which events of a group are still kept, in milliseconds since 1970. */
export const keptSince = ({ retentionInDays }: LogGroupRow, now: Date): number =>
  retentionInDays === undefined ? 0 : now.getTime() - retentionInDays * DAY;

/**
 * Finds the place in time of a stream's events: later ones have greater places, no two in the account have the same.
 * AWS's event ids are such numbers too: the timestamp in the upper bits, something unique below.
 */
export function placesOf(stream: LogStreamRow): (event: LogEventRow) => bigint {
  const digest = createHash('sha256').update(`${stream.arn}@${stream.creationTime}`).digest('hex');
  const unique = BigInt(`0x${digest.slice(0, 20)}`);
  return ({ timestamp, sequence }) => (BigInt(timestamp) << 144n) | (BigInt(sequence) << 80n) | unique;
}

/** A place as the text that stands in event ids and tokens: 56 digits, so that it sorts as text too. */
export const placeText = (place: bigint): string => String(place).padStart(56, '0');

/** How many events from the start of the list fit into one answer; at least one, or nobody would get further. */
export function fitting(events: readonly { message: string }[], limit: number): number {
  let room = LARGEST_PAGE;
  const end = events.slice(0, limit).findIndex((event, index) => {
    room -= weightOf(event);
    return room < 0 && index > 0;
  });
  return end === -1 ? Math.min(limit, events.length) : end;
}
