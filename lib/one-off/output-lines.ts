/** Reads what the container of a one-off task prints, from its log stream: each line once, in order. */
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Aws } from '../aws/clients.ts';
import { isNotFound } from '../aws/errors.ts';
import type { LogStream } from '../diagnosis/read-log.ts';

/** A line that the container has printed. */
export interface OutputLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/**
 * Returns a function that reads the lines since its previous call, without line breaks at their ends. There are none until the
 * container has started.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export function outputReader({ logs }: Pick<Aws, 'logs'>, stream: LogStream): () => Promise<OutputLine[]> {
  let nextToken: string | undefined;
  return async () => {
    const lines: OutputLine[] = [];
    for (;;) {
      const page = await logs(new GetLogEventsCommand({ ...stream, nextToken, startFromHead: true })).catch(
        (error: unknown) => {
          // The stream exists once the container starts.
          if (isNotFound(error)) return undefined;
          throw error;
        },
      );
      if (!page) return lines;
      for (const { timestamp: at = 0, message = '' } of page.events ?? [])
        lines.push({ at, text: message.replace(/[\r\n]+$/, '') });
      const { nextForwardToken } = page;
      // At the end of the stream, AWS returns the token that it was sent; a page before the end may be empty.
      if (nextForwardToken === undefined || nextForwardToken === nextToken) return lines;
      nextToken = nextForwardToken;
    }
  };
}
