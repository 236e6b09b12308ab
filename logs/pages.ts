/** Reads the events of a log group page by page, the oldest first. */
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Aws } from '../lib/aws/clients.ts';
import type { Redact } from '../lib/run/redact.ts';
import { sourceOf, type Selection, type Source } from './selection.ts';

/** A line of a log. */
export interface LogEvent extends Source {
  /** Unique in its log group. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What the container has printed, without secrets. */
  readonly message: string;
}

/** One page. */
export interface LogPage {
  /** The events that match. */
  readonly events: readonly LogEvent[];
  /** The number of events that were read, and the times of the first and the last one. */
  readonly read: { readonly count: number; readonly first: number; readonly last: number };
  readonly hasMore: boolean;
}

/** Reads pages of events. @param from milliseconds since 1970 */
export type ReadPages = (from: number) => AsyncGenerator<LogPage>;

/** Which events are read, and from where. */
export interface LogQuery {
  readonly aws: Pick<Aws, 'logs'>;
  readonly logGroupName: string;
  readonly selection: Selection;
  /** The text that every line contains. */
  readonly grep: string | undefined;
  readonly redact: Redact;
}

/**
 * Returns the function that reads the events of a query. AWS returns at most 10,000 events or 1 MB per page, interleaved by time.
 * Pages may be empty although others follow. The lines are searched here: the patterns of AWS match terms, and not any part of a line.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export const pagesOf = ({ aws, logGroupName, selection, grep, redact }: LogQuery): ReadPages =>
  async function* (from) {
    let nextToken: string | undefined;
    do {
      const response = await aws.logs(
        new FilterLogEventsCommand({
          logGroupName,
          logStreamNamePrefix: selection.prefix,
          startTime: from,
          nextToken,
        }),
      );
      const { events = [] } = response;
      nextToken = response.nextToken || undefined;
      yield {
        events: events.flatMap(
          ({ logStreamName = '', eventId: id = '', timestamp: at = 0, message = '' }) => {
            const source = sourceOf(logStreamName);
            if (!source || !selection.includes(source)) return [];
            const shown = redact(message.replace(/[\r\n]+$/, ''));
            return grep === undefined || shown.includes(grep) ? [{ ...source, id, at, message: shown }] : [];
          },
        ),
        read: {
          count: events.length,
          first: events[0]?.timestamp ?? from,
          last: events.at(-1)?.timestamp ?? from,
        },
        hasMore: nextToken !== undefined,
      };
    } while (nextToken !== undefined);
  };
