/** Tags of repositories, by ARN. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { Tag } from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { repositoryOf } from './checks.ts';
import { invalidParameter } from './errors.ts';
import type { RepositoryRow } from './store.ts';

const MOST = 50;
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** The tags after an upsert. @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html */
export function mergeTags(existing: readonly Tag[], added: readonly Tag[]): Tag[] {
  const merged = new Map(existing.map((tag) => [tag.Key, tag]));
  for (const { Key = '', Value = '' } of added) {
    const fits = Key.length >= 1 && Key.length <= 128 && Value.length <= 256;
    if (!fits || !TEXT.test(Key) || !TEXT.test(Value) || Key.startsWith('aws:')) {
      throw refusal('InvalidTagParameterException', `The tag with the key '${Key}' is not valid`);
    }
    merged.set(Key, { Key, Value });
  }
  if (merged.size > MOST) {
    throw refusal('TooManyTagsException', `A repository can have no more than ${MOST} tags`);
  }
  return [...merged.values()];
}

/** @throws InvalidParameterException for what is not a repository's ARN; RepositoryNotFoundException */
function byArn(region: Region, arn: string | undefined): RepositoryRow {
  const parts = /^arn:aws:ecr:([\w-]+):(\d{12}):repository\/(.+)$/.exec(arn ?? '');
  const [, regionName, registryId, repositoryName] = parts ?? [];
  if (regionName !== region.name) throw invalidParameter('resourceArn', 'Invalid ARN');
  return repositoryOf(region, { registryId, repositoryName });
}

export const tagOperations = {
  TagResource: {
    takes: ['resourceArn', 'tags'],
    run(input, region) {
      const row = byArn(region, input.resourceArn);
      row.tags = mergeTags(row.tags, input.tags ?? []);
      return {};
    },
  },
  UntagResource: {
    takes: ['resourceArn', 'tagKeys'],
    run(input, region) {
      const row = byArn(region, input.resourceArn);
      row.tags = row.tags.filter(({ Key = '' }) => !input.tagKeys?.includes(Key));
      return {};
    },
  },
  ListTagsForResource: {
    takes: ['resourceArn'],
    run: (input, region) => ({ tags: byArn(region, input.resourceArn).tags }),
  },
} satisfies Operations<typeof ECR>;
