/** Tags of load balancers, target groups, listeners and rules. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { CAPITALISED, tagging } from '../tagging.ts';
import { elbArn } from './arns.ts';
import { validation } from './errors.ts';
import type { ElbTable } from './kinds.ts';

const MAX_ARNS = 20;

/**
 * The tag rules of Elastic Load Balancing.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Tag.html
 */
const { merged, without } = tagging({
  notation: CAPITALISED,
  duplicate: (key) => refusal('DuplicateTagKeys', `Tag key was specified more than once: ${key}`),
  check(key) {
    if (key.startsWith('aws:')) throw validation(`Tag keys starting with 'aws:' are reserved: '${key}'`);
  },
  tooMany: (max) => refusal('TooManyTags', `The maximum number of tags for a resource is ${max}`),
});

/** Returns the tags after an upsert. @throws DuplicateTagKeys, TooManyTags, ValidationError for a reserved key */
export const mergeTags = merged;

function taggedRow(region: Region, arn: string): { tags: Tag[] } {
  const tables: ElbTable<{ tags: Tag[] }>[] = Object.values(region.elbv2);
  const table = tables.find(({ kind }) => arn.startsWith(elbArn(region, `${kind.arnType}/`)));
  if (!table) throw validation(`'${arn}' is not a valid resource ARN`);
  return rowOf(table, arn);
}

/** Returns the resources with the given ARNs. An unknown ARN fails the whole call. */
function taggedRows(region: Region, arns: string[] | undefined): { tags: Tag[] }[] {
  if (!arns?.length) throw validation('At least one resource ARN must be specified');
  if (arns.length > MAX_ARNS) throw validation(`At most ${MAX_ARNS} resource ARNs can be specified`);
  return arns.map((arn) => taggedRow(region, arn));
}

export const tagOperations = {
  AddTags: {
    inputMembers: ['ResourceArns', 'Tags'],
    run({ ResourceArns, Tags }, region) {
      const rows = taggedRows(region, ResourceArns);
      const changedTags = rows.map((row) => mergeTags(row.tags, Tags));
      for (const [index, row] of rows.entries()) row.tags = changedTags[index] ?? [];
      return {};
    },
  },

  RemoveTags: {
    inputMembers: ['ResourceArns', 'TagKeys'],
    run({ ResourceArns, TagKeys }, region) {
      for (const row of taggedRows(region, ResourceArns)) {
        row.tags = without(row.tags, TagKeys);
      }
      return {};
    },
  },

  DescribeTags: {
    inputMembers: ['ResourceArns'],
    run({ ResourceArns = [] }, region) {
      const rows = taggedRows(region, ResourceArns);
      return {
        TagDescriptions: rows.map(({ tags }, index) => ({ ResourceArn: ResourceArns[index], Tags: tags })),
      };
    },
  },
} satisfies Operations<typeof ELBv2>;
