/** Finds the log groups of the stack by their names. */
import { DescribeLogGroupsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import { FLOW_LOGS } from '../derive/names.ts';
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
 * The list is filtered by prefix and sorted by name, so an exact match, if any, comes first. The name of one group is the prefix
 * of the other's, but so are the names of other stacks' groups: each group has its own list.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
 */
export async function lookLogGroup(context: LookContext): Promise<Items<FoundLogGroup>> {
  const { logGroup, flowLogGroup } = context.names;
  const found = await Promise.all(
    [[ONLY, logGroup] as const, [FLOW_LOGS, flowLogGroup] as const].map(
      async ([key, name]) => [key, await lookByName(context, name)] as const,
    ),
  );
  return new Map(found.flatMap(([key, group]) => (group ? [[key, group] as const] : [])));
}

async function lookByName({ aws }: LookContext, name: string): Promise<FoundLogGroup | undefined> {
  const { logGroups = [] } = await aws.logs(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  const group = logGroups.find(({ logGroupName }) => logGroupName === name);
  if (!group) return undefined;
  // The tag calls take the ARN without the `:*` at the end of `arn`.
  const resourceArn = group.logGroupArn ?? group.arn?.replace(/:\*$/, '');
  const response = await ifFound(() => aws.logs(new ListTagsForResourceCommand({ resourceArn })));
  if (!response) return undefined;
  const { retentionInDays: retentionDays = 0, creationTime } = group;
  const createdAt = creationTime === undefined ? undefined : new Date(creationTime);
  return { logGroupName: name, retentionDays, createdAt, tags: response.tags ?? {} };
}
