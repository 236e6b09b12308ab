/** Lists of the objects of a bucket, sorted by key, in pages, with common prefixes for keys beyond a delimiter. */
import type * as S3 from '@aws-sdk/client-s3';
import type { Operations } from '../../operations.ts';
import { invalidArgument } from './errors.ts';
import { expireObjects } from './expiry.ts';
import { bucketOf } from './lookup.ts';
import { latestIn, versionsIn } from './object-rows.ts';
import type { ObjectRow } from './store.ts';

const MAX_KEYS = 1000;

interface Listing {
  readonly rows: readonly ObjectRow[];
  readonly prefixes: readonly string[];
  /** The last key or prefix of the page; undefined on the last page. */
  readonly next: string | undefined;
}

interface ListOptions {
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly max?: number | undefined;
  /** Keys up to this one were on earlier pages. */
  readonly after?: string | undefined;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Cuts a page out of rows, which are sorted by key. A common prefix counts as one key. */
function listing(
  rows: readonly ObjectRow[],
  { prefix = '', delimiter = '', max = MAX_KEYS, after = '' }: ListOptions,
): Listing {
  if (max < 0) throw invalidArgument('Argument maxKeys must be an integer between 0 and 2147483647');
  const page: ObjectRow[] = [];
  const prefixes = new Set<string>();
  let last = '';
  for (const row of rows) {
    if (!row.key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : row.key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : row.key.slice(0, end + delimiter.length);
    const name = common ?? row.key;
    if (name <= after || (common !== undefined && prefixes.has(common))) continue;
    if (page.length + prefixes.size >= Math.min(max, MAX_KEYS))
      return { rows: page, prefixes: [...prefixes], next: max === 0 ? undefined : last };
    if (common === undefined) page.push(row);
    else prefixes.add(common);
    last = name;
  }
  return { rows: page, prefixes: [...prefixes], next: undefined };
}

const encoded = (text: string, encodingType: string | undefined): string =>
  encodingType === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text;

const contentsOf = ({ rows }: Listing, encodingType: string | undefined) =>
  rows.map(({ key, lastModified, md5, size }) => ({
    Key: encoded(key, encodingType),
    LastModified: lastModified,
    ETag: `"${md5}"`,
    Size: size,
    StorageClass: 'STANDARD' as const,
  }));
const prefixesOf = ({ prefixes }: Listing, encodingType: string | undefined) =>
  prefixes.map((prefix) => ({ Prefix: encoded(prefix, encodingType) }));

const LIST_MEMBERS = [
  'Bucket',
  'ExpectedBucketOwner',
  'Prefix',
  'Delimiter',
  'MaxKeys',
  'EncodingType',
] as const;

export const listOperations = {
  ListObjects: {
    inputMembers: [...LIST_MEMBERS, 'Marker'],
    before: expireObjects,
    run(input, region) {
      const { name: Name } = bucketOf(region, input);
      const { Prefix = '', Delimiter, MaxKeys, Marker = '', EncodingType } = input;
      const rows = [...latestIn(region, Name).values()].filter(({ isDeleteMarker }) => !isDeleteMarker);
      const page = listing(
        rows.sort((a, b) => byText(a.key, b.key)),
        { prefix: Prefix, delimiter: Delimiter, max: MaxKeys, after: Marker },
      );
      return {
        ...{ Name, Prefix, Delimiter, EncodingType, Marker, MaxKeys: MaxKeys ?? MAX_KEYS },
        IsTruncated: page.next !== undefined,
        // Without a delimiter, clients continue after the last key.
        NextMarker: Delimiter === undefined ? undefined : page.next,
        Contents: contentsOf(page, EncodingType),
        CommonPrefixes: prefixesOf(page, EncodingType),
      };
    },
  },

  ListObjectsV2: {
    inputMembers: [...LIST_MEMBERS, 'ContinuationToken', 'StartAfter', 'FetchOwner'],
    before: expireObjects,
    run(input, region) {
      const { name: Name } = bucketOf(region, input);
      const { Prefix = '', Delimiter, MaxKeys, ContinuationToken, StartAfter, EncodingType } = input;
      const after =
        ContinuationToken === undefined ? StartAfter : Buffer.from(ContinuationToken, 'base64url').toString();
      const rows = [...latestIn(region, Name).values()].filter(({ isDeleteMarker }) => !isDeleteMarker);
      const page = listing(
        rows.sort((a, b) => byText(a.key, b.key)),
        { prefix: Prefix, delimiter: Delimiter, max: MaxKeys, after },
      );
      return {
        ...{ Name, Prefix, Delimiter, EncodingType, ContinuationToken, StartAfter },
        MaxKeys: MaxKeys ?? MAX_KEYS,
        KeyCount: page.rows.length + page.prefixes.length,
        IsTruncated: page.next !== undefined,
        NextContinuationToken: page.next && Buffer.from(page.next).toString('base64url'),
        Contents: contentsOf(page, EncodingType),
        CommonPrefixes: prefixesOf(page, EncodingType),
      };
    },
  },

  /** The versions of a key come together, the latest first. Pages end between versions, too. */
  ListObjectVersions: {
    inputMembers: [...LIST_MEMBERS, 'KeyMarker', 'VersionIdMarker'],
    before: expireObjects,
    run(input, region) {
      const { name: Name } = bucketOf(region, input);
      const { Prefix = '', MaxKeys = MAX_KEYS, KeyMarker = '', VersionIdMarker, EncodingType } = input;
      if (input.Delimiter !== undefined)
        throw invalidArgument('The sandbox lists versions without a delimiter');
      const latest = latestIn(region, Name);
      const rows = versionsIn(region, Name)
        .reverse()
        .filter(({ key }) => key.startsWith(Prefix))
        .sort((a, b) => byText(a.key, b.key));
      const marker = rows.findIndex(
        ({ key, versionId }) => key === KeyMarker && versionId === VersionIdMarker,
      );
      const rest = marker < 0 ? rows.filter(({ key }) => key > KeyMarker) : rows.slice(marker + 1);
      const page = rest.slice(0, Math.min(MaxKeys, MAX_KEYS));
      const last = page.length < rest.length ? page.at(-1) : undefined;
      const view = (row: ObjectRow) => ({
        Key: encoded(row.key, EncodingType),
        VersionId: row.versionId,
        IsLatest: latest.get(row.key) === row,
        LastModified: row.lastModified,
      });
      return {
        ...{ Name, Prefix, KeyMarker, VersionIdMarker, MaxKeys, EncodingType },
        IsTruncated: last !== undefined,
        NextKeyMarker: last?.key,
        NextVersionIdMarker: last?.versionId,
        Versions: page
          .filter(({ isDeleteMarker }) => !isDeleteMarker)
          .map((row) => ({
            ...view(row),
            ETag: `"${row.md5}"`,
            Size: row.size,
            StorageClass: 'STANDARD' as const,
          })),
        DeleteMarkers: page.filter(({ isDeleteMarker }) => isDeleteMarker).map(view),
      };
    },
  },
} satisfies Operations<typeof S3>;
