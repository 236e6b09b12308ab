/** Objects: written, read and deleted by key, and by version where a bucket keeps versions. */
import { createHash } from 'node:crypto';
import type * as S3 from '@aws-sdk/client-s3';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { badDigest, malformedXml } from './errors.ts';
import { expireObjects } from './expiry.ts';
import { bucketOf } from './lookup.ts';
import { existingObject, versionOf } from './object-lookup.ts';
import { deleteObject, findVersion, removeVersion, writeObject } from './object-rows.ts';
import { tagsInHeader } from './object-tags.ts';
import type { BucketRow, ObjectRow } from './store.ts';

const MAX_DELETED = 1000;
const READ_MEMBERS = ['Bucket', 'ExpectedBucketOwner', 'Key', 'VersionId', 'ChecksumMode'] as const;

const headersOf = (bucket: BucketRow, row: ObjectRow) => ({
  AcceptRanges: 'bytes',
  LastModified: row.lastModified,
  ContentLength: row.size,
  ETag: `"${row.md5}"`,
  VersionId: versionOf(bucket, row),
  ServerSideEncryption: 'AES256' as const,
  ...row.headers,
  TagCount: row.tags?.length || undefined,
  Metadata: row.metadata,
});

/** Deletes a version for good, or the object as its bucket deletes objects. */
function remove(region: Region, bucket: BucketRow, key: string, versionId: string | undefined) {
  if (versionId === undefined) {
    const marker = deleteObject(region, bucket, key);
    return marker && { DeleteMarker: true, VersionId: marker.versionId };
  }
  const row = findVersion(region, bucket.name, key, versionId);
  if (row) removeVersion(region, row);
  return { VersionId: versionId, ...(row?.isDeleteMarker && { DeleteMarker: true }) };
}

export const objectOperations = {
  PutObject: {
    inputMembers: [
      'Bucket',
      'ExpectedBucketOwner',
      'Key',
      'Body',
      'ContentLength',
      'ContentMD5',
      'ContentType',
      'ContentEncoding',
      'CacheControl',
      'Metadata',
      'Tagging',
      'ChecksumAlgorithm',
      'ChecksumCRC32',
      'ChecksumCRC32C',
      'ChecksumCRC64NVME',
      'ChecksumSHA1',
      'ChecksumSHA256',
    ],
    run(input, region) {
      const bucket = bucketOf(region, input);
      const { Key = '', Body, ContentMD5, ContentType = 'binary/octet-stream', Metadata } = input;
      const bytes = Body as unknown as Uint8Array;
      if (ContentMD5 !== undefined && createHash('md5').update(bytes).digest('base64') !== ContentMD5)
        throw badDigest();
      // The encoding of the transfer is not an encoding of the object.
      const ContentEncoding = input.ContentEncoding?.replace(/^aws-chunked,?\s*/, '') || undefined;
      const { CacheControl } = input;
      const headers = {
        ContentType,
        ...(ContentEncoding !== undefined && { ContentEncoding }),
        ...(CacheControl !== undefined && { CacheControl }),
      };
      const row = writeObject(region, bucket, Key, bytes, {
        headers,
        metadata: Metadata ?? {},
        tags: tagsInHeader(input.Tagging),
      });
      return {
        ETag: `"${row.md5}"`,
        VersionId: versionOf(bucket, row),
        ServerSideEncryption: 'AES256' as const,
      };
    },
  },

  GetObject: {
    inputMembers: READ_MEMBERS,
    before: expireObjects,
    run(input, region) {
      const [bucket, row] = existingObject(region, input);
      const Body = (region.blobs.get(row.blob) ?? new Uint8Array()) as unknown as S3.GetObjectOutput['Body'];
      return { ...headersOf(bucket, row), Body } as Omit<S3.GetObjectCommandOutput, '$metadata'>;
    },
  },

  HeadObject: {
    inputMembers: READ_MEMBERS,
    before: expireObjects,
    run: (input, region) => headersOf(...existingObject(region, input)),
  },

  /** An unknown key is not an error. */
  DeleteObject: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner', 'Key', 'VersionId'],
    run: (input, region) => remove(region, bucketOf(region, input), input.Key ?? '', input.VersionId) ?? {},
  },

  DeleteObjects: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner', 'Delete', 'ChecksumAlgorithm'],
    run(input, region) {
      const bucket = bucketOf(region, input);
      const { Objects = [], Quiet = false } = input.Delete ?? {};
      if (Objects.length === 0 || Objects.length > MAX_DELETED) throw malformedXml();
      const Deleted = Objects.map(({ Key = '', VersionId }) => {
        const removed = remove(region, bucket, Key, VersionId);
        if (!removed?.DeleteMarker) return { Key, VersionId };
        return { Key, VersionId, DeleteMarker: true, DeleteMarkerVersionId: removed.VersionId };
      });
      return Quiet ? {} : { Deleted };
    },
  },
} satisfies Operations<typeof S3>;
