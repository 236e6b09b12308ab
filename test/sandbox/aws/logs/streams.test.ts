// The sandbox's log streams, through the SDK's client.
import {
  CreateLogStreamCommand,
  DeleteLogStreamCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  type DescribeLogStreamsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { logGroupName, NOW, logGroupScene } from './writing.ts';

async function streamScene() {
  const started = await logGroupScene();
  const describe = (rest: Partial<DescribeLogStreamsCommandInput> = {}) =>
    started.logs.send(new DescribeLogStreamsCommand({ logGroupName, ...rest }));
  const names = async (rest: Partial<DescribeLogStreamsCommandInput> = {}) =>
    (await describe(rest)).logStreams?.map(({ logStreamName }) => logStreamName);
  return { ...started, describe, names };
}

test('a stream is created empty, and is described with the times of its events', async () => {
  const { createStream, put, describe, clock } = await streamScene();
  await createStream('api1/api1/abc');
  const empty = {
    logStreamName: 'api1/api1/abc',
    creationTime: NOW,
    arn: 'arn:aws:logs:eu-west-1:000000000000:log-group:/slipway/dev:log-stream:api1/api1/abc',
    storedBytes: 0,
  };
  expect((await describe()).logStreams).toEqual([empty]);
  clock.advance(5000);
  await put('api1/api1/abc', [1000, 'first'], [2000, 'last']);
  expect((await describe()).logStreams).toEqual([
    {
      ...empty,
      firstEventTimestamp: NOW + 1000,
      lastEventTimestamp: NOW + 2000,
      lastIngestionTime: NOW + 5000,
    },
  ]);
});

test('existing stream names and names with colons or stars are refused', async () => {
  const { createStream } = await streamScene();
  await createStream('one');
  expect(await refusalOf(createStream('one'))).toEqual({
    code: 'ResourceAlreadyExistsException',
    message: 'The specified log stream already exists',
  });
  expect(await refusalOf(createStream('a:b'))).toMatchObject({ code: 'InvalidParameterException' });
  expect(await refusalOf(createStream('a*'))).toMatchObject({ code: 'InvalidParameterException' });
});

test('creating a stream in an unknown log group is refused', async () => {
  const { logs } = await streamScene();
  const command = new CreateLogStreamCommand({ logGroupName: 'gone', logStreamName: 'one' });
  expect(await refusalOf(logs.send(command))).toMatchObject({ code: 'ResourceNotFoundException' });
});

test('streams can be sorted by name or by the time of their last event, in ascending or descending order', async () => {
  const { createStream, put, names } = await streamScene();
  for (const name of ['b', 'a', 'c']) await createStream(name);
  await put('b', [1000, 'x']);
  await put('a', [3000, 'x']);
  await put('c', [2000, 'x']);
  expect(await names()).toEqual(['a', 'b', 'c']);
  expect(await names({ descending: true })).toEqual(['c', 'b', 'a']);
  expect(await names({ orderBy: 'LastEventTime', descending: true })).toEqual(['a', 'c', 'b']);
  expect(await names({ logStreamNamePrefix: 'b' })).toEqual(['b']);
});

test('streams cannot be filtered by prefix and ordered by time in the same call', async () => {
  const { describe } = await streamScene();
  const both = describe({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' });
  expect(await refusalOf(both)).toEqual({
    code: 'InvalidParameterException',
    message: 'Cannot order by LastEventTime with a logStreamNamePrefix.',
  });
});

test('a log group can be identified by name or by ARN, but not by both', async () => {
  const { createStream, names, describe } = await streamScene();
  await createStream('one');
  const arn = 'arn:aws:logs:eu-west-1:000000000000:log-group:/slipway/dev';
  const withoutName = { logGroupName: undefined };
  expect(await names({ ...withoutName, logGroupIdentifier: arn })).toEqual(['one']);
  expect(await names({ ...withoutName, logGroupIdentifier: logGroupName })).toEqual(['one']);
  const both = describe({ logGroupIdentifier: arn });
  expect(await refusalOf(both)).toEqual({
    code: 'ValidationException',
    message: 'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
  });
  const gone = describe({ ...withoutName, logGroupIdentifier: 'gone' });
  expect(await refusalOf(gone)).toMatchObject({ code: 'ResourceNotFoundException' });
});

test('deleting a stream deletes its events', async () => {
  const { logs, createStream, put } = await streamScene();
  const logStreamName = 'one';
  await createStream(logStreamName);
  await put(logStreamName, [0, 'x']);
  await logs.send(new DeleteLogStreamCommand({ logGroupName, logStreamName }));
  expect(await refusalOf(logs.send(new DeleteLogStreamCommand({ logGroupName, logStreamName })))).toEqual({
    code: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  });
  await createStream(logStreamName);
  const { events } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
  expect(events).toEqual([]);
});
