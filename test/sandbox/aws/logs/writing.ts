/** Makes log streams with events for tests. */
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { sandbox } from '../../harness.ts';

export const logGroupName = '/slipway/dev';
/** The time at which the streams are created. */
export const NOW = Date.UTC(2026, 0, 20);

/** A sandbox with a log group, a way to make streams, and one to put events: `[milliseconds from NOW, message]`. */
export async function withGroup() {
  const clock = manualClock(NOW);
  const started = await sandbox({ clock });
  const { logs } = started;
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const stream = (logStreamName: string) =>
    logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const put = (logStreamName: string, ...events: [offset: number, message: string][]) =>
    logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName,
        logEvents: events.map(([offset, message]) => ({ timestamp: NOW + offset, message })),
      }),
    );
  return { ...started, clock, stream, put };
}
