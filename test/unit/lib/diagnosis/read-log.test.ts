// Reading the end of a log: backwards, until it contains an error.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { readLogEnd } from '../../../../lib/diagnosis/read-log.ts';
import { awsError, lookContextOf, mocks, sentCalls } from '../../step-harness.ts';

const STREAM = { logGroupName: '/slipway/shop-dev', logStreamName: 'web/api/1' };
const page = (first: string, token: string) => ({
  events: [first, ...Array.from({ length: 999 }, () => 'tick')].map((message) => ({ message })),
  nextBackwardToken: token,
});
const read = () => readLogEnd(lookContextOf().aws, STREAM);

test('earlier pages are read until one contains an error', async () => {
  mocks.logs
    .on(GetLogEventsCommand)
    .resolvesOnce(page('tick', 'b/1'))
    .resolvesOnce(page('Error: no database\n', 'b/2'))
    .resolves(page('Error: too early', 'b/3'));
  const lines = await read();
  expect(lines?.[0]).toBe('Error: no database');
  expect(lines).toHaveLength(2000);
  expect(sentCalls().map(({ input }) => (input as { nextToken?: string }).nextToken)).toEqual([
    undefined,
    'b/1',
  ]);
});

test('a log without an error is read to its beginning, but not beyond four pages', async () => {
  mocks.logs
    .on(GetLogEventsCommand)
    .resolves({ events: [{ message: 'only line' }], nextBackwardToken: 'b/1' });
  expect(await read()).toEqual(['only line']);
  mocks.logs
    .on(GetLogEventsCommand)
    .callsFake(({ nextToken = '' }: { nextToken?: string }) => page('tick', `${nextToken}b`));
  expect(await read()).toHaveLength(4000);
});

test('a stream that does not exist has no lines', async () => {
  mocks.logs.on(GetLogEventsCommand).rejects(awsError('ResourceNotFoundException', 'no such stream'));
  expect(await read()).toBeUndefined();
});
