/** Removes the log group, after the last task that could write to it. */
import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const logGroup: Removal<'logGroup'> = {
  after: ['services'],
  /** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html */
  remove: ({ aws, existing }) =>
    ignoringNotFound(() => aws.logs(new DeleteLogGroupCommand({ logGroupName: existing.logGroupName }))),
};
