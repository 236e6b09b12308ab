/** Finds the stack's own bucket for access logs, by its name. */
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  type Bucket,
} from '@aws-sdk/client-s3';
import { isAccessDenied, isCode, isUnimplemented } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import { hasOwnLogBucket } from '../derive/log-delivery.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import type { LookContext } from './context.ts';
import { ifFound } from './if-found.ts';

export interface FoundLogBucket extends Readonly<Ids['logBucket']> {
  /** Whether all kinds of public access are blocked. */
  readonly isPrivate: boolean;
  /** The rule for the owner of objects, e.g. `BucketOwnerEnforced`; undefined if nothing is set. */
  readonly ownership?: string | undefined;
  /** The algorithm of the encryption, e.g. `AES256`. */
  readonly encryption?: string | undefined;
  /** The policy as JSON. */
  readonly policy?: string | undefined;
  /** Days after which every object expires; undefined if not every object does. */
  readonly expiryDays?: number | undefined;
  /** The time of creation, which is shown for a resource of another owner. */
  readonly createdAt?: Date | undefined;
  readonly tags: Tags;
}

/**
 * Lists the buckets of the account, since the name contains the number of the account, which a look does not know. A caller who
 * may not list buckets can still provision a stack without a bucket.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
 */
export async function lookLogBucket(context: LookContext): Promise<Items<FoundLogBucket>> {
  let buckets: Bucket[];
  try {
    buckets = await listBuckets(context);
  } catch (error) {
    const isOptional = !hasOwnLogBucket(context.config);
    if (isOptional && (isAccessDenied(error) || isUnimplemented(error))) return new Map();
    throw error;
  }
  const [bucket] = buckets;
  const found = bucket && (await read(context, bucket));
  return new Map(found ? [[ONLY, found]] : []);
}

async function listBuckets({ aws, config: { region }, names, recorded }: LookContext): Promise<Bucket[]> {
  const ANY_ACCOUNT = '000000000000';
  const [Prefix = '', rest = ''] = names.logBucket({ region, account: ANY_ACCOUNT }).split(ANY_ACCOUNT);
  const isOurs = (name = '') =>
    name.startsWith(Prefix) &&
    /^\d{12}/.test(name.slice(Prefix.length)) &&
    name.slice(Prefix.length + 12) === rest;
  const listed = await allPages(async (ContinuationToken) => {
    const page = await aws.s3(new ListBucketsCommand({ Prefix, BucketRegion: region, ContinuationToken }));
    return { items: page.Buckets ?? [], next: page.ContinuationToken };
  });
  const ours = listed.filter(({ Name }) => isOurs(Name));
  // A new bucket may not be listed yet.
  const Name = recorded?.('logBucket').get(ONLY)?.['bucketName'];
  return ours.length === 0 && isOurs(Name) ? [{ Name }] : ours;
}

/** Returns undefined for a bucket that is listed although it is deleted. */
async function read(
  { aws }: LookContext,
  { Name: bucketName = '', CreationDate }: Bucket,
): Promise<FoundLogBucket | undefined> {
  const input = { Bucket: bucketName };
  const [tags, access, ownership, encryption, policy, lifecycle] = await Promise.all([
    unlessDeleted(() => aws.s3(new GetBucketTaggingCommand(input))),
    unlessDeleted(() => aws.s3(new GetPublicAccessBlockCommand(input))),
    unlessDeleted(() => aws.s3(new GetBucketOwnershipControlsCommand(input))),
    unlessDeleted(() => aws.s3(new GetBucketEncryptionCommand(input))),
    unlessDeleted(() => aws.s3(new GetBucketPolicyCommand(input))),
    unlessDeleted(() => aws.s3(new GetBucketLifecycleConfigurationCommand(input))),
  ]);
  if ([tags, access, ownership, encryption, policy, lifecycle].includes(DELETED)) return undefined;
  const block = settingOf(access)?.PublicAccessBlockConfiguration;
  const [encryptionRule] = settingOf(encryption)?.ServerSideEncryptionConfiguration?.Rules ?? [];
  const rules = (settingOf(lifecycle)?.Rules ?? []).filter(({ Status }) => Status === 'Enabled');
  const rule = rules.find(
    ({ Filter, Prefix }) => (Filter?.Prefix ?? Prefix ?? '') === '' && !Filter?.And && !Filter?.Tag,
  );
  return {
    bucketName,
    isPrivate:
      block?.BlockPublicAcls === true &&
      block.BlockPublicPolicy === true &&
      block.IgnorePublicAcls === true &&
      block.RestrictPublicBuckets === true,
    ownership: settingOf(ownership)?.OwnershipControls?.Rules?.[0]?.ObjectOwnership,
    encryption: encryptionRule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    policy: settingOf(policy)?.Policy,
    expiryDays: rules.length === 1 ? rule?.Expiration?.Days : undefined,
    createdAt: CreationDate,
    tags: readTags(settingOf(tags)?.TagSet),
  };
}

const DELETED = Symbol('deleted');

/** Reads a setting: undefined if the bucket lacks it, `DELETED` if there is no bucket. */
async function unlessDeleted<T>(send: () => Promise<T>): Promise<T | undefined | typeof DELETED> {
  return ifFound(async () => {
    try {
      return await send();
    } catch (error) {
      if (isCode(error, 'NoSuchBucket')) return DELETED;
      throw error;
    }
  });
}

const settingOf = <T>(setting: T | undefined | typeof DELETED): T | undefined =>
  setting === DELETED ? undefined : setting;
