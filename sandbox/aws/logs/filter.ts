/** Searches a whole log group: the events of all its streams in chronological order. */
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { invalidToken } from './checks.ts';
import { invalidParameter } from './errors.ts';
import { readPattern } from './filter-pattern.ts';
import { groupOf, streamsOf } from './groups.ts';
import { fittingCount, keptSince, positionIn, positionText, timeOfPosition } from './reading.ts';
import { streamOf } from './streams.ts';
import type { LogStreamRow } from './store.ts';

function requestedStreams(
  region: Region,
  group: string,
  names: string[] | undefined,
  prefix: string | undefined,
): LogStreamRow[] {
  if (names && prefix !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
  }
  if (names) return names.map((name) => streamOf(region, group, name));
  return streamsOf(region, group).filter(({ logStreamName }) => logStreamName.startsWith(prefix ?? ''));
}

/** Which events of a stream are searched. Times are milliseconds since 1970. */
interface Search {
  readonly since: number;
  readonly endTime: number;
  /** The id of the last event of the page before. */
  readonly nextToken: string;
  readonly matches: (message: string) => boolean;
  /** The maximum number of events to find: one more than a page has, so that it is known whether there are more. */
  readonly count: number;
}

/** Finds the next events of a stream. Their number is limited, since the ids of all events of a long log would take long to compute. */
function eventsAfter(stream: LogStreamRow, { since, endTime, nextToken, matches, count }: Search) {
  const positionOf = positionIn(stream);
  const start = Math.max(since, nextToken === '' ? 0 : timeOfPosition(nextToken));
  const found = [];
  for (const { timestamp, message, ingestionTime, sequence } of stream.events) {
    if (timestamp < start) continue;
    if (timestamp > endTime || found.length === count) break;
    if (!matches(message)) continue;
    const eventId = positionText(positionOf({ timestamp, sequence }));
    const { logStreamName } = stream;
    if (eventId > nextToken) found.push({ logStreamName, timestamp, message, ingestionTime, eventId });
  }
  return found;
}

export const filterOperations = {
  /** `interleaved` has no effect any more: the events of several streams are always in chronological order. */
  FilterLogEvents: {
    inputMembers: [
      'logGroupName',
      'logGroupIdentifier',
      'logStreamNames',
      'logStreamNamePrefix',
      'startTime',
      'endTime',
      'filterPattern',
      'interleaved',
      'limit',
      'nextToken',
    ],
    run(input, region) {
      const group = groupOf(region, input);
      const matches = readPattern(input.filterPattern ?? '');
      if (input.nextToken !== undefined && !/^\d{56}$/.test(input.nextToken)) throw invalidToken();
      const since = Math.max(input.startTime ?? 0, keptSince(group, region.now()));
      // Unlike in GetLogEvents, an event whose timestamp equals endTime is included.
      const { endTime = Infinity, nextToken = '', limit = 10_000 } = input;
      const searched = requestedStreams(
        region,
        group.logGroupName,
        input.logStreamNames,
        input.logStreamNamePrefix,
      );
      const found = searched
        .flatMap((stream) => eventsAfter(stream, { since, endTime, nextToken, matches, count: limit + 1 }))
        .sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
      const events = found.slice(0, fittingCount(found, limit));
      return {
        events,
        // AWS has stopped listing the searched streams, and always returns an empty list.
        searchedLogStreams: [],
        nextToken: events.length < found.length ? events.at(-1)?.eventId : undefined,
      };
    },
  },
} satisfies Operations<typeof Logs>;
