// The look for the stack's own bucket for access logs.
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  type LifecycleRule,
} from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { recordedIn } from '../../../../lib/look/context.ts';
import { lookLogBucket } from '../../../../lib/look/log-bucket.ts';
import { awsError, config, lookContextOf, mocks, ourTags, sentCalls } from '../../step-harness.ts';

const NAME = 'shop-dev-logs-111122223333-eu-west-1';
const context = lookContextOf(config({ accessLogs: { days: 90 } }));
const look = async () => (await lookLogBucket(context)).get('');
const EXPIRY: LifecycleRule = {
  ID: 'x',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  Expiration: { Days: 90 },
};

function mockBucket(rules: LifecycleRule[] = [EXPIRY]): void {
  mocks.s3.on(ListBucketsCommand).resolves({ Buckets: [{ Name: NAME }] });
  mocks.s3.on(GetBucketTaggingCommand).resolves({ TagSet: toPascalCaseTags(ourTags('logBucket')) });
  mocks.s3.on(GetPublicAccessBlockCommand).resolves({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  });
  mocks.s3
    .on(GetBucketOwnershipControlsCommand)
    .resolves({ OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } });
  mocks.s3.on(GetBucketEncryptionCommand).resolves({
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  });
  mocks.s3.on(GetBucketPolicyCommand).resolves({ Policy: '{}' });
  mocks.s3.on(GetBucketLifecycleConfigurationCommand).resolves({ Rules: rules });
}

test('the look finds our bucket by its name, and reads its settings', async () => {
  mockBucket();
  expect(await look()).toEqual({
    bucketName: NAME,
    isPrivate: true,
    ownership: 'BucketOwnerEnforced',
    encryption: 'AES256',
    policy: '{}',
    expiryDays: 90,
    createdAt: undefined,
    tags: ourTags('logBucket'),
  });
  expect(sentCalls()[0]).toEqual({
    command: 'ListBuckets',
    input: { Prefix: 'shop-dev-logs-', BucketRegion: 'eu-west-1' },
  });
});

test('settings that the bucket lacks are undefined', async () => {
  mockBucket();
  mocks.s3.on(GetBucketTaggingCommand).rejects(awsError('NoSuchTagSet'));
  mocks.s3.on(GetPublicAccessBlockCommand).rejects(awsError('NoSuchPublicAccessBlockConfiguration'));
  mocks.s3.on(GetBucketOwnershipControlsCommand).rejects(awsError('OwnershipControlsNotFoundError'));
  mocks.s3.on(GetBucketEncryptionCommand).rejects(awsError('ServerSideEncryptionConfigurationNotFoundError'));
  mocks.s3.on(GetBucketPolicyCommand).rejects(awsError('NoSuchBucketPolicy'));
  mocks.s3.on(GetBucketLifecycleConfigurationCommand).rejects(awsError('NoSuchLifecycleConfiguration'));
  expect(await look()).toEqual({ bucketName: NAME, isPrivate: false, tags: {} });
});

test.each<[string, LifecycleRule[]]>([
  ['is off', [{ ...EXPIRY, Status: 'Disabled' }]],
  ['concerns only some objects', [{ ...EXPIRY, Filter: { Prefix: 'web/' } }]],
  ['is not alone', [EXPIRY, { ...EXPIRY, ID: 'y', Expiration: { Days: 1 } }]],
])('a lifecycle rule that %s does not count', async (_what, rules) => {
  mockBucket(rules);
  expect((await look())?.expiryDays).toBeUndefined();
});

test.each([
  'shop-dev-logs-111122223333-us-east-1',
  'shop-dev-logs-2-111122223333-eu-west-1',
  'shop-dev-logs-other-eu-west-1',
])('the look ignores the bucket %s', async (Name) => {
  mocks.s3.on(ListBucketsCommand).resolves({ Buckets: [{ Name }] });
  expect(await look()).toBeUndefined();
});

test('the look finds nothing when the bucket is listed although it is deleted', async () => {
  mockBucket();
  mocks.s3.on(GetBucketPolicyCommand).rejects(awsError('NoSuchBucket'));
  expect(await look()).toBeUndefined();
});

test('a recorded bucket that is not listed yet is found', async () => {
  mockBucket();
  mocks.s3.on(ListBucketsCommand).resolves({});
  const recorded = recordedIn({ logBucket: { bucketName: NAME } });
  expect((await lookLogBucket({ ...context, recorded })).get('')?.bucketName).toBe(NAME);
});

test('a caller who may not list buckets can provision a stack without one, but not a stack with one', async () => {
  mocks.s3.on(ListBucketsCommand).rejects(awsError('AccessDenied', 'no', 403));
  expect(await lookLogBucket(lookContextOf(config()))).toEqual(new Map());
  await expect(look()).rejects.toThrow('no');
});
