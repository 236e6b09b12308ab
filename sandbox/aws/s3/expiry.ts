/** Expires objects by the lifecycle rules of their buckets, when a call next reads the bucket. */
import type { LifecycleRule } from '@aws-sdk/client-s3';
import type { Region } from '../../world/region.ts';
import { deleteObject, latestIn } from './object-rows.ts';
import type { ObjectRow } from './store.ts';

const DAY_MS = 86_400_000;

/** The time at which a rule expires an object: the midnight after its last day. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
const expiresAt = ({ lastModified }: ObjectRow, days: number): number =>
  (Math.floor(lastModified.getTime() / DAY_MS) + days + 1) * DAY_MS;

const applies = ({ Status, Filter, Prefix }: LifecycleRule, { key }: ObjectRow): boolean =>
  Status === 'Enabled' && key.startsWith(Filter?.And?.Prefix ?? Filter?.Prefix ?? Prefix ?? '');

export function expireObjects(region: Region): void {
  const now = region.now().getTime();
  for (const bucket of region.s3.buckets.all()) {
    const rules = (bucket.lifecycle ?? []).filter(({ Expiration }) => Expiration?.Days !== undefined);
    if (rules.length === 0) continue;
    for (const row of latestIn(region, bucket.name).values())
      if (
        !row.isDeleteMarker &&
        rules.some((rule) => applies(rule, row) && expiresAt(row, rule.Expiration?.Days ?? 0) <= now)
      )
        deleteObject(region, bucket, row.key);
  }
}
