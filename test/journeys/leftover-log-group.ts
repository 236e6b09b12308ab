/** For journeys about taking down: something of the stack that costs no provision to make. */
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Machine } from './harness.ts';

/** Leaves one thing of the stack in its sandbox, as a provision that was stopped early would: enough to be torn down. */
export async function createLeftoverLogGroup({ endpoint }: Machine): Promise<void> {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const logs = new CloudWatchLogsClient({ endpoint, region: 'eu-west-1', credentials });
  const tags = { 'slipway:stack': 'tiny-dev', 'slipway:step': 'logGroup', 'slipway:key': '' };
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/slipway/tiny-dev', tags }));
  logs.destroy();
}
