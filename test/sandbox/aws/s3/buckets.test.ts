// The sandbox's buckets, through the SDK's client: names, regions, settings, tags and policies.
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketAclCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  S3Client,
  type CreateBucketRequest,
} from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';

const Bucket = 'shop-logs';
const IRELAND = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } } as const;
const BPA = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
};

async function scene() {
  const started = await sandbox();
  const { s3 } = started;
  const create = (input: Partial<CreateBucketRequest> = {}) =>
    s3.send(new CreateBucketCommand({ Bucket, ...IRELAND, ...input }));
  return { ...started, create };
}

test('a new bucket is private, encrypted and without ACLs, and has no other settings', async () => {
  const { s3, create } = await scene();
  expect(await create()).toMatchObject({ BucketArn: 'arn:aws:s3:::shop-logs', Location: '/shop-logs' });
  expect(await s3.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'eu-west-1' });
  expect(await s3.send(new GetBucketLocationCommand({ Bucket }))).toMatchObject({
    LocationConstraint: 'eu-west-1',
  });
  expect(await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).toMatchObject({
    PublicAccessBlockConfiguration: BPA,
  });
  expect(await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).toMatchObject({
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
  expect(await s3.send(new GetBucketEncryptionCommand({ Bucket }))).toMatchObject({
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
    },
  });
  expect(await s3.send(new GetBucketAclCommand({ Bucket }))).toMatchObject({
    Grants: [{ Permission: 'FULL_CONTROL' }],
  });
  expect(await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).toMatchObject({
    Payer: 'BucketOwner',
  });
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
});

test.each([
  ['policy', new GetBucketPolicyCommand({ Bucket }), 'NoSuchBucketPolicy'],
  ['tags', new GetBucketTaggingCommand({ Bucket }), 'NoSuchTagSet'],
  ['lifecycle', new GetBucketLifecycleConfigurationCommand({ Bucket }), 'NoSuchLifecycleConfiguration'],
  ['CORS', new GetBucketCorsCommand({ Bucket }), 'NoSuchCORSConfiguration'],
  ['website', new GetBucketWebsiteCommand({ Bucket }), 'NoSuchWebsiteConfiguration'],
  ['replication', new GetBucketReplicationCommand({ Bucket }), 'ReplicationConfigurationNotFoundError'],
  ['object lock', new GetObjectLockConfigurationCommand({ Bucket }), 'ObjectLockConfigurationNotFoundError'],
])('a bucket without %s answers with 404', async (_what, command, code) => {
  const { s3, create } = await scene();
  await create();
  await expect(s3.send(command as GetBucketPolicyCommand)).rejects.toMatchObject({
    name: code,
    $metadata: { httpStatusCode: 404 },
  });
});

test('a bucket that does not exist is refused by name, and with a bare 404 to HEAD', async () => {
  const { s3 } = await scene();
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
    BucketName: Bucket,
  });
  await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NotFound',
    $metadata: { httpStatusCode: 404 },
  });
  expect(await refusalOf(s3.send(new DeleteBucketCommand({ Bucket })))).toMatchObject({
    code: 'NoSuchBucket',
  });
});

test('a second create is refused, except in us-east-1', async () => {
  const { s3, create, url } = await scene();
  await create();
  expect(await refusalOf(create())).toMatchObject({ code: 'BucketAlreadyOwnedByYou' });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const virginia = new S3Client({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
  await virginia.send(new CreateBucketCommand({ Bucket: 'global' }));
  await virginia.send(new CreateBucketCommand({ Bucket: 'global' }));
  expect(await refusalOf(virginia.send(new CreateBucketCommand({ Bucket })))).toMatchObject({
    code: 'BucketAlreadyOwnedByYou',
  });
  expect(
    (await virginia.send(new GetBucketLocationCommand({ Bucket: 'global' }))).LocationConstraint,
  ).toBeUndefined();
  // Another region's endpoint sends the client away, and names the region.
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'global' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 301 },
    $response: { headers: { 'x-amz-bucket-region': 'us-east-1' } },
  });
  const listed = await s3.send(new ListBucketsCommand({ BucketRegion: 'eu-west-1', Prefix: 'shop' }));
  expect(listed.Buckets).toMatchObject([{ Name: Bucket, BucketRegion: 'eu-west-1' }]);
  expect((await s3.send(new ListBucketsCommand({}))).Buckets).toHaveLength(2);
  virginia.destroy();
});

