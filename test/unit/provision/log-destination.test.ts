// The check of a user's bucket for access logs: what is refused, what is only noted, and how S3 is asked.
import { GetBucketEncryptionCommand, GetBucketPolicyCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { lookLogDestination } from '../../../lib/look/log-destination.ts';
import { checkLogDestination, logDestinationEvents } from '../../../provision/log-destination.ts';
import { awsError, config, desiredOf, lookContextOf, mocks } from '../step-harness.ts';

const bucket = 'company-logs';
const desired = desiredOf(config({ accessLogs: { bucket } }));
const Policy = JSON.stringify({
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${bucket}/*`,
  },
});

/** Looks at the bucket; returns the problem, if any, and the notes. */
async function check(): Promise<{ why: string | undefined; fix: readonly string[]; notes: string[] }> {
  const logBucketOfUser = await lookLogDestination(lookContextOf(desired.config), bucket);
  const notes = logDestinationEvents(desired, { logBucketOfUser }).map(
    (event) => (event as { text: string }).text,
  );
  try {
    checkLogDestination(desired, { logBucketOfUser });
    return { why: undefined, fix: [], notes };
  } catch (error) {
    const { code, why, fix } = error as { code: string; why: string; fix: readonly string[] };
    expect(code).toBe('BUCKET');
    return { why, fix, notes };
  }
}

function mockBucket(): void {
  mocks.s3.on(HeadBucketCommand).resolves({ BucketRegion: 'eu-west-1' });
  mocks.s3.on(GetBucketPolicyCommand).resolves({ Policy });
  mocks.s3.on(GetBucketEncryptionCommand).rejects(awsError('ServerSideEncryptionConfigurationNotFoundError'));
}

test('a bucket in the region whose policy lets the load balancer write is accepted', async () => {
  mockBucket();
  expect(await check()).toEqual({ why: undefined, fix: [], notes: [] });
});

test('a bucket that does not exist is refused', async () => {
  mocks.s3.on(HeadBucketCommand).rejects(awsError('NotFound', '', 404));
  expect((await check()).why).toBe('S3 has no bucket company-logs.');
});

test('a bucket in another region is refused, however S3 reports the region', async () => {
  const why = 'The bucket is in us-east-1, and the load balancer is in eu-west-1.';
  mocks.s3.on(HeadBucketCommand).resolves({ BucketRegion: 'us-east-1' });
  expect((await check()).why).toBe(why);
  const redirect = Object.assign(awsError('PermanentRedirect', '', 301), {
    $response: { headers: { 'x-amz-bucket-region': 'us-east-1' } },
  });
  mocks.s3.on(HeadBucketCommand).rejects(redirect);
  expect((await check()).why).toBe(why);
});

test('a bucket with a key of KMS is refused', async () => {
  mockBucket();
  mocks.s3.on(GetBucketEncryptionCommand).resolves({
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
    },
  });
  expect((await check()).why).toContain('encrypts with aws:kms');
});

test('a bucket without a policy is refused, with the statement that it needs', async () => {
  mockBucket();
  mocks.s3.on(GetBucketPolicyCommand).rejects(awsError('NoSuchBucketPolicy', '', 404));
  const { why, fix } = await check();
  expect(why).toBe('The policy of the bucket does not let the load balancer write its logs.');
  const statement = /\{.*\}/.exec(fix[0] ?? '')?.[0] ?? '';
  expect(JSON.parse(statement)).toMatchObject({
    Resource: 'arn:aws:s3:::company-logs/AWSLogs/111122223333/*',
    Condition: {
      ArnLike: {
        'aws:SourceArn': 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop-dev/*',
      },
    },
  });
});

test('what the caller may not read is noted, and left to AWS', async () => {
  mockBucket();
  mocks.s3.on(GetBucketPolicyCommand).rejects(awsError('AccessDenied', '', 403));
  mocks.s3.on(GetBucketEncryptionCommand).rejects(awsError('AccessDenied', '', 403));
  expect(await check()).toEqual({
    why: undefined,
    fix: [],
    notes: ['The policy of the bucket company-logs was not checked: it cannot be read'],
  });
  mocks.s3.on(HeadBucketCommand).rejects(awsError('Forbidden', '', 403));
  const { why, notes } = await check();
  expect([why, notes]).toEqual([undefined, [expect.stringContaining('was not checked: AWS denies access')]]);
});

test('any other error ends the run', async () => {
  mocks.s3.on(HeadBucketCommand).rejects(awsError('SlowDown2', 'slow', 400));
  await expect(check()).rejects.toThrow('slow');
});
