/** CreateTags, DeleteTags and DescribeTags for every kind of EC2 resource. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { TagDescription } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { isWellFormedId, missingParameter } from './errors.ts';
import { filtered, page, type FilterTable } from './filters.ts';
import { resourceTables } from './store.ts';
import { mergeTags, tagsOfRow, type Tagged } from './tags.ts';

/** @throws Invalid…ID.NotFound for an unknown id, InvalidID for a malformed id or an unknown prefix */
function taggedRow({ ec2 }: Region, id: string): Tagged {
  const prefix = id.slice(0, id.indexOf('-'));
  const table = resourceTables(ec2).find(({ kind }) => kind.idPrefix === prefix);
  if (!table || !isWellFormedId(prefix, id)) throw refusal('InvalidID', `The ID '${id}' is not valid`);
  return rowOf(table, id);
}

function setTags(row: Tagged, tags: EC2.Tag[]): void {
  if (row.TagSet) row.TagSet = tags;
  else row.Tags = tags;
}

function tagDescriptions({ ec2 }: Region): TagDescription[] {
  return resourceTables(ec2).flatMap((table) =>
    table.entries().flatMap(([ResourceId, row]) =>
      tagsOfRow(row).map(({ Key, Value }) => ({
        ResourceId,
        ResourceType: table.kind.tagType,
        Key,
        Value,
      })),
    ),
  );
}

/** The filters of `DescribeTags`, whose rows are single tags. The function `filtered` adds `tag:<key>` and `tag-key`. */
const filters: FilterTable<TagDescription & Tagged> = {
  key: ({ Key }) => Key,
  value: ({ Value }) => Value,
  'resource-id': ({ ResourceId }) => ResourceId,
  'resource-type': ({ ResourceType }) => ResourceType,
};

export const tagOperations = {
  /** Tags all resources of the call, or no resource if one of them does not exist. */
  CreateTags: {
    inputMembers: ['Resources', 'Tags'],
    run({ Resources = [], Tags = [] }, region) {
      if (Resources.length === 0) throw missingParameter('resourceIdSet');
      if (Tags.length === 0) throw missingParameter('tagSet');
      const changes = Resources.map((id) => taggedRow(region, id)).map(
        (row) => [row, mergeTags(tagsOfRow(row), Tags)] as const,
      );
      for (const [row, tags] of changes) setTags(row, tags);
      return {};
    },
  },

  /** A tag without a value matches every value of its key. A call without tags deletes all tags. */
  DeleteTags: {
    inputMembers: ['Resources', 'Tags'],
    run({ Resources = [], Tags }, region) {
      if (Resources.length === 0) throw missingParameter('resourceIdSet');
      const rows = Resources.map((id) => taggedRow(region, id));
      const isDeleted = (tag: EC2.Tag) =>
        !Tags || Tags.some(({ Key, Value }) => Key === tag.Key && (Value ?? tag.Value) === tag.Value);
      for (const row of rows) {
        setTags(
          row,
          tagsOfRow(row).filter((tag) => !isDeleted(tag)),
        );
      }
      return {};
    },
  },

  DescribeTags: {
    inputMembers: ['Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const all = tagDescriptions(region).map((one) => ({
        ...one,
        Tags: [{ Key: one.Key, Value: one.Value }],
      }));
      const { rows, NextToken } = page(filtered(all, input.Filters, filters), input);
      return { Tags: rows, NextToken };
    },
  },
} satisfies Operations<typeof EC2>;
