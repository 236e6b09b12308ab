/** Log events: put in batches, and read page by page from either end of a stream. */
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { InputLogEvent, OutputLogEvent, RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../../operations.ts';
import { checkGroupName, checkLimit, invalidToken } from './checks.ts';
import { invalidParameter } from './errors.ts';
import { groupNamed, groupOf } from './groups.ts';
import { fitting, keptSince, placesOf, placeText } from './reading.ts';
import { streamOf } from './streams.ts';
import { appendEvent, weightOf } from './stream-rows.ts';

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
const LARGEST_BATCH = 1_048_576;
const MOST_IN_BATCH = 10_000;

interface Event {
  readonly timestamp: number;
  readonly message: string;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
function checkBatch(given: InputLogEvent[] | undefined): Event[] {
  const events = (given ?? []).map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last || events.length > MOST_IN_BATCH || events.some(({ message }) => message === '')) {
    throw invalidParameter(`A batch has 1 to ${MOST_IN_BATCH} log events, each with a message.`);
  }
  const size = events.reduce((sum, event) => sum + weightOf(event), 0);
  if (size > LARGEST_BATCH) {
    throw invalidParameter(`Upload too large: ${size} bytes exceeds limit of ${LARGEST_BATCH}`);
  }
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  if (last.timestamp - first.timestamp > DAY) {
    throw invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
  return events;
}

/** Returns which events of a batch are rejected because they are too old, expired, or too far in the future. */
function rejected(events: Event[], since: number, now: number): RejectedLogEventsInfo | undefined {
  const tooOld = events.filter(({ timestamp }) => timestamp < now - 14 * DAY).length;
  const expired = events.filter(({ timestamp }) => timestamp < since).length;
  const tooNew = events.findIndex(({ timestamp }) => timestamp > now + 2 * HOUR);
  if (tooOld === 0 && expired === 0 && tooNew === -1) return undefined;
  return {
    tooOldLogEventEndIndex: tooOld || undefined,
    expiredLogEventEndIndex: expired || undefined,
    tooNewLogEventStartIndex: tooNew === -1 ? undefined : tooNew,
  };
}

/** Parses a token: `f/<place>/s` for the events after a place, or `b/<place>/s` for the events before it. */
function readToken(token: string | undefined): { forward: boolean; place: bigint } | undefined {
  if (token === undefined) return undefined;
  const [, direction, place] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  if (place === undefined) throw invalidToken();
  return { forward: direction === 'f', place: BigInt(place) };
}

export const eventOperations = {
  /** Sequence tokens are accepted and ignored, as in AWS since 2023. */
  PutLogEvents: {
    takes: ['logGroupName', 'logStreamName', 'logEvents', 'sequenceToken'],
    run(input, region) {
      const group = groupNamed(region, checkGroupName(input.logGroupName));
      const stream = streamOf(region, group.logGroupName, input.logStreamName);
      const events = checkBatch(input.logEvents);
      const now = region.now();
      const info = rejected(events, keptSince(group, now), now.getTime());
      const from = Math.max(info?.tooOldLogEventEndIndex ?? 0, info?.expiredLogEventEndIndex ?? 0);
      for (const event of events.slice(from, info?.tooNewLogEventStartIndex)) {
        appendEvent(stream, event, now.getTime());
      }
      return { rejectedLogEventsInfo: info };
    },
  },

  /**
   * Reads backwards from the newest event by default; each page is in chronological order. At the end, a call returns the
   * token that it was given.
   */
  GetLogEvents: {
    takes: [
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
      const limit = checkLimit(input.limit, MOST_IN_BATCH);
      const token = readToken(input.nextToken);
      const since = Math.max(input.startTime ?? 0, keptSince(group, region.now()));
      const { endTime = Infinity } = input;
      const placeOf = placesOf(stream);
      const wanted = stream.events
        .filter(({ timestamp }) => timestamp >= since && timestamp < endTime)
        .map((event) => ({ ...event, place: placeOf(event) }))
        .filter(({ place }) => !token || (token.forward ? place > token.place : place < token.place));
      const forward = token?.forward ?? input.startFromHead ?? false;
      const ordered = forward ? wanted : wanted.reverse();
      const shown = ordered.slice(0, fitting(ordered, limit));
      if (!forward) shown.reverse();
      return {
        events: shown.map(({ timestamp, message, ingestionTime }): OutputLogEvent => {
          return { timestamp, message, ingestionTime };
        }),
        ...tokensAround(shown, token),
      };
    },
  },
} satisfies Operations<typeof Logs>;

/** Returns the tokens before and after a page; the tokens of an empty page return to the reader's position. */
function tokensAround(
  shown: readonly { place: bigint }[],
  token: { forward: boolean; place: bigint } | undefined,
): { nextForwardToken: string; nextBackwardToken: string } {
  const position = token?.place ?? 0n;
  const after = shown.at(-1)?.place ?? (token?.forward === false && position > 0n ? position - 1n : position);
  const before = shown[0]?.place ?? (token?.forward ? position + 1n : position);
  return {
    nextForwardToken: `f/${placeText(after)}/s`,
    nextBackwardToken: `b/${placeText(before)}/s`,
  };
}
