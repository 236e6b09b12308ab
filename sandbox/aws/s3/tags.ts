/** Tags of buckets, which a call replaces as a whole. */
import type * as S3 from '@aws-sdk/client-s3';
import type { Operations } from '../../operations.ts';
import { CAPITALISED, tagging } from '../tagging.ts';
import { invalidTag, MISSING } from './errors.ts';
import { bucketOf } from './lookup.ts';

const { merged } = tagging({
  notation: CAPITALISED,
  check(key, value) {
    if (key === '' || key.length > 128) throw invalidTag('The TagKey you have provided is invalid');
    if (key.startsWith('aws:')) throw invalidTag('System tags cannot be added/updated by requester');
    if (value.length > 256 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value))
      throw invalidTag('The TagValue you have provided is invalid');
  },
  duplicate: () => invalidTag('Cannot provide multiple Tags with the same key'),
  tooMany: (max) => invalidTag(`Bucket tag count cannot be greater than ${max}`),
});
export const mergedTags = merged;

export const tagOperations = {
  GetBucketTagging: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner'],
    run(input, region) {
      const { tags } = bucketOf(region, input);
      if (tags.length === 0) throw MISSING.tags();
      return { TagSet: tags };
    },
  },
  PutBucketTagging: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner', 'Tagging', 'ContentMD5', 'ChecksumAlgorithm'],
    run(input, region) {
      bucketOf(region, input).tags = merged([], input.Tagging?.TagSet);
      return {};
    },
  },
  DeleteBucketTagging: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner'],
    run(input, region) {
      bucketOf(region, input).tags = [];
      return {};
    },
  },
} satisfies Operations<typeof S3>;
