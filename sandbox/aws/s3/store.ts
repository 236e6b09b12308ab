/** The tables of S3. A partition has one set of names, so the regions of a partition share them. */
import type * as S3 from '@aws-sdk/client-s3';
import type { OperationName } from '../../operations.ts';
import { CONSISTENT_RESOURCE, Table, type Kind } from '../../world/table.ts';

type ListOperation = OperationName<typeof S3>;

export interface BucketRow {
  name: string;
  region: string;
  createdAt: Date;
  tags: { Key: string; Value: string }[];
  versioning?: 'Enabled' | 'Suspended';
  policy?: string;
  /** When the policy last changed; log delivery may see the change late. */
  policyChangedAt?: Date;
  publicAccessBlock?: S3.PublicAccessBlockConfiguration;
  ownership?: S3.ObjectOwnership;
  encryption: S3.ServerSideEncryptionConfiguration;
  lifecycle?: S3.LifecycleRule[];
}

/** A version of an object, or a delete marker. The last row of a key is its latest version. */
export interface ObjectRow {
  bucket: string;
  key: string;
  /** `null` in a bucket without versions. */
  versionId: string;
  lastModified: Date;
  isDeleteMarker: boolean;
  size: number;
  /** The MD5 of the bytes in hexadecimal digits. */
  md5: string;
  /** The key of the bytes among the blobs. */
  blob: string;
  /** The headers with which the object is returned, under the names of the SDK's members. */
  headers: { ContentType?: string; ContentEncoding?: string; CacheControl?: string };
  metadata: Record<string, string>;
  tags?: { Key: string; Value: string }[];
}

export const s3Store = () => ({
  /** New buckets and settings become visible with a delay, unlike objects. */
  buckets: new Table<BucketRow, Kind<BucketRow>>({
    isInCensus: () => true,
    lag: { listedBy: ['ListBuckets'] satisfies ListOperation[] },
  }),
  objects: new Table<ObjectRow>(CONSISTENT_RESOURCE),
});
export type S3Store = ReturnType<typeof s3Store>;
