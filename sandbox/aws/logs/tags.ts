/** Tags of log groups, by ARN as AWS wants it now, and by name as older clients ask. */
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { checkGroupName, checkTags, type Tags } from './checks.ts';
import { resourceNotFound } from './errors.ts';
import { groupNamed } from './groups.ts';
import type { LogGroupRow } from './store.ts';

const MOST = 50;

function merge(group: LogGroupRow, tags: Tags | undefined): void {
  const merged = { ...group.tags, ...checkTags(tags) };
  if (Object.keys(merged).length > MOST) {
    throw refusal('TooManyTagsException', `A resource can have no more than ${MOST} tags`);
  }
  group.tags = merged;
}

function remove(group: LogGroupRow, keys: readonly string[] | undefined): void {
  group.tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !keys?.includes(key)));
}

/** The ARN of a log group stands here without its `:*`, unlike in `DescribeLogGroups`' `arn`. */
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
      merge(byArn(region, input.resourceArn), input.tags);
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
      merge(byName(region, input.logGroupName), input.tags);
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
