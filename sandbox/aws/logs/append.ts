/** Takes what containers write into log streams, line by line; the data plane's door to CloudWatch Logs. */
import type { Region } from '../../world/region.ts';
import { logGroupNotFound } from './errors.ts';
import { appendEvent, makeStream, streamKey } from './stream-rows.ts';

/** Milliseconds: many lines are told to the world as one change, or a talkative container would save it all the time. */
const QUIET = 500;
const waiting = new WeakSet<Region>();

function tellSoon(region: Region): void {
  if (waiting.has(region)) return;
  waiting.add(region);
  setTimeout(() => {
    waiting.delete(region);
    region.changed();
  }, QUIET).unref();
}

/** Whether a log group of that name is there. */
export const hasLogGroup = (region: Region, group: string): boolean => region.logs.groups.has(group);

/**
 * Adds one line to a stream, which is made when it is not there, as the `awslogs` driver does.
 * @param timestamp milliseconds since 1970
 * @throws ResourceNotFoundException when the group is not there: the driver makes no groups by itself
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
  tellSoon(region);
}
