/** Tags of scalable targets. Nothing else in Application Auto Scaling has tags. */
import type * as AutoScaling from '@aws-sdk/client-application-auto-scaling';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { ENTRY, tagging } from '../tagging.ts';
import { invalid, unknownResource } from './errors.ts';
import type { ScalableTargetRow } from './store.ts';

type TagMap = Record<string, string>;

const { merged, without } = tagging({
  notation: ENTRY,
  check(key, value) {
    if (key.startsWith('aws:')) throw invalid(`The tag key ${key} is reserved for AWS`);
    if (key.length < 1 || key.length > 128) throw invalid('A tag key must have 1 to 128 characters');
    if (value.length > 256) throw invalid('A tag value can have at most 256 characters');
  },
  tooMany: (max) => refusal('TooManyTagsException', `A resource can have no more than ${max} tags`),
});

/** Returns the tags after an upsert. @throws ValidationException, TooManyTagsException */
export const withTags = (existing: TagMap = {}, added: TagMap = {}): TagMap =>
  Object.fromEntries(merged(Object.entries(existing), Object.entries(added)));

function targetWithArn(region: Region, arn = ''): ScalableTargetRow {
  const target = region.autoscaling.targets.find(({ ScalableTargetARN }) => ScalableTargetARN === arn);
  if (!target) throw unknownResource(arn);
  return target;
}

export const tagOperations = {
  TagResource: {
    inputMembers: ['ResourceARN', 'Tags'],
    run({ ResourceARN, Tags }, region) {
      const target = targetWithArn(region, ResourceARN);
      target.tags = withTags(target.tags, Tags);
      return {};
    },
  },
  UntagResource: {
    inputMembers: ['ResourceARN', 'TagKeys'],
    run({ ResourceARN, TagKeys }, region) {
      const target = targetWithArn(region, ResourceARN);
      target.tags = Object.fromEntries(without(Object.entries(target.tags ?? {}), TagKeys));
      return {};
    },
  },
  ListTagsForResource: {
    inputMembers: ['ResourceARN'],
    run: ({ ResourceARN }, region) => ({ Tags: targetWithArn(region, ResourceARN).tags ?? {} }),
  },
} satisfies Operations<typeof AutoScaling>;
