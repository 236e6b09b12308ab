/** For journeys about teardown: a resource of the stack that is created without a provision. */
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Machine } from './harness.ts';

/** Creates the log group of the stack, as a provision that was stopped early would leave it. */
export async function createLeftoverLogGroup({ endpoint }: Machine): Promise<void> {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const logs = new CloudWatchLogsClient({ endpoint, region: 'eu-west-1', credentials });
  const tags = { 'slipway:stack': 'tiny-dev', 'slipway:step': 'logGroup', 'slipway:key': '' };
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/slipway/tiny-dev', tags }));
  logs.destroy();
}
