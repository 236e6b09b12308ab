/** Buckets: created, listed and deleted by name. They start private, encrypted and without ACLs, as since April 2023. */
import type * as S3 from '@aws-sdk/client-s3';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { pageOf } from '../paging.ts';
import {
  aclNotSupported,
  bucketNotEmpty,
  bucketOwnedByYou,
  illegalLocation,
  invalidArgument,
  invalidBucketName,
  invalidLocation,
} from './errors.ts';
import { expireObjects } from './expiry.ts';
import { anyBucketOf, arnOfBucket, bucketOf } from './lookup.ts';
import { versionsIn } from './object-rows.ts';
import { mergedTags } from './tags.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const isValidName = (name: string): boolean =>
  /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(name) &&
  !/\.\.|^\d+\.\d+\.\d+\.\d+$|^xn--|^sthree-|^amzn-s3-demo-|-s3alias$|--ol-s3$|\.mrap$|--x-s3$/.test(name);

const GLOBAL_REGION = 'us-east-1';

/** A region's endpoint creates buckets in its own region, which the request names, except for us-east-1. */
function checkLocation({ name }: Region, constraint: string | undefined): void {
  if (constraint === GLOBAL_REGION) throw invalidLocation(constraint);
  if (constraint !== (name === GLOBAL_REGION ? undefined : name)) throw illegalLocation(constraint);
}

const ownerOf = ({ account }: Region) => ({ ID: account.padStart(64, '0') });

export const bucketOperations = {
  /** In us-east-1, a repeated create succeeds; elsewhere it is refused. */
  CreateBucket: {
    inputMembers: ['Bucket', 'CreateBucketConfiguration', 'ObjectOwnership', 'ACL'],
    run(
      { Bucket: name = '', CreateBucketConfiguration, ObjectOwnership = 'BucketOwnerEnforced', ACL },
      region,
    ) {
      const { LocationConstraint, Tags } = CreateBucketConfiguration ?? {};
      if (!isValidName(name)) throw invalidBucketName(name);
      checkLocation(region, LocationConstraint);
      if (ACL !== undefined && ACL !== 'private' && ObjectOwnership === 'BucketOwnerEnforced')
        throw aclNotSupported();
      const existing = region.s3.buckets.get(name);
      if (existing && (region.name !== GLOBAL_REGION || existing.region !== GLOBAL_REGION))
        throw bucketOwnedByYou(name);
      if (!existing)
        region.s3.buckets.set(name, {
          name,
          region: region.name,
          createdAt: region.now(),
          tags: mergedTags([], Tags),
          publicAccessBlock: {
            BlockPublicAcls: true,
            IgnorePublicAcls: true,
            BlockPublicPolicy: true,
            RestrictPublicBuckets: true,
          },
          ownership: ObjectOwnership,
          encryption: {
            Rules: [
              { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false },
            ],
          },
        });
      return { Location: `/${name}`, BucketArn: arnOfBucket(region, name) };
    },
  },

  /** The bucket must be empty, of old versions too. */
  DeleteBucket: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner'],
    before: expireObjects,
    run(input, region) {
      const bucket = bucketOf(region, input);
      if (versionsIn(region, bucket.name).length > 0)
        throw bucketNotEmpty(bucket.name, bucket.versioning !== undefined);
      region.s3.buckets.delete(bucket.name);
      return {};
    },
  },

  HeadBucket: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner'],
    run(input, region) {
      const bucket = bucketOf(region, input);
      return {
        BucketRegion: bucket.region,
        BucketArn: arnOfBucket(region, bucket.name),
        AccessPointAlias: false,
      };
    },
  },

  GetBucketLocation: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner'],
    run(input, region) {
      const { region: location } = anyBucketOf(region, input);
      return location === GLOBAL_REGION
        ? {}
        : { LocationConstraint: location as S3.BucketLocationConstraint };
    },
  },

  ListBuckets: {
    inputMembers: ['MaxBuckets', 'ContinuationToken', 'Prefix', 'BucketRegion'],
    run({ MaxBuckets, ContinuationToken, Prefix = '', BucketRegion }, region) {
      const found = region.s3.buckets
        .filter(({ name, region: of }) => name.startsWith(Prefix) && (BucketRegion ?? of) === of)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const { rows, next } = pageOf(found, MaxBuckets, ContinuationToken, {
        defaultSize: 10_000,
        sizes: {
          min: 1,
          max: 10_000,
          invalid: () => invalidArgument('Argument max-buckets must be an integer between 1 and 10000'),
        },
        invalidToken: () => invalidArgument('The continuation token provided is incorrect'),
      });
      return {
        Buckets: rows.map(({ name, region: BucketRegion, createdAt: CreationDate }) => ({
          Name: name,
          BucketRegion,
          CreationDate,
          BucketArn: arnOfBucket(region, name),
        })),
        Owner: ownerOf(region),
        ContinuationToken: next,
        Prefix: Prefix || undefined,
      };
    },
  },

  GetBucketAcl: {
    inputMembers: ['Bucket', 'ExpectedBucketOwner'],
    run(input, region) {
      bucketOf(region, input);
      const Owner = ownerOf(region);
      return {
        Owner,
        Grants: [{ Grantee: { ...Owner, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }],
      };
    },
  },
} satisfies Operations<typeof S3>;
