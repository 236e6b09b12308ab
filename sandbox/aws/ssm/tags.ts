/** Tags of parameters. A call identifies a parameter by its name and the type of the resource. */
import type * as Ssm from '@aws-sdk/client-ssm';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { CAPITALISED, tagging } from '../tagging.ts';
import { invalidRequest, invalidResourceId, tooManyTags } from './errors.ts';
import { parameterOf } from './names.ts';
import type { ParameterRow } from './store.ts';

const { merged, without } = tagging({
  notation: CAPITALISED,
  check(key) {
    if (/^aws:/i.test(key))
      throw invalidRequest(`Tag keys that start with aws: are reserved for AWS, so ${key} cannot be used.`);
  },
  tooMany: tooManyTags,
});

/** Returns the tags of a parameter after an upsert. @throws ValidationException, TooManyTagsError */
export const mergedTags = merged;

/** @throws InvalidResourceId; NotImplemented for resources other than parameters */
function taggedParameter(region: Region, type: string | undefined, id: string | undefined): ParameterRow {
  if (type !== 'Parameter')
    throw refusal('NotImplemented', `The sandbox does not support the resource type ${type} in ssm yet`, 501);
  try {
    return parameterOf(region, id);
  } catch {
    throw invalidResourceId();
  }
}

export const parameterTagOperations = {
  AddTagsToResource: {
    inputMembers: ['ResourceType', 'ResourceId', 'Tags'],
    run(input, region) {
      const row = taggedParameter(region, input.ResourceType, input.ResourceId);
      row.tags = merged(row.tags, input.Tags);
      return {};
    },
  },
  RemoveTagsFromResource: {
    inputMembers: ['ResourceType', 'ResourceId', 'TagKeys'],
    run(input, region) {
      const row = taggedParameter(region, input.ResourceType, input.ResourceId);
      row.tags = without(row.tags, input.TagKeys);
      return {};
    },
  },
  ListTagsForResource: {
    inputMembers: ['ResourceType', 'ResourceId'],
    run: (input, region) => ({
      TagList: taggedParameter(region, input.ResourceType, input.ResourceId).tags,
    }),
  },
} satisfies Operations<typeof Ssm>;
