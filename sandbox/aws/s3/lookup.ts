/** Finds the bucket of a call: it must exist, belong to the region of the call, and to the expected owner. */
import type { Region } from '../../world/region.ts';
import { accessDenied, noSuchBucket, permanentRedirect } from './errors.ts';
import type { BucketRow } from './store.ts';

/** The members that every call for a bucket has. */
export interface BucketInput {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/** Returns the bucket of a call from any region. @throws NoSuchBucket, AccessDenied */
export function anyBucketOf(
  { s3, account }: Region,
  { Bucket = '', ExpectedBucketOwner }: BucketInput,
): BucketRow {
  const bucket = s3.buckets.get(Bucket);
  if (!bucket) throw noSuchBucket(Bucket);
  if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== account) throw accessDenied();
  return bucket;
}

/** Returns the bucket of a call from its own region. @throws NoSuchBucket, AccessDenied, PermanentRedirect */
export function bucketOf(region: Region, input: BucketInput): BucketRow {
  const bucket = anyBucketOf(region, input);
  if (bucket.region !== region.name) throw permanentRedirect(bucket.name, bucket.region);
  return bucket;
}

export const arnOfBucket = ({ partition }: Region, name: string): string =>
  `arn:${partition.id}:s3:::${name}`;
