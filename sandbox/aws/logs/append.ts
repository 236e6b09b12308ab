/** Appends container output to log streams line by line: the data plane's interface to CloudWatch Logs. */
import type { Region } from '../../world/region.ts';
import { logGroupNotFound } from './errors.ts';
import { insertEvent, makeStream, streamKey } from './stream-rows.ts';

/**
 * The delay before new lines are reported as one change, in milliseconds. Each reported change saves the world, so frequent
 * output must not report one change per line.
 */
const REPORT_DELAY_MS = 500;
const regionsToReport = new WeakSet<Region>();

function reportChangeSoon(region: Region): void {
  if (regionsToReport.has(region)) return;
  regionsToReport.add(region);
  setTimeout(() => {
    regionsToReport.delete(region);
    region.changed();
  }, REPORT_DELAY_MS).unref();
}

/** Whether a log group with the given name exists. */
export const hasLogGroup = (region: Region, group: string): boolean => region.logs.groups.has(group);

/** Creates an empty stream in an existing group, unless the stream exists. */
export function openLogStream(region: Region, group: string, stream: string): void {
  if (region.logs.streams.get(streamKey(group, stream))) return;
  makeStream(region, group, stream);
  reportChangeSoon(region);
}

/**
 * Adds one line to a stream. Creates the stream when it does not exist, as the `awslogs` driver does.
 * @param timestamp milliseconds since 1970
 * @throws ResourceNotFoundException when the group does not exist, because by default the driver does not create groups
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
  insertEvent(row, { timestamp, message }, region.now().getTime());
  reportChangeSoon(region);
}
