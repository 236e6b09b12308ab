/** Finds the log group of the stack by its name. */
import { DescribeLogGroupsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import type { Tags } from '../derive/tags.ts';
import { ifFound } from './if-found.ts';
import type { LookContext } from './context.ts';

export interface FoundLogGroup extends Readonly<Ids['logGroup']> {
  /** Days; 0 when its events never expire. */
  readonly retentionDays: number;
  /** The time of creation, which is shown for a resource of another owner. */
  readonly createdAt?: Date | undefined;
  readonly tags: Tags;
}

/**
 * The list is filtered by prefix and sorted by name, so the exact match, if any, comes first.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
 */
export async function lookLogGroup({ aws, names }: LookContext): Promise<Items<FoundLogGroup>> {
  const { logGroups = [] } = await aws.logs(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: names.logGroup }),
  );
  const group = logGroups.find(({ logGroupName }) => logGroupName === names.logGroup);
  if (!group) return new Map();
  // The tag calls take the ARN without the `:*` at the end of `arn`.
  const resourceArn = group.logGroupArn ?? group.arn?.replace(/:\*$/, '');
  const response = await ifFound(() => aws.logs(new ListTagsForResourceCommand({ resourceArn })));
  if (!response) return new Map();
  const { retentionInDays: retentionDays = 0, creationTime } = group;
  const createdAt = creationTime === undefined ? undefined : new Date(creationTime);
  return new Map([
    [ONLY, { logGroupName: names.logGroup, retentionDays, createdAt, tags: response.tags ?? {} }],
  ]);
}
