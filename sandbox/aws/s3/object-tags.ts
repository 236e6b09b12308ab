/** Tags of objects: set with an object, or replaced as a whole afterwards. */
import type * as S3 from '@aws-sdk/client-s3';
import type { Operations } from '../../operations.ts';
import { tagging, CAPITALISED } from '../tagging.ts';
import { badRequest, invalidTag } from './errors.ts';
import { existingObject, versionOf } from './object-lookup.ts';
import type { ObjectRow } from './store.ts';

const MAX_TAGS = 10;

const { merged } = tagging({
  notation: CAPITALISED,
  check(key) {
    if (key === '' || key.length > 128) throw invalidTag('The TagKey you have provided is invalid');
  },
  duplicate: () => invalidTag('Cannot provide multiple Tags with the same key'),
  tooMany: () => badRequest(`Object tags cannot be greater than ${MAX_TAGS}`),
});

function checkedTags(tags: readonly S3.Tag[] | undefined): ObjectRow['tags'] {
  if ((tags ?? []).length > MAX_TAGS) throw badRequest(`Object tags cannot be greater than ${MAX_TAGS}`);
  return merged([], tags);
}

/** Reads the tags in the header of a write, which has the form of a query. */
export const tagsInHeader = (header: string | undefined): ObjectRow['tags'] =>
  checkedTags([...new URLSearchParams(header ?? '')].map(([Key, Value]) => ({ Key, Value })));

const MEMBERS = ['Bucket', 'ExpectedBucketOwner', 'Key', 'VersionId'] as const;

export const objectTagOperations = {
  GetObjectTagging: {
    inputMembers: MEMBERS,
    run(input, region) {
      const [bucket, row] = existingObject(region, input);
      return { TagSet: row.tags ?? [], VersionId: versionOf(bucket, row) };
    },
  },
  PutObjectTagging: {
    inputMembers: [...MEMBERS, 'Tagging', 'ContentMD5', 'ChecksumAlgorithm'],
    run(input, region) {
      const [bucket, row] = existingObject(region, input);
      row.tags = checkedTags(input.Tagging?.TagSet);
      return { VersionId: versionOf(bucket, row) };
    },
  },
  DeleteObjectTagging: {
    inputMembers: MEMBERS,
    run(input, region) {
      const [bucket, row] = existingObject(region, input);
      row.tags = [];
      return { VersionId: versionOf(bucket, row) };
    },
  },
} satisfies Operations<typeof S3>;
