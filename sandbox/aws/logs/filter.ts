/** Searches a whole log group: the events of all its streams in chronological order. */
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { invalidToken } from './checks.ts';
import { invalidParameter } from './errors.ts';
import { readPattern } from './filter-pattern.ts';
import { groupOf, streamsOf } from './groups.ts';
import { fittingCount, keptSince, positionIn, positionText } from './reading.ts';
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
        .flatMap((stream) => {
          const positionOf = positionIn(stream);
          return stream.events
            .filter(
              ({ timestamp, message }) => timestamp >= since && timestamp <= endTime && matches(message),
            )
            .map((event) => ({
              logStreamName: stream.logStreamName,
              timestamp: event.timestamp,
              message: event.message,
              ingestionTime: event.ingestionTime,
              eventId: positionText(positionOf(event)),
            }));
        })
        .filter(({ eventId }) => eventId > nextToken)
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
