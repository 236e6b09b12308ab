/** Log streams: created by their writers, and listed in the order of their names or last events. */
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { byName, checkGroupName, page } from './checks.ts';
import { invalidParameter, logStreamExists, logStreamNotFound } from './errors.ts';
import { groupNamed, groupOf, streamsOf } from './groups.ts';
import type { LogStreamRow } from './store.ts';
import { makeStream, streamKey } from './stream-rows.ts';

/** Returns the stream with the given name in an existing group. @throws ResourceNotFoundException */
export function streamOf(region: Region, group: string, name = ''): LogStreamRow {
  const stream = region.logs.streams.get(streamKey(group, name));
  if (!stream) throw logStreamNotFound();
  return stream;
}

export const streamOperations = {
  CreateLogStream: {
    inputMembers: ['logGroupName', 'logStreamName'],
    run(input, region) {
      const group = checkGroupName(input.logGroupName);
      const { logStreamName: stream = '' } = input;
      groupNamed(region, group);
      if (region.logs.streams.has(streamKey(group, stream))) throw logStreamExists();
      makeStream(region, group, stream);
      return {};
    },
  },

  DescribeLogStreams: {
    inputMembers: [
      'logGroupName',
      'logGroupIdentifier',
      'logStreamNamePrefix',
      'orderBy',
      'descending',
      'limit',
      'nextToken',
    ],
    run(input, region) {
      const { logGroupName } = groupOf(region, input);
      const isByTime = input.orderBy === 'LastEventTime';
      if (isByTime && input.logStreamNamePrefix !== undefined) {
        throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const timeOf = ({ lastEventTimestamp = 0 }: LogStreamRow) => lastEventTimestamp;
      const sorted = streamsOf(region, logGroupName)
        .filter(({ logStreamName }) => logStreamName.startsWith(input.logStreamNamePrefix ?? ''))
        .sort((a, b) => byName(a.logStreamName, b.logStreamName));
      if (isByTime) sorted.sort((a, b) => timeOf(a) - timeOf(b));
      if (input.descending) sorted.reverse();
      const { rows, next } = page(sorted, input.limit, input.nextToken);
      return { logStreams: rows, nextToken: next };
    },
  },

  DeleteLogStream: {
    inputMembers: ['logGroupName', 'logStreamName'],
    run(input, region) {
      const { logGroupName } = groupNamed(region, checkGroupName(input.logGroupName));
      const { logStreamName } = streamOf(region, logGroupName, input.logStreamName);
      region.logs.streams.delete(streamKey(logGroupName, logStreamName));
      return {};
    },
  },
} satisfies Operations<typeof Logs>;