test.each([
  ['Shop', 'InvalidBucketName', {}],
  ['no', 'InvalidBucketName', {}],
  ['10.0.0.1', 'InvalidBucketName', {}],
  [
    Bucket,
    'IllegalLocationConstraintException',
    { CreateBucketConfiguration: { LocationConstraint: 'eu-west-2' as const } },
  ],
  [Bucket, 'AccessControlListNotSupported', { ACL: 'public-read' as const }],
])('the bucket %s is refused with %s', async (name, code, input) => {
  const { create } = await scene();
  expect(await refusalOf(create({ Bucket: name, ...input }))).toMatchObject({ code });
});

test('a bucket with an object cannot be deleted', async () => {
  const { s3, create } = await scene();
  await create();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'one', Body: '1' }));
  expect(await refusalOf(s3.send(new DeleteBucketCommand({ Bucket })))).toMatchObject({
    code: 'BucketNotEmpty',
  });
});

test('tags are set with the bucket, and replaced as a whole', async () => {
  const { s3, create } = await scene();
  await create({
    CreateBucketConfiguration: { LocationConstraint: 'eu-west-1', Tags: [{ Key: 'a', Value: '1' }] },
  });
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: 'a', Value: '1' }]);
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'b', Value: '2' }] } }));
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: 'b', Value: '2' }]);
  const twice = [
    { Key: 'c', Value: '3' },
    { Key: 'c', Value: '4' },
  ];
  expect(
    await refusalOf(s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: twice } }))),
  ).toMatchObject({ code: 'InvalidTag' });
});

test('settings are kept and returned', async () => {
  const { s3, create } = await scene();
  await create();
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: {
        Rules: [{ ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 30 } }],
      },
    }),
  );
  expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toEqual([
    { ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 30 } },
  ]);
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } } as const;
  await s3.send(
    new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
  );
  expect(await s3.send(new GetBucketEncryptionCommand({ Bucket }))).toMatchObject({
    ServerSideEncryptionConfiguration: { Rules: [rule] },
  });
  await s3.send(
    new PutBucketOwnershipControlsCommand({
      Bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
    }),
  );
  expect(await refusalOf(s3.send(new PutBucketAclCommand({ Bucket, ACL: 'private' })))).toMatchObject({
    code: 'NotImplemented',
  });
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  expect(await refusalOf(s3.send(new GetPublicAccessBlockCommand({ Bucket })))).toMatchObject({
    code: 'NoSuchPublicAccessBlockConfiguration',
  });
});

const policyOf = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
const READ_BY_ALL = {
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::shop-logs/*',
};

test('a policy is kept as it is, and a public one is refused while the bucket blocks public policies', async () => {
  const { s3, create } = await scene();
  await create();
  const put = (Policy: string) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const Policy = policyOf({ ...READ_BY_ALL, Principal: { AWS: 'arn:aws:iam::000000000000:root' } });
  await put(Policy);
  expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
  expect(await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).toMatchObject({
    PolicyStatus: { IsPublic: false },
  });
  expect(await refusalOf(put(policyOf(READ_BY_ALL)))).toMatchObject({ code: 'AccessDenied' });
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await put(policyOf(READ_BY_ALL));
  expect(await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).toMatchObject({
    PolicyStatus: { IsPublic: true },
  });
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  expect(await refusalOf(s3.send(new GetBucketPolicyCommand({ Bucket })))).toMatchObject({
    code: 'NoSuchBucketPolicy',
  });
});

test.each([
  ['not JSON', 'no', /valid JSON/],
  ['another bucket', policyOf({ ...READ_BY_ALL, Resource: 'arn:aws:s3:::other/*' }), /invalid resource/],
  ['no principal', policyOf({ ...READ_BY_ALL, Principal: undefined }), /Principal/],
  ['an unknown effect', policyOf({ ...READ_BY_ALL, Effect: 'Maybe' }), /Syntax/],
])('a policy with %s is refused', async (_what, Policy, message) => {
  const { s3, create } = await scene();
  await create();
  expect(await refusalOf(s3.send(new PutBucketPolicyCommand({ Bucket, Policy })))).toEqual({
    code: 'MalformedPolicy',
    message: expect.stringMatching(message),
  });
});

test('a call on behalf of another account is refused', async () => {
  const { s3, create } = await scene();
  await create();
  expect(
    await refusalOf(s3.send(new GetBucketPolicyCommand({ Bucket, ExpectedBucketOwner: '111111111111' }))),
  ).toMatchObject({ code: 'AccessDenied' });
});
