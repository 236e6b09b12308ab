// Appending container output to the sandbox's log streams.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect, jest, test } from '@jest/globals';
import { appendLog, hasLogGroup } from '../../../../sandbox/aws/logs/append.ts';
import { DROPPED_EVENTS, MAX_EVENTS, MAX_WEIGHT } from '../../../../sandbox/aws/logs/stream-rows.ts';
import { World } from '../../../../sandbox/world/world.ts';
import { logGroupName, NOW, logGroupScene } from './writing.ts';

test('a line is appended to its stream, which is created if it does not exist', async () => {
  const { logs, region } = await logGroupScene();
  expect([hasLogGroup(region, logGroupName), hasLogGroup(region, 'gone')]).toEqual([true, false]);
  appendLog(region, logGroupName, 'api1/api1/abc', 'first', NOW + 1);
  appendLog(region, logGroupName, 'api1/api1/abc', 'second', NOW + 2);
  const { events } = await logs.send(
    new GetLogEventsCommand({ logGroupName, logStreamName: 'api1/api1/abc' }),
  );
  expect(events?.map(({ message }) => message)).toEqual(['first', 'second']);
});

test('appending to an unknown log group throws instead of creating the group', async () => {
  const { region } = await logGroupScene();
  expect(() => appendLog(region, 'gone', 'one', 'line', NOW)).toThrow(
    'The specified log group does not exist.',
  );
  expect(region.logs.streams.size).toBe(0);
});

test('a stream keeps only its newest events, and drops the oldest ones together', async () => {
  const { logs, region } = await logGroupScene();
  const append = (n: number) => appendLog(region, logGroupName, 'one', `line ${n}`, NOW + n);
  for (let n = 0; n < MAX_EVENTS; n++) append(n);
  const readOne = (nextToken?: string) =>
    logs.send(
      new GetLogEventsCommand({
        logGroupName,
        logStreamName: 'one',
        startFromHead: true,
        limit: 1,
        nextToken,
      }),
    );
  const first = await readOne();
  expect(first.events).toMatchObject([{ message: 'line 0' }]);
  append(MAX_EVENTS);
  const oldest = `line ${DROPPED_EVENTS}`;
  expect((await readOne()).events).toMatchObject([{ message: oldest }]);
  expect((await readOne(first.nextForwardToken)).events).toMatchObject([{ message: oldest }]);
  expect(region.logs.streams.get(`${logGroupName}:one`)).toMatchObject({
    firstEventTimestamp: NOW + DROPPED_EVENTS,
    lastEventTimestamp: NOW + MAX_EVENTS,
  });
});

test('the total size of the events in a stream is limited', async () => {
  const { region } = await logGroupScene();
  const line = 'x'.repeat(1024 * 1024 - 26);
  for (let n = 0; n < 20; n++) appendLog(region, logGroupName, 'one', line, NOW + n);
  const stream = region.logs.streams.get(`${logGroupName}:one`);
  expect(stream).toMatchObject({ weight: MAX_WEIGHT, firstEventTimestamp: NOW + 4 });
});

test('many lines in quick succession count as a single change of the world', () => {
  jest.useFakeTimers();
  try {
    const world = new World();
    const region = world.region('eu-west-1');
    region.logs.groups.set(logGroupName, { logGroupName, tags: {} });
    const onChange = jest.fn();
    world.onChange(onChange);
    for (let n = 0; n < 100; n++) appendLog(region, logGroupName, 'one', `line ${n}`, NOW);
    expect(onChange).not.toHaveBeenCalled();
    jest.runAllTimers();
    expect(onChange).toHaveBeenCalledTimes(1);
    appendLog(region, logGroupName, 'one', 'later', NOW);
    jest.runAllTimers();
    expect(onChange).toHaveBeenCalledTimes(2);
  } finally {
    jest.useRealTimers();
  }
});
