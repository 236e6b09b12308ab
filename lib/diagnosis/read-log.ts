/** Reads the end of a container's log, far enough back to find the error. */
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Aws } from '../aws/clients.ts';
import { excerptOf } from './excerpt.ts';

/** The events of one page; AWS returns at most 10,000 or 1 MB. */
const PAGE_SIZE = 1000;
const MAX_PAGES = 4;

/** A log stream of a container. */
export interface LogStream {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/**
 * Returns the name of a container's log stream.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
export const logStreamOf = (service: string, container: string, taskId: string): string =>
  `${service}/${container}/${taskId}`;

/**
 * Reads a log backwards, page by page, until the lines contain an error.
 * @returns the lines, oldest first; undefined if the stream does not exist or cannot be read
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export async function readLogEnd(aws: Aws, stream: LogStream): Promise<string[] | undefined> {
  let lines: string[] = [];
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { events = [], nextBackwardToken } = await aws.logs(
        new GetLogEventsCommand({ ...stream, nextToken, limit: PAGE_SIZE, startFromHead: false }),
      );
      lines = [...events.map(({ message = '' }) => message.trimEnd()), ...lines];
      // At the end of the stream, AWS returns the token that it was sent. In practice, a page that is not full is the last one.
      const isEnd = nextBackwardToken === undefined || nextBackwardToken === nextToken;
      if (isEnd || events.length < PAGE_SIZE || excerptOf(lines).headline !== undefined) break;
      nextToken = nextBackwardToken;
    }
  } catch {
    // A container that never started has no stream. The reason of the task explains why.
    return lines.length === 0 ? undefined : lines;
  }
  return lines;
}
