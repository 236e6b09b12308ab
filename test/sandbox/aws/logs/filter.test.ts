// Searching the sandbox's log groups, through the SDK's client.
import { FilterLogEventsCommand, type FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { logGroupName, NOW, logGroupScene } from './writing.ts';

async function logEventScene() {
  const { logs, createStream, put } = await logGroupScene();
  await createStream('api1/a');
  await createStream('api2/b');
  await put('api1/a', [1, 'ERROR one'], [3, 'WARN three'], [5, 'GET /api1 200']);
  await put('api2/b', [2, 'ERROR WARN two'], [3, 'ERRORCODE three'], [4, 'say "hi"']);
  const filter = (rest: Partial<FilterLogEventsCommandInput> = {}) =>
    logs.send(new FilterLogEventsCommand({ logGroupName, ...rest }));
  const messages = async (rest: Partial<FilterLogEventsCommandInput> = {}) =>
    (await filter(rest)).events?.map(({ message }) => message);
  return { filter, messages, put };
}

test('the events of all streams are returned in chronological order, each with its stream and an id', async () => {
  const { filter, messages } = await logEventScene();
  const { events = [], searchedLogStreams } = await filter({ interleaved: true });
  expect(events.map(({ timestamp = 0 }) => timestamp - NOW)).toEqual([1, 2, 3, 3, 4, 5]);
  expect(events[0]).toEqual({
    logStreamName: 'api1/a',
    timestamp: NOW + 1,
    message: 'ERROR one',
    ingestionTime: NOW,
    eventId: expect.stringMatching(/^\d{56}$/),
  });
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(6);
  expect(searchedLogStreams).toEqual([]);
  expect(await messages()).toEqual(events.map(({ message }) => message));
});

test('streams can be selected by name or by prefix, but not by both', async () => {
  const { filter, messages } = await logEventScene();
  expect(await messages({ logStreamNames: ['api2/b'] })).toHaveLength(3);
  expect(await messages({ logStreamNamePrefix: 'api1/' })).toContain('GET /api1 200');
  const both = filter({ logStreamNames: ['api2/b'], logStreamNamePrefix: 'api1' });
  expect(await refusalOf(both)).toMatchObject({ code: 'InvalidParameterException' });
  const gone = filter({ logStreamNames: ['gone'] });
  expect(await refusalOf(gone)).toMatchObject({ code: 'ResourceNotFoundException' });
});

test('FilterLogEvents includes events at both the start time and the end time', async () => {
  const { messages } = await logEventScene();
  expect(await messages({ startTime: NOW + 2, endTime: NOW + 4 })).toHaveLength(4);
});

test('paging neither skips nor repeats events, even within the same millisecond', async () => {
  const { filter } = await logEventScene();
  const seen: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await filter({ limit: 1, nextToken });
    seen.push(...(page.events ?? []).map(({ message }) => message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(seen).toHaveLength(6);
  expect(new Set(seen).size).toBe(6);
  for (const rest of [{ nextToken: 'bogus' }, { limit: 10_001 }, { logGroupName: undefined }]) {
    expect(await refusalOf(filter(rest))).toMatchObject({ code: 'InvalidParameterException' });
  }
});

test.each([
  ['ERROR', ['ERROR one', 'ERROR WARN two', 'ERRORCODE three']],
  ['error', []],
  ['ERROR WARN', ['ERROR WARN two']],
  ['ERROR -WARN', ['ERROR one', 'ERRORCODE three']],
  ['-ERROR', ['WARN three', 'say "hi"', 'GET /api1 200']],
  ['?one ?two', ['ERROR one', 'ERROR WARN two']],
  ['"GET /api1"', ['GET /api1 200']],
  ['"say \\"hi\\""', ['say "hi"']],
  [' ', 6],
])('the filter pattern %s finds the messages that match its terms', async (filterPattern, expected) => {
  const { messages } = await logEventScene();
  const found = await messages({ filterPattern });
  if (typeof expected === 'number') expect(found).toHaveLength(expected);
  else expect(found).toEqual(expected);
});

test.each(['{ $.level = "error" }', '[ip, user, ...]', '%ERR.R%', 'GET /api1', '"open', '?one two'])(
  'the filter pattern %s is refused because the sandbox does not support it',
  async (filterPattern) => {
    const { filter } = await logEventScene();
    expect(await refusalOf(filter({ filterPattern }))).toEqual({
      code: 'InvalidParameterException',
      message: `Invalid filter pattern: the sandbox supports only words, "phrases", -excluded and ?alternative terms, not ${filterPattern}`,
    });
  },
);
