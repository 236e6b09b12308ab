/** Finds the log group of the stack by its name. */
import { DescribeLogGroupsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import type { Tags } from '../derive/tags.ts';
import { ifFound } from './if-found.ts';
import type { LookContext } from './context.ts';

export interface FoundLogGroup extends Readonly<Ids['logGroup']> {
  /** Days, or 0 when its events never expire. */
  readonly retentionDays: number;
  /** When it was made, for those who wonder whose it is. */
  readonly createdAt?: Date | undefined;
  readonly tags: Tags;
}

/**
 * The list is by prefix and in the order of names: the exact one, if it is there, is the first.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
 */
export async function lookLogGroup({ aws, names }: LookContext): Promise<Items<FoundLogGroup>> {
  const { logGroups = [] } = await aws.logs(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: names.logGroup }),
  );
  const group = logGroups.find(({ logGroupName }) => logGroupName === names.logGroup);
  if (!group) return new Map();
  // The tag calls take the ARN without the `:*` that stands at the end of `arn`.
  const resourceArn = group.logGroupArn ?? group.arn?.replace(/:\*$/, '');
  const answer = await ifFound(() => aws.logs(new ListTagsForResourceCommand({ resourceArn })));
  if (!answer) return new Map();
  const { retentionInDays: retentionDays = 0, creationTime } = group;
  const createdAt = creationTime === undefined ? undefined : new Date(creationTime);
  return new Map([
    [ONLY, { logGroupName: names.logGroup, retentionDays, createdAt, tags: answer.tags ?? {} }],
  ]);
}
