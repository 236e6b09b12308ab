// The sandbox's log streams, through the SDK's own client.
import {
  CreateLogStreamCommand,
  DeleteLogStreamCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  type DescribeLogStreamsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { logGroupName, NOW, withGroup } from './writing.ts';

async function withStreams() {
  const started = await withGroup();
  const describe = (rest: Partial<DescribeLogStreamsCommandInput> = {}) =>
    started.logs.send(new DescribeLogStreamsCommand({ logGroupName, ...rest }));
  const names = async (rest: Partial<DescribeLogStreamsCommandInput> = {}) =>
    (await describe(rest)).logStreams?.map(({ logStreamName }) => logStreamName);
  return { ...started, describe, names };
}

test('a stream is created empty, and is described with the times of its events', async () => {
  const { stream, put, describe, clock } = await withStreams();
  await stream('api1/api1/abc');
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
  const { stream } = await withStreams();
  await stream('one');
  expect(await refusalOf(stream('one'))).toEqual({
    code: 'ResourceAlreadyExistsException',
    message: 'The specified log stream already exists',
  });
  expect(await refusalOf(stream('a:b'))).toMatchObject({ code: 'InvalidParameterException' });
  expect(await refusalOf(stream('a*'))).toMatchObject({ code: 'InvalidParameterException' });
});

test('creating a stream in an unknown log group is refused', async () => {
  const { logs } = await withStreams();
  const command = new CreateLogStreamCommand({ logGroupName: 'gone', logStreamName: 'one' });
  expect(await refusalOf(logs.send(command))).toMatchObject({ code: 'ResourceNotFoundException' });
});

test('streams can be listed by name or by last event, in ascending or descending order', async () => {
  const { stream, put, names } = await withStreams();
  for (const name of ['b', 'a', 'c']) await stream(name);
  await put('b', [1000, 'x']);
  await put('a', [3000, 'x']);
  await put('c', [2000, 'x']);
  expect(await names()).toEqual(['a', 'b', 'c']);
  expect(await names({ descending: true })).toEqual(['c', 'b', 'a']);
  expect(await names({ orderBy: 'LastEventTime', descending: true })).toEqual(['a', 'c', 'b']);
  expect(await names({ logStreamNamePrefix: 'b' })).toEqual(['b']);
});

test('streams cannot be filtered by prefix and ordered by time in the same call', async () => {
  const { describe } = await withStreams();
  const both = describe({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' });
  expect(await refusalOf(both)).toEqual({
    code: 'InvalidParameterException',
    message: 'Cannot order by LastEventTime with a logStreamNamePrefix.',
  });
});

test('a log group can be identified by name or by ARN, but not by both', async () => {
  const { stream, names, describe } = await withStreams();
  await stream('one');
  const arn = 'arn:aws:logs:eu-west-1:000000000000:log-group:/slipway/dev';
  const other = { logGroupName: undefined };
  expect(await names({ ...other, logGroupIdentifier: arn })).toEqual(['one']);
  expect(await names({ ...other, logGroupIdentifier: logGroupName })).toEqual(['one']);
  const both = describe({ logGroupIdentifier: arn });
  expect(await refusalOf(both)).toMatchObject({ code: 'InvalidParameterException' });
  const gone = describe({ ...other, logGroupIdentifier: 'gone' });
  expect(await refusalOf(gone)).toMatchObject({ code: 'ResourceNotFoundException' });
});

test('deleting a stream deletes its events', async () => {
  const { logs, stream, put } = await withStreams();
  const logStreamName = 'one';
  await stream(logStreamName);
  await put(logStreamName, [0, 'x']);
  await logs.send(new DeleteLogStreamCommand({ logGroupName, logStreamName }));
  expect(await refusalOf(logs.send(new DeleteLogStreamCommand({ logGroupName, logStreamName })))).toEqual({
    code: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  });
  await stream(logStreamName);
  const { events } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
  expect(events).toEqual([]);
});
