/** Log events: written in batches, and read page by page from either end of a stream. */
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { InputLogEvent, OutputLogEvent, RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../../operations.ts';
import { checkGroupName, invalidToken } from './checks.ts';
import { invalidParameter } from './errors.ts';
import { groupNamed, groupOf } from './groups.ts';
import { fittingCount, keptSince, positionIn, positionText } from './reading.ts';
import { streamOf } from './streams.ts';
import { insertEvent, weightOf } from './stream-rows.ts';

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
const MAX_BATCH_BYTES = 1_048_576;
const MAX_EVENTS = 10_000;

interface Event {
  readonly timestamp: number;
  readonly message: string;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
function checkBatch(given: InputLogEvent[] | undefined): Event[] {
  const events = (given ?? []).map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
  const [first] = events;
  const last = events.at(-1);
  const size = events.reduce((sum, event) => sum + weightOf(event), 0);
  if (size > MAX_BATCH_BYTES) {
    throw invalidParameter(`Upload too large: ${size} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
  }
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  if (first && last && last.timestamp - first.timestamp > DAY) {
    throw invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
  return events;
}

/** Returns which events are rejected: the first ones if they are too old or expired, and the last ones if they are too new. */
function rejectionsOf(events: Event[], since: number, now: number): RejectedLogEventsInfo | undefined {
  const tooOldCount = events.filter(({ timestamp }) => timestamp < now - 14 * DAY).length;
  const expiredCount = events.filter(({ timestamp }) => timestamp < since).length;
  const firstTooNew = events.findIndex(({ timestamp }) => timestamp > now + 2 * HOUR);
  if (tooOldCount === 0 && expiredCount === 0 && firstTooNew === -1) return undefined;
  return {
    tooOldLogEventEndIndex: tooOldCount || undefined,
    expiredLogEventEndIndex: expiredCount || undefined,
    tooNewLogEventStartIndex: firstTooNew === -1 ? undefined : firstTooNew,
  };
}

/** Parses a token: `f/<position>/s` for the events after the position, or `b/<position>/s` for those before it. */
function readToken(token: string | undefined): { isForward: boolean; position: bigint } | undefined {
  if (token === undefined) return undefined;
  const [, direction, position] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  if (position === undefined) throw invalidToken();
  return { isForward: direction === 'f', position: BigInt(position) };
}

export const eventOperations = {
  /** Accepts sequence tokens but ignores them, as AWS has done since 2023. */
  PutLogEvents: {
    inputMembers: ['logGroupName', 'logStreamName', 'logEvents', 'sequenceToken'],
    run(input, region) {
      const group = groupNamed(region, checkGroupName(input.logGroupName));
      const stream = streamOf(region, group.logGroupName, input.logStreamName);
      const events = checkBatch(input.logEvents);
      const now = region.now();
      const rejections = rejectionsOf(events, keptSince(group, now), now.getTime());
      const firstAccepted = Math.max(
        rejections?.tooOldLogEventEndIndex ?? 0,
        rejections?.expiredLogEventEndIndex ?? 0,
      );
      for (const event of events.slice(firstAccepted, rejections?.tooNewLogEventStartIndex)) {
        insertEvent(stream, event, now.getTime());
      }
      return { rejectedLogEventsInfo: rejections };
    },
  },

  /**
   * Reads backwards from the newest event by default; each page is in chronological order. At either end of the
   * stream, a call returns the token that it was given.
   */
  GetLogEvents: {
    inputMembers: [
      'logGroupName',
      'logGroupIdentifier',
      'logStreamName',
      'startTime',
      'endTime',
      'nextToken',
      'limit',
      'startFromHead',
    ],
    run(input, region) {
      const group = groupOf(region, input);
      const stream = streamOf(region, group.logGroupName, input.logStreamName);
      const { limit = MAX_EVENTS } = input;
      const token = readToken(input.nextToken);
      const since = Math.max(input.startTime ?? 0, keptSince(group, region.now()));
      const { endTime = Infinity } = input;
      const positionOf = positionIn(stream);
      const wanted = stream.events
        .filter(({ timestamp }) => timestamp >= since && timestamp < endTime)
        .map((event) => ({ ...event, position: positionOf(event) }))
        .filter(
          ({ position }) =>
            !token || (token.isForward ? position > token.position : position < token.position),
        );
      const isForward = token?.isForward ?? input.startFromHead ?? false;
      const ordered = isForward ? wanted : wanted.reverse();
      const page = ordered.slice(0, fittingCount(ordered, limit));
      if (!isForward) page.reverse();
      return {
        events: page.map(({ timestamp, message, ingestionTime }): OutputLogEvent => {
          return { timestamp, message, ingestionTime };
        }),
        ...tokensAround(page, token),
      };
    },
  },
} satisfies Operations<typeof Logs>;

/** Returns the tokens before and after a page. The tokens of an empty page refer to the reader's position. */
function tokensAround(
  page: readonly { position: bigint }[],
  token: { isForward: boolean; position: bigint } | undefined,
): { nextForwardToken: string; nextBackwardToken: string } {
  const position = token?.position ?? 0n;
  const after =
    page.at(-1)?.position ?? (token?.isForward === false && position > 0n ? position - 1n : position);
  const before = page[0]?.position ?? (token?.isForward ? position + 1n : position);
  return {
    nextForwardToken: `f/${positionText(after)}/s`,
    nextBackwardToken: `b/${positionText(before)}/s`,
  };
}
