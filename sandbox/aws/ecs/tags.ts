/** Tags of ECS resources: set by create calls or later, and shown only if a describe call asks for them. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Tag } from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { LOWER_CASE, tagging, tagOperationsByArn } from '../tagging.ts';
import { invalid } from './errors.ts';
import { resourceTables } from './store.ts';

/**
 * The tagging of ECS.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html
 */
const ecsTagging = tagging({
  notation: LOWER_CASE,
  check(key, value) {
    if (key.length < 1 || key.length > 128) throw invalid('Tag keys must be 1 to 128 characters long.');
    if (value.length > 256) throw invalid('Tag values must be at most 256 characters long.');
    if (/^aws:/i.test(key)) {
      throw invalid(`The tag key '${key}' is invalid: keys that begin with aws: are reserved.`);
    }
  },
  tooMany: (max) => invalid(`A resource can have at most ${max} tags.`),
});

/** Returns the tags after an upsert. @throws InvalidParameterException for invalid or too many tags */
export const mergeTags = ecsTagging.merged;

/** Returns the resource with the given ARN. Deleted clusters and services cannot have tags. */
function taggedRow({ ecs }: Region, arn = ''): { tags?: Tag[] } {
  const [, arnType] = /^arn:aws[\w-]*:ecs:[\w-]+:\d{12}:([\w-]+)\//.exec(arn) ?? [];
  const table = resourceTables(ecs).find(({ kind }) => kind.arnType === arnType);
  if (!table) throw invalid('Invalid resource ARN.');
  const row = table.get(arn);
  if (!row || !table.kind.isTaggable(row)) throw table.kind.notTaggable();
  return row;
}

export const tagOperations = tagOperationsByArn(ecsTagging, taggedRow) satisfies Operations<typeof ECS>;
