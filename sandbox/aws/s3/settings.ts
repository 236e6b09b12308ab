/** Settings of buckets: public access, ownership, encryption, lifecycle and versions, and settings that no bucket here has. */
import type * as S3 from '@aws-sdk/client-s3';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { aclNotSupported, invalidArgument, malformedXml, MISSING } from './errors.ts';
import { bucketOf, type BucketInput } from './lookup.ts';

const NAMED = ['Bucket', 'ExpectedBucketOwner'] as const;
const CHECKED = [...NAMED, 'ContentMD5', 'ChecksumAlgorithm'] as const;

/** Makes the read of a setting that no bucket of the sandbox has. */
const absent = (missing: () => Error) => ({
  inputMembers: NAMED,
  run(input: BucketInput, region: Region): never {
    bucketOf(region, input);
    throw missing();
  },
});
/** Makes the read of a setting that has the same value for every bucket of the sandbox. */
const fixed = <Output extends object>(output: Output) => ({
  inputMembers: NAMED,
  run(input: BucketInput, region: Region): Output {
    bucketOf(region, input);
    return output;
  },
});

const ALGORITHMS = ['AES256', 'aws:kms', 'aws:kms:dsse'];

export const settingOperations = {
  GetPublicAccessBlock: {
    inputMembers: NAMED,
    run(input, region) {
      const { publicAccessBlock: PublicAccessBlockConfiguration } = bucketOf(region, input);
      if (!PublicAccessBlockConfiguration) throw MISSING.publicAccessBlock();
      return { PublicAccessBlockConfiguration };
    },
  },
  PutPublicAccessBlock: {
    inputMembers: [...CHECKED, 'PublicAccessBlockConfiguration'],
    run(input, region) {
      const bucket = bucketOf(region, input);
      const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } =
        input.PublicAccessBlockConfiguration ?? {};
      bucket.publicAccessBlock = {
        BlockPublicAcls: BlockPublicAcls ?? false,
        IgnorePublicAcls: IgnorePublicAcls ?? false,
        BlockPublicPolicy: BlockPublicPolicy ?? false,
        RestrictPublicBuckets: RestrictPublicBuckets ?? false,
      };
      return {};
    },
  },
  DeletePublicAccessBlock: {
    inputMembers: NAMED,
    run(input, region) {
      delete bucketOf(region, input).publicAccessBlock;
      return {};
    },
  },

  GetBucketOwnershipControls: {
    inputMembers: NAMED,
    run(input, region) {
      const { ownership: ObjectOwnership } = bucketOf(region, input);
      if (!ObjectOwnership) throw MISSING.ownership();
      return { OwnershipControls: { Rules: [{ ObjectOwnership }] } };
    },
  },
  PutBucketOwnershipControls: {
    inputMembers: [...CHECKED, 'OwnershipControls'],
    run(input, region) {
      const bucket = bucketOf(region, input);
      const [rule, ...others] = input.OwnershipControls?.Rules ?? [];
      if (!rule?.ObjectOwnership || others.length > 0) throw malformedXml();
      bucket.ownership = rule.ObjectOwnership;
      return {};
    },
  },
  DeleteBucketOwnershipControls: {
    inputMembers: NAMED,
    run(input, region) {
      delete bucketOf(region, input).ownership;
      return {};
    },
  },
  PutBucketAcl: {
    inputMembers: [...CHECKED, 'ACL', 'AccessControlPolicy'],
    run(input, region): never {
      if (bucketOf(region, input).ownership === 'BucketOwnerEnforced') throw aclNotSupported();
      throw refusal('NotImplemented', 'The sandbox does not support PutBucketAcl in s3 yet', 501);
    },
  },

  GetBucketEncryption: {
    inputMembers: NAMED,
    run: (input, region) => ({ ServerSideEncryptionConfiguration: bucketOf(region, input).encryption }),
  },
  PutBucketEncryption: {
    inputMembers: [...CHECKED, 'ServerSideEncryptionConfiguration'],
    run(input, region) {
      const bucket = bucketOf(region, input);
      const [rule, ...others] = input.ServerSideEncryptionConfiguration?.Rules ?? [];
      const byDefault = rule?.ApplyServerSideEncryptionByDefault;
      if (!rule || others.length > 0 || !ALGORITHMS.includes(byDefault?.SSEAlgorithm ?? ''))
        throw malformedXml();
      bucket.encryption = { Rules: [{ ...rule, BucketKeyEnabled: rule.BucketKeyEnabled ?? false }] };
      return {};
    },
  },
  /** Afterwards, the bucket has the encryption that every new bucket has. */
  DeleteBucketEncryption: {
    inputMembers: NAMED,
    run(input, region) {
      bucketOf(region, input).encryption = {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
      };
      return {};
    },
  },

  GetBucketLifecycleConfiguration: {
    inputMembers: NAMED,
    run(input, region) {
      const { lifecycle: Rules } = bucketOf(region, input);
      if (!Rules) throw MISSING.lifecycle();
      return { Rules, TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K' as const };
    },
  },
  PutBucketLifecycleConfiguration: {
    inputMembers: [
      ...NAMED,
      'ChecksumAlgorithm',
      'LifecycleConfiguration',
      'TransitionDefaultMinimumObjectSize',
    ],
    run(input, region) {
      const bucket = bucketOf(region, input);
      const rules = input.LifecycleConfiguration?.Rules ?? [];
      if (rules.length === 0 || rules.length > 1000) throw malformedXml();
      bucket.lifecycle = rules.map((rule, index) => {
        if (!['Enabled', 'Disabled'].includes(rule.Status ?? '')) throw malformedXml();
        if (rule.Expiration?.Days !== undefined && rule.Expiration.Days < 1)
          throw invalidArgument("'Days' for Expiration action must be a positive integer");
        return { ...rule, ID: rule.ID ?? `rule-${index + 1}` };
      });
      return { TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K' as const };
    },
  },
  DeleteBucketLifecycle: {
    inputMembers: NAMED,
    run(input, region) {
      delete bucketOf(region, input).lifecycle;
      return {};
    },
  },

  GetBucketVersioning: {
    inputMembers: NAMED,
    run: (input, region) => ({ Status: bucketOf(region, input).versioning }),
  },
  PutBucketVersioning: {
    inputMembers: [...CHECKED, 'VersioningConfiguration'],
    run(input, region) {
      const bucket = bucketOf(region, input);
      const { Status } = input.VersioningConfiguration ?? {};
      if (Status !== 'Enabled' && Status !== 'Suspended') throw malformedXml();
      bucket.versioning = Status;
      return {};
    },
  },

  GetBucketCors: absent(MISSING.cors),
  GetBucketWebsite: absent(MISSING.website),
  GetBucketReplication: absent(MISSING.replication),
  GetObjectLockConfiguration: absent(MISSING.objectLock),
  GetBucketAccelerateConfiguration: fixed({}),
  GetBucketLogging: fixed({}),
  GetBucketNotificationConfiguration: fixed({}),
  GetBucketRequestPayment: fixed({ Payer: 'BucketOwner' as const }),
} satisfies Operations<typeof S3>;
