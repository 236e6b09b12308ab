/** Appends container output to log streams line by line: the data plane's interface to CloudWatch Logs. */
import type { Region } from '../../world/region.ts';
import { logGroupNotFound } from './errors.ts';
import { appendEvent, makeStream, streamKey } from './stream-rows.ts';

/**
 * Lines within this many milliseconds count as one change, because every change saves the world and output may be frequent.
 */
const QUIET = 500;
const waiting = new WeakSet<Region>();

function reportChangeSoon(region: Region): void {
  if (waiting.has(region)) return;
  waiting.add(region);
  setTimeout(() => {
    waiting.delete(region);
    region.changed();
  }, QUIET).unref();
}

/** Whether a log group of that name exists. */
export const hasLogGroup = (region: Region, group: string): boolean => region.logs.groups.has(group);

/**
 * Adds one line to a stream. Creates the stream when it does not exist, as the `awslogs` driver does.
 * @param timestamp milliseconds since 1970
 * @throws ResourceNotFoundException when the group does not exist: by default the driver creates no groups
 */
export function appendLog(
  region: Region,
  group: string,
  stream: string,
  message: string,
  timestamp: number,
): void {
  if (!hasLogGroup(region, group)) throw logGroupNotFound();
  const row = region.logs.streams.get(streamKey(group, stream)) ?? makeStream(region, group, stream);
  appendEvent(row, { timestamp, message }, region.now().getTime());
  reportChangeSoon(region);
}
