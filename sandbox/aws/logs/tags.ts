/** Tags of log groups. The current calls identify a group by ARN, and the older calls by name. */
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { ENTRY, tagging } from '../tagging.ts';
import { checkGroupName, checkTag, type TagRecord } from './checks.ts';
import { resourceNotFound } from './errors.ts';
import { groupNamed } from './groups.ts';
import type { LogGroupRow } from './store.ts';

const { merged, without } = tagging({
  notation: ENTRY,
  check: checkTag,
  tooMany: (max) => refusal('TooManyTagsException', `A resource can have no more than ${max} tags`),
});

function addTags(group: LogGroupRow, tags: TagRecord = {}): void {
  group.tags = Object.fromEntries(merged(Object.entries(group.tags), Object.entries(tags)));
}

function removeTags(group: LogGroupRow, keys: readonly string[] | undefined): void {
  group.tags = Object.fromEntries(without(Object.entries(group.tags), keys));
}

/** Finds a log group by ARN. Tag calls require the ARN without `:*`, unlike the `arn` that `DescribeLogGroups` returns. */
function groupByArn(region: Region, arn: string | undefined): LogGroupRow {
  const group = region.logs.groups.find(({ logGroupArn }) => logGroupArn === arn);
  if (!group) throw resourceNotFound();
  return group;
}

const groupByName = (region: Region, name: string | undefined): LogGroupRow =>
  groupNamed(region, checkGroupName(name));

export const tagOperations = {
  TagResource: {
    inputMembers: ['resourceArn', 'tags'],
    run(input, region) {
      addTags(groupByArn(region, input.resourceArn), input.tags);
      return {};
    },
  },
  UntagResource: {
    inputMembers: ['resourceArn', 'tagKeys'],
    run(input, region) {
      removeTags(groupByArn(region, input.resourceArn), input.tagKeys);
      return {};
    },
  },
  ListTagsForResource: {
    inputMembers: ['resourceArn'],
    run: (input, region) => ({ tags: groupByArn(region, input.resourceArn).tags }),
  },
  TagLogGroup: {
    inputMembers: ['logGroupName', 'tags'],
    run(input, region) {
      addTags(groupByName(region, input.logGroupName), input.tags);
      return {};
    },
  },
  UntagLogGroup: {
    inputMembers: ['logGroupName', 'tags'],
    run(input, region) {
      removeTags(groupByName(region, input.logGroupName), input.tags);
      return {};
    },
  },
  ListTagsLogGroup: {
    inputMembers: ['logGroupName'],
    run: (input, region) => ({ tags: groupByName(region, input.logGroupName).tags }),
  },
} satisfies Operations<typeof Logs>;
