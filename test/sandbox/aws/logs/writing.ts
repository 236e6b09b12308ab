/** Makes log streams with events for tests. */
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { sandbox } from '../../harness.ts';

export const logGroupName = '/slipway/dev';
/** The creation time of the streams, in milliseconds since 1970. */
export const NOW = Date.UTC(2026, 0, 20);

/** Starts a sandbox with a log group. `put` takes events as `[milliseconds from NOW, message]`. */
export async function logGroupScene() {
  const clock = manualClock(NOW);
  const started = await sandbox({ clock });
  const { logs } = started;
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const createStream = (logStreamName: string) =>
    logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const put = (logStreamName: string, ...events: [offset: number, message: string][]) =>
    logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName,
        logEvents: events.map(([offset, message]) => ({ timestamp: NOW + offset, message })),
      }),
    );
  return { ...started, clock, createStream, put };
}
