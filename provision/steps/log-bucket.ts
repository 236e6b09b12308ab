/** The bucket for access logs: private, encrypted, and writable only for the load balancer of the stack. */
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
  type BucketLocationConstraint,
} from '@aws-sdk/client-s3';
import { isCode, messageOf } from '../../lib/aws/errors.ts';
import { formerTagsIn } from '../../lib/aws/retag.ts';
import { hasOwnLogBucket, logBucketPolicy } from '../../lib/derive/log-delivery.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { policyText } from '../../lib/derive/policies.ts';
import { desiredTags, tagFields, tagsInAws, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { takenByOthers } from '../../lib/engine/adopt.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import type { Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import { ONLY } from '../../lib/model/resources.ts';

type Field = 'public access' | 'ownership' | 'encryption' | 'policy' | 'expiry days' | TagField;

const OWNERSHIP = 'BucketOwnerEnforced';
const WITH_ITS_LOGS = 'the access logs in it are deleted with it';
/** Load balancers cannot write with a key of KMS. */
const ENCRYPTION = 'AES256';

const desiredFields = (desired: Desired): DesiredFields<Field> => ({
  'public access': 'blocked',
  ownership: OWNERSHIP,
  encryption: ENCRYPTION,
  policy: policyText(logBucketPolicy(desired)),
  'expiry days': desired.config.accessLogs?.days,
  ...desiredTags(desired, 'logBucket', ONLY),
});

export const logBucket: Step<'logBucket', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'logBucket',
      desired: new Map(hasOwnLogBucket(desired.config) ? [[ONLY, desiredFields(desired)]] : []),
      found: found.logBucket,
      fieldsOf: ({ isPrivate, ownership, encryption, policy, expiryDays, tags }) => ({
        'public access': isPrivate ? 'blocked' : 'not blocked',
        ownership: ownership ?? 'not set',
        encryption: encryption ?? 'not set',
        policy: policy === undefined ? 'none' : policyText(JSON.parse(policy)),
        'expiry days': expiryDays ?? 'never',
        ...tagFields(tags),
      }),
      whyForeign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }).map((change) =>
      change.verb === 'remove' ? { ...change, reason: `${change.reason}; ${WITH_ITS_LOGS}` } : change,
    ),

  /**
   * The names of all accounts share one space. In us-east-1, which no request may name, a repeated create succeeds.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
   */
  async create(context) {
    const { account, aws, config, names, tags } = context;
    const { region } = config;
    const bucketName = names.logBucket({ region, account });
    const location = region === 'us-east-1' ? {} : { LocationConstraint: region as BucketLocationConstraint };
    const command = new CreateBucketCommand({
      Bucket: bucketName,
      CreateBucketConfiguration: { ...location, Tags: toPascalCaseTags(tags) },
      ObjectOwnership: OWNERSHIP,
    });
    try {
      await aws.s3(command);
    } catch (error) {
      const whatIsTaken = `the name ${bucketName}`;
      if (isCode(error, 'BucketAlreadyExists')) throw takenByOthers(whatIsTaken, messageOf(error), error);
      await adoptByName(context, error, 'BucketAlreadyOwnedByYou', whatIsTaken);
    }
    return { bucketName };
  },

  async configure(context, { bucketName: Bucket }) {
    const { aws, change, config } = context;
    if (touches(change, 'public access'))
      await aws.s3(
        new PutPublicAccessBlockCommand({
          Bucket,
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
        }),
      );
    if (touches(change, 'ownership')) {
      const OwnershipControls = { Rules: [{ ObjectOwnership: OWNERSHIP } as const] };
      await aws.s3(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    }
    if (touches(change, 'encryption')) {
      const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: ENCRYPTION } as const;
      const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
      await aws.s3(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    }
    if (touches(change, 'policy')) {
      const Policy = policyText(logBucketPolicy(context));
      await aws.s3(new PutBucketPolicyCommand({ Bucket, Policy }));
    }
    if (touches(change, 'expiry days')) {
      const Expiration = { Days: config.accessLogs?.days };
      const rule = { ID: 'slipway', Status: 'Enabled', Filter: { Prefix: '' }, Expiration } as const;
      const LifecycleConfiguration = { Rules: [rule] };
      await aws.s3(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
    }
  },

  /** The call replaces all tags, so those of others are sent, too. */
  async update({ aws, change, tags }, { bucketName: Bucket, tags: existing }) {
    if (!touches(change, 'tag.')) return;
    const former = formerTagsIn(change);
    const kept = Object.entries(tagsInAws(existing)).filter(([key]) => !former.includes(key));
    const TagSet = toPascalCaseTags({ ...Object.fromEntries(kept), ...tags });
    await aws.s3(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  },
};
