/** Finds the log group of the stack by its name. */
import { DescribeLogGroupsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ONLY, type Ids, type Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundLogGroup extends Readonly<Ids['logGroup']> {
  /** Days, or 0 when its events never expire. */
  readonly retentionDays: number;
  readonly tags: Tags;
}

/**
 * The list is by prefix: only the exact name is ours.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
 */
export async function lookLogGroup({ aws, names }: See): Promise<Items<FoundLogGroup>> {
  const { logGroups = [] } = await aws.logs(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: names.logGroup }),
  );
  const group = logGroups.find(({ logGroupName }) => logGroupName === names.logGroup);
  if (!group) return new Map();
  // The tag calls take the ARN without the `:*` that stands at the end of `arn`.
  const resourceArn = group.logGroupArn ?? group.arn?.replace(/:\*$/, '');
  const { tags = {} } = await aws.logs(new ListTagsForResourceCommand({ resourceArn }));
  return new Map([[ONLY, { logGroupName: names.logGroup, retentionDays: group.retentionInDays ?? 0, tags }]]);
}
