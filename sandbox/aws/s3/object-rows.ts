/** The versions of objects in a bucket: reading, writing and deleting them. Their bytes are among the world's blobs. */
import { createHash } from 'node:crypto';
import type { Region } from '../../world/region.ts';
import type { BucketRow, ObjectRow } from './store.ts';

const rowKey = ({ bucket, key, versionId }: Pick<ObjectRow, 'bucket' | 'key' | 'versionId'>): string =>
  `${bucket}/${key}#${versionId}`;

/** The version of an object in a bucket that keeps no versions. */
const NULL_VERSION = 'null';

/** Returns all versions and delete markers of a bucket, the oldest first. */
export const versionsIn = (region: Region, bucket: string): ObjectRow[] =>
  region.s3.objects.filter((row) => row.bucket === bucket);

/** Returns the latest version of every key, by key; it may be a delete marker. */
export const latestIn = (region: Region, bucket: string): Map<string, ObjectRow> =>
  new Map(versionsIn(region, bucket).map((row) => [row.key, row]));

/** Adds the latest version of an object. */
function add(
  region: Region,
  { name, versioning }: BucketRow,
  row: Omit<ObjectRow, 'bucket' | 'versionId'>,
): ObjectRow {
  const versionId = versioning === 'Enabled' ? region.uuid().replaceAll('-', '') : NULL_VERSION;
  const added = { ...row, bucket: name, versionId };
  const replaced = region.s3.objects.get(rowKey(added));
  if (replaced) removeVersion(region, replaced);
  return region.s3.objects.set(rowKey(added), added);
}

/** Writes an object. */
export function writeObject(
  region: Region,
  bucket: BucketRow,
  key: string,
  bytes: Uint8Array,
  { headers = {}, metadata = {}, tags = [] }: Partial<Pick<ObjectRow, 'headers' | 'metadata' | 'tags'>> = {},
): ObjectRow {
  const blob = `s3-${region.uuid()}`;
  region.blobs.put(blob, bytes);
  const md5 = createHash('md5').update(bytes).digest('hex');
  const content = { size: bytes.byteLength, md5, blob, headers, metadata, tags };
  return add(region, bucket, { key, lastModified: region.now(), isDeleteMarker: false, ...content });
}

/** Deletes an object as a call without a version does: a bucket with versions gets a delete marker. */
export function deleteObject(region: Region, bucket: BucketRow, key: string): ObjectRow | undefined {
  if (bucket.versioning !== undefined) {
    const content = { size: 0, md5: '', blob: '', headers: {}, metadata: {} };
    return add(region, bucket, { key, lastModified: region.now(), isDeleteMarker: true, ...content });
  }
  const row = region.s3.objects.get(rowKey({ bucket: bucket.name, key, versionId: NULL_VERSION }));
  if (row) removeVersion(region, row);
  return undefined;
}

export const findVersion = (
  region: Region,
  bucket: string,
  key: string,
  versionId: string,
): ObjectRow | undefined => region.s3.objects.get(rowKey({ bucket, key, versionId }));

/** Deletes a version for good. */
export function removeVersion(region: Region, row: ObjectRow): void {
  if (row.blob !== '') region.blobs.delete(row.blob);
  region.s3.objects.delete(rowKey(row));
}
