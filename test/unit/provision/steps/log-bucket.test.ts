// The step for the bucket of the access logs: the calls that it makes in each case.
import {
  CreateBucketCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { logBucketPolicy } from '../../../../lib/derive/log-delivery.ts';
import { policyText } from '../../../../lib/derive/policies.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { logBucket } from '../../../../provision/steps/log-bucket.ts';
import {
  awsError,
  config,
  desiredOf,
  mocks,
  mutations,
  ourTags,
  provisionStep,
  sentCalls,
} from '../../step-harness.ts';

const NAME = 'shop-dev-logs-111122223333-eu-west-1';
const stack = config({ accessLogs: { days: 30 } });
const Policy = policyText(logBucketPolicy(desiredOf(stack)));
const foundLogBucket = {
  bucketName: NAME,
  isPrivate: true,
  ownership: 'BucketOwnerEnforced',
  encryption: 'AES256',
  policy: Policy as string | undefined,
  expiryDays: 30 as number | undefined,
  tags: ourTags('logBucket'),
};
const scenarioWith = (changes: Partial<typeof foundLogBucket> = {}) => ({
  noun: 'logBucket' as const,
  config: stack,
  found: { logBucket: { '': { ...foundLogBucket, ...changes } } },
});
const missing = { noun: 'logBucket' as const, config: stack };

const settingCalls = [
  'PutPublicAccessBlock',
  'PutBucketOwnershipControls',
  'PutBucketEncryption',
  'PutBucketPolicy',
  'PutBucketLifecycleConfiguration',
];
function mockSettings(): void {
  for (const command of [
    PutPublicAccessBlockCommand,
    PutBucketOwnershipControlsCommand,
    PutBucketEncryptionCommand,
    PutBucketPolicyCommand,
    PutBucketLifecycleConfigurationCommand,
  ])
    mocks.s3.on(command as typeof PutBucketPolicyCommand).resolves({});
}
/** Lets S3 list a bucket with our name, these tags, and no settings. */
function mockBucket(tags: Record<string, string>): void {
  mocks.s3.resolves({});
  mocks.s3.on(ListBucketsCommand).resolves({ Buckets: [{ Name: NAME }] });
  mocks.s3.on(GetBucketTaggingCommand).resolves({ TagSet: toPascalCaseTags(tags) });
}

test('creates when missing: with its tags, and then its settings', async () => {
  mocks.s3.on(CreateBucketCommand).resolves({});
  mockSettings();
  const { shortChanges, ids } = await provisionStep(logBucket, missing);
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { bucketName: NAME } });
  const [create, ...settings] = sentCalls();
  expect(create?.input).toEqual({
    Bucket: NAME,
    CreateBucketConfiguration: {
      LocationConstraint: 'eu-west-1',
      Tags: toPascalCaseTags(ourTags('logBucket')),
    },
    ObjectOwnership: 'BucketOwnerEnforced',
  });
  expect(settings.map(({ command }) => command)).toEqual(settingCalls);
  expect(settings.find(({ command }) => command === 'PutBucketPolicy')?.input).toEqual({
    Bucket: NAME,
    Policy,
  });
  expect(settings.at(-1)?.input).toMatchObject({
    LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Expiration: { Days: 30 } }] },
  });
});

test('creates when missing: in us-east-1, the request names no region', async () => {
  mocks.s3.on(CreateBucketCommand).resolves({});
  mockSettings();
  await provisionStep(logBucket, { ...missing, config: { ...stack, region: 'us-east-1' } });
  expect(sentCalls()[0]?.input).toMatchObject({ Bucket: 'shop-dev-logs-111122223333-us-east-1' });
  expect(JSON.stringify(sentCalls()[0]?.input)).not.toContain('LocationConstraint');
});

test('creates when missing: if the response to an earlier create was lost, our bucket is adopted', async () => {
  mockBucket(ourTags('logBucket'));
  mocks.s3.on(CreateBucketCommand).rejects(awsError('BucketAlreadyOwnedByYou'));
  const { ids } = await provisionStep(logBucket, missing);
  expect(ids).toEqual({ '': { bucketName: NAME } });
});

test.each([
  ['of another account', 'BucketAlreadyExists'],
  ['of this account that is not ours', 'BucketAlreadyOwnedByYou'],
])('creates when missing: a bucket %s that has the name is left alone', async (_what, code) => {
  mockBucket({});
  mocks.s3.on(CreateBucketCommand).rejects(awsError(code));
  await expect(provisionStep(logBucket, missing)).rejects.toMatchObject({
    code: 'FOREIGN',
    what: `A resource that does not belong to this stack already uses the name ${NAME}.`,
  });
  expect(mutations().map(({ command }) => command)).toEqual(['CreateBucket']);
});

test('adopts when present', async () => {
  expect((await provisionStep(logBucket, scenarioWith())).shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mockSettings();
  mocks.s3.on(PutBucketTaggingCommand).resolves({});
  const { shortChanges } = await provisionStep(
    logBucket,
    scenarioWith({
      isPrivate: false,
      ownership: 'ObjectWriter',
      encryption: 'aws:kms',
      policy: undefined,
      expiryDays: undefined,
      tags: { ...foundLogBucket.tags, Name: 'other', cost: 'shop' },
    }),
  );
  expect(shortChanges).toEqual([
    ['update', '', 'public access', 'ownership', 'encryption', 'policy', 'expiry days', 'tag.Name'],
  ]);
  expect(sentCalls().map(({ command }) => command)).toEqual([...settingCalls, 'PutBucketTagging']);
  expect(sentCalls().at(-1)?.input).toEqual({
    Bucket: NAME,
    Tagging: { TagSet: expect.arrayContaining(toPascalCaseTags({ ...ourTags('logBucket'), cost: 'shop' })) },
  });
});

test('repairs drift: if only the expiry differs, only the lifecycle is sent', async () => {
  mockSettings();
  await provisionStep(logBucket, scenarioWith({ expiryDays: 90 }));
  expect(sentCalls().map(({ command }) => command)).toEqual(['PutBucketLifecycleConfiguration']);
});

test.each([
  ['no access logs', undefined],
  ['a bucket of the user', { bucket: 'company-logs' }],
])(
  'with %s, the bucket is removed, and the plan says that its logs are deleted, too',
  async (_what, accessLogs) => {
    const { changes } = await provisionStep(logBucket, {
      ...scenarioWith(),
      config: config({ accessLogs }),
    });
    expect(changes).toMatchObject([
      { verb: 'remove', reason: expect.stringContaining('the access logs in it are deleted with it') },
    ]);
  },
);

test('explains refusal: a foreign bucket is refused, and nothing is sent', async () => {
  const { changes } = await provisionStep(
    logBucket,
    scenarioWith({ tags: { 'slipway:stack': 'other-dev' } }),
  );
  expect(changes).toMatchObject([{ verb: 'refused', reason: 'it belongs to the stack other-dev' }]);
  expect(sentCalls()).toEqual([]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.s3.on(CreateBucketCommand).rejects(awsError('TooManyBuckets', 'too many'));
  await expect(provisionStep(logBucket, missing)).rejects.toMatchObject({ message: 'too many' });
});
