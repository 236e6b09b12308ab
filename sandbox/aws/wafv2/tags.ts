/** Tags of web ACLs and IP sets. */
import type * as WAFV2 from '@aws-sdk/client-wafv2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { CAPITALISED, tagging } from '../tagging.ts';
import { invalidParameter, itemNotFound, tooManyTags } from './errors.ts';
import type { EntityRow } from './store.ts';

const { merged, without } = tagging({
  notation: CAPITALISED,
  check(key) {
    if (/^aws:/i.test(key))
      throw invalidParameter('Tag keys that start with aws: are reserved', 'TAG_KEYS', key);
  },
  tooMany: tooManyTags,
});

/** Returns the tags of a web ACL or an IP set after an upsert. */
export const mergeTags = merged;

function taggedEntity({ wafv2 }: Region, arn = ''): EntityRow {
  const row = wafv2.webAcls.get(arn) ?? wafv2.ipSets.get(arn);
  if (!row) throw itemNotFound();
  return row;
}

export const wafTagOperations = {
  TagResource: {
    inputMembers: ['ResourceARN', 'Tags'],
    run({ ResourceARN, Tags }, region) {
      const row = taggedEntity(region, ResourceARN);
      row.tags = merged(row.tags, Tags);
      return {};
    },
  },
  UntagResource: {
    inputMembers: ['ResourceARN', 'TagKeys'],
    run({ ResourceARN, TagKeys }, region) {
      const row = taggedEntity(region, ResourceARN);
      row.tags = without(row.tags, TagKeys);
      return {};
    },
  },
  ListTagsForResource: {
    inputMembers: ['ResourceARN', 'Limit', 'NextMarker'],
    run({ ResourceARN }, region) {
      const { ARN, tags } = taggedEntity(region, ResourceARN);
      return { TagInfoForResource: { ResourceARN: ARN, TagList: tags } };
    },
  },
} satisfies Operations<typeof WAFV2>;
