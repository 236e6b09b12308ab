/** Finds the object of a call, by its key and perhaps by a version. */
import type { Region } from '../../world/region.ts';
import { isDeleteMarker, noSuchKey, noSuchVersion } from './errors.ts';
import { bucketOf, type BucketInput } from './lookup.ts';
import { findVersion, latestIn } from './object-rows.ts';
import type { BucketRow, ObjectRow } from './store.ts';

/** The members that every call for an object has. */
export interface ObjectInput extends BucketInput {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
}

/** Returns an object and its bucket. @throws NoSuchKey, NoSuchVersion, MethodNotAllowed for the version of a delete marker */
export function existingObject(region: Region, input: ObjectInput): [BucketRow, ObjectRow] {
  const bucket = bucketOf(region, input);
  const { Key = '', VersionId } = input;
  const row =
    VersionId === undefined
      ? latestIn(region, bucket.name).get(Key)
      : findVersion(region, bucket.name, Key, VersionId);
  if (row && VersionId !== undefined && row.isDeleteMarker) throw isDeleteMarker();
  if (!row && VersionId !== undefined) throw noSuchVersion(Key, VersionId);
  if (!row || row.isDeleteMarker) throw noSuchKey(Key);
  return [bucket, row];
}

/** Returns the version of an object as responses name it. A bucket that never kept versions names none. */
export const versionOf = ({ versioning }: BucketRow, { versionId }: ObjectRow): string | undefined =>
  versioning === undefined ? undefined : versionId;
