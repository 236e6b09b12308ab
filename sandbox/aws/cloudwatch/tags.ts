/** Tags of alarms. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type { Tag } from '@aws-sdk/client-cloudwatch';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { CAPITALISED, tagging } from '../tagging.ts';
import { invalidValue, resourceNotFound } from './errors.ts';
import type { AlarmRow } from './store.ts';

const { merged, without } = tagging({
  notation: CAPITALISED,
  check(key) {
    if (key.startsWith('aws:')) throw invalidValue(`The tag key ${key} is reserved for AWS.`);
  },
  tooMany: (max) => invalidValue(`A resource can have no more than ${max} tags.`),
});

/** Returns the checked tags of a new alarm. @throws InvalidParameterValue */
export const alarmTags = (tags: readonly Tag[] | undefined) => merged([], tags);

function alarmWithArn(region: Region, arn = ''): AlarmRow {
  const alarm = region.cloudwatch.alarms.find(({ AlarmArn }) => AlarmArn === arn);
  if (!alarm) throw resourceNotFound(arn);
  return alarm;
}

export const tagOperations = {
  TagResource: {
    inputMembers: ['ResourceARN', 'Tags'],
    run({ ResourceARN, Tags }, region) {
      const alarm = alarmWithArn(region, ResourceARN);
      alarm.tags = merged(alarm.tags, Tags);
      return {};
    },
  },
  UntagResource: {
    inputMembers: ['ResourceARN', 'TagKeys'],
    run({ ResourceARN, TagKeys }, region) {
      const alarm = alarmWithArn(region, ResourceARN);
      alarm.tags = without(alarm.tags, TagKeys);
      return {};
    },
  },
  ListTagsForResource: {
    inputMembers: ['ResourceARN'],
    run: ({ ResourceARN }, region) => ({ Tags: alarmWithArn(region, ResourceARN).tags }),
  },
} satisfies Operations<typeof CloudWatch>;
