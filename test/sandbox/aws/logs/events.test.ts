// Putting events into the sandbox's log streams, and reading them back page by page.
import {
  GetLogEventsCommand,
  PutRetentionPolicyCommand,
  type GetLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { logGroupName, NOW, logGroupScene } from './writing.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const logStreamName = 'one';

async function logStreamScene() {
  const started = await logGroupScene();
  await started.createStream(logStreamName);
  const get = (rest: Partial<GetLogEventsCommandInput> = {}) =>
    started.logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, ...rest }));
  const messages = async (rest: Partial<GetLogEventsCommandInput> = {}) =>
    (await get(rest)).events?.map(({ message }) => message);
  return { ...started, get, messages, put: started.put.bind(undefined, logStreamName) };
}

test('events are returned in chronological order with their ingestion time', async () => {
  const { put, get, clock } = await logStreamScene();
  clock.advance(9000);
  await put([2000, 'second']);
  await put([1000, 'first']);
  const ingestionTime = NOW + 9000;
  expect((await get()).events).toEqual([
    { timestamp: NOW + 1000, message: 'first', ingestionTime },
    { timestamp: NOW + 2000, message: 'second', ingestionTime },
  ]);
});

test('reading starts with the newest events unless the call starts from the head', async () => {
  const { put, messages } = await logStreamScene();
  await put([1, 'a'], [2, 'b'], [3, 'c']);
  expect(await messages({ limit: 2 })).toEqual(['b', 'c']);
  expect(await messages({ limit: 2, startFromHead: true })).toEqual(['a', 'b']);
});

test('GetLogEvents includes events at the start time but not at the end time', async () => {
  const { put, messages } = await logStreamScene();
  await put([1, 'a'], [2, 'b'], [3, 'c']);
  expect(await messages({ startTime: NOW + 1, endTime: NOW + 3 })).toEqual(['a', 'b']);
  expect(await messages({ startTime: NOW + 4 })).toEqual([]);
});

test('reading forward returns the same token at the end, and continues when more events arrive', async () => {
  const { put, get } = await logStreamScene();
  await put([1, 'a'], [1, 'b'], [1, 'c']);
  const read = async (nextToken?: string) => {
    const page = await get({ limit: 2, startFromHead: true, nextToken });
    return { token: page.nextForwardToken, messages: page.events?.map(({ message }) => message) };
  };
  const first = await read();
  const second = await read(first.token);
  const third = await read(second.token);
  expect([first, second, third].map((page) => page.messages)).toEqual([['a', 'b'], ['c'], []]);
  expect(third.token).toBe(second.token);
  await put([1, 'd']);
  expect((await read(third.token)).messages).toEqual(['d']);
});

test('reading backward reaches the oldest event, and can then reverse without losing an event', async () => {
  const { put, get } = await logStreamScene();
  await put([1, 'a'], [2, 'b'], [3, 'c']);
  const read = async (nextToken?: string) => {
    const page = await get({ limit: 2, nextToken });
    return { ...page, messages: page.events?.map(({ message }) => message) };
  };
  const first = await read();
  const second = await read(first.nextBackwardToken);
  const third = await read(second.nextBackwardToken);
  expect([first, second, third].map((page) => page.messages)).toEqual([['b', 'c'], ['a'], []]);
  expect(third.nextBackwardToken).toBe(second.nextBackwardToken);
  expect((await read(third.nextForwardToken)).messages).toEqual(['a', 'b']);
  const afterNewest = await read(first.nextForwardToken);
  expect(afterNewest.messages).toEqual([]);
  expect((await read(afterNewest.nextBackwardToken)).messages).toEqual(['b', 'c']);
});

test('the tokens of an empty stream find events that arrive later', async () => {
  const { put, get } = await logStreamScene();
  const { nextForwardToken, nextBackwardToken } = await get();
  const back = await get({ nextToken: nextBackwardToken });
  expect(back.events).toEqual([]);
  await put([1, 'a']);
  for (const nextToken of [nextForwardToken, back.nextForwardToken]) {
    expect((await get({ nextToken })).events).toHaveLength(1);
  }
});

test('limits out of range and invalid tokens are refused by GetLogEvents', async () => {
  const { get } = await logStreamScene();
  for (const rest of [{ limit: 10_001 }, { limit: 0 }, { nextToken: 'bogus' }]) {
    expect(await refusalOf(get(rest))).toMatchObject({ code: 'InvalidParameterException' });
  }
});

test('a response contains up to a megabyte of events, and at least one event', async () => {
  const { put, get } = await logStreamScene();
  const large = 'x'.repeat(600_000);
  for (const n of [1, 2, 3]) await put([n, large]);
  const first = await get({ startFromHead: true });
  expect(first.events).toHaveLength(1);
  const second = await get({ nextToken: first.nextForwardToken });
  expect(second.events).toMatchObject([{ timestamp: NOW + 2 }]);
});

test('a batch that is unordered, empty, too large or spans more than a day is refused as a whole', async () => {
  const { put, messages } = await logStreamScene();
  const messageOfRefusal = async (call: Promise<unknown>) => {
    const { code, message } = await refusalOf(call);
    expect(code).toBe('InvalidParameterException');
    return message;
  };
  expect(await messageOfRefusal(put([2, 'b'], [1, 'a']))).toBe(
    'Log events in a single PutLogEvents request must be in chronological order.',
  );
  expect(await messageOfRefusal(put([0, 'a'], [DAY + 1, 'b']))).toBe(
    'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
  );
  expect(await messageOfRefusal(put([0, 'x'.repeat(1_048_576)]))).toBe(
    'Upload too large: 1048602 bytes exceeds limit of 1048576',
  );
  await messageOfRefusal(put());
  await messageOfRefusal(put([0, '']));
  const tooMany = Array.from({ length: 10_001 }, (): [number, string] => [0, 'x']);
  await messageOfRefusal(put(...tooMany));
  expect(await messages()).toEqual([]);
});

test('events that are too old or too new are rejected, and the response says which ones', async () => {
  const { put, messages } = await logStreamScene();
  const { rejectedLogEventsInfo: tooOld } = await put(
    [-14 * DAY - 2, 'a'],
    [-14 * DAY - 1, 'b'],
    [-14 * DAY, 'c'],
  );
  expect(tooOld).toEqual({ tooOldLogEventEndIndex: 2 });
  const { rejectedLogEventsInfo: tooNew } = await put([2 * HOUR, 'd'], [2 * HOUR + 1, 'e']);
  expect(tooNew).toEqual({ tooNewLogEventStartIndex: 1 });
  expect((await put([0, 'f'])).rejectedLogEventsInfo).toBeUndefined();
  expect(await messages()).toEqual(['c', 'f', 'd']);
});

test('events expire after the retention period of their group', async () => {
  const { logs, put, messages, clock } = await logStreamScene();
  await put([0, 'a'], [DAY, 'too new']);
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
  const { rejectedLogEventsInfo } = await put([-DAY - 1, 'expired']);
  expect(rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
  expect(await messages()).toEqual(['a']);
  clock.advance(DAY + 1);
  expect(await messages()).toEqual([]);
});
