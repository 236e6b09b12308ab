// The output of containers arrives in CloudWatch Logs.
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { httpRequest, eventually, machine } from './harness.ts';
import { echo, tinyStack } from './tiny-stack.ts';

test('each container has its own log stream, with every line in order and with a timestamp', async () => {
  const user = await machine();
  const flags = tinyStack(user, {
    web: { containers: { front: echo('front', 8000, '/'), back: echo('back', 9000, '/back') } },
  });
  const began = Date.now();
  const up = await user.run('provision', ...flags);
  expect(up).toMatchObject({ code: 0, problem: undefined });
  for (const line of ['one', 'two', 'drei, für alle']) {
    await httpRequest(`${up.lastLine}/?say=${encodeURIComponent(line)}`);
  }

  const logs = new CloudWatchLogsClient({
    endpoint: user.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  try {
    const logGroupName = '/slipway/tiny-dev';
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
    const streamNames = logStreams.map(({ logStreamName = '' }) => logStreamName).sort();
    expect(streamNames).toEqual([
      expect.stringMatching(/^web\/back\/[0-9a-f]{32}$/),
      expect.stringMatching(/^web\/front\/[0-9a-f]{32}$/),
    ]);
    const [backStream, frontStream] = streamNames;
    const eventsOf = async (logStreamName: string | undefined) => {
      const get = new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true });
      return (await logs.send(get)).events ?? [];
    };
    const frontEvents = await eventually(async () => {
      const events = await eventsOf(frontStream);
      return events.length >= 4 ? events : undefined;
    });
    expect(frontEvents.map(({ message }) => message)).toEqual([
      'front listens on 8000',
      'one',
      'two',
      'drei, für alle',
    ]);
    for (const { timestamp = 0 } of frontEvents) {
      expect(timestamp).toBeGreaterThanOrEqual(began);
      expect(timestamp).toBeLessThanOrEqual(Date.now());
    }
    expect((await eventsOf(backStream)).map(({ message }) => message)).toEqual(['back listens on 9000']);
  } finally {
    logs.destroy();
  }
}, 60_000);
