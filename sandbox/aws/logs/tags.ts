/** Tags of log groups: by ARN, and by name for older clients. */
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
  spelling: ENTRY,
  check: checkTag,
  tooMany: (most) => refusal('TooManyTagsException', `A resource can have no more than ${most} tags`),
});

function add(group: LogGroupRow, tags: TagRecord = {}): void {
  group.tags = Object.fromEntries(merged(Object.entries(group.tags), Object.entries(tags)));
}

function remove(group: LogGroupRow, keys: readonly string[] | undefined): void {
  group.tags = Object.fromEntries(without(Object.entries(group.tags), keys));
}

/** Finds a log group by ARN. Tag calls require the ARN without `:*`, unlike the `arn` that `DescribeLogGroups` returns. */
function byArn(region: Region, arn: string | undefined): LogGroupRow {
  const group = region.logs.groups.find(({ logGroupArn }) => logGroupArn === arn);
  if (!group) throw resourceNotFound();
  return group;
}

const byName = (region: Region, name: string | undefined): LogGroupRow =>
  groupNamed(region, checkGroupName(name));

export const tagOperations = {
  TagResource: {
    takes: ['resourceArn', 'tags'],
    run(input, region) {
      add(byArn(region, input.resourceArn), input.tags);
      return {};
    },
  },
  UntagResource: {
    takes: ['resourceArn', 'tagKeys'],
    run(input, region) {
      remove(byArn(region, input.resourceArn), input.tagKeys);
      return {};
    },
  },
  ListTagsForResource: {
    takes: ['resourceArn'],
    run: (input, region) => ({ tags: byArn(region, input.resourceArn).tags }),
  },
  TagLogGroup: {
    takes: ['logGroupName', 'tags'],
    run(input, region) {
      add(byName(region, input.logGroupName), input.tags);
      return {};
    },
  },
  UntagLogGroup: {
    takes: ['logGroupName', 'tags'],
    run(input, region) {
      remove(byName(region, input.logGroupName), input.tags);
      return {};
    },
  },
  ListTagsLogGroup: {
    takes: ['logGroupName'],
    run: (input, region) => ({ tags: byName(region, input.logGroupName).tags }),
  },
} satisfies Operations<typeof Logs>;
