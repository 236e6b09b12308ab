// Access logs: a bucket of the stack's own or of the user, manual changes, a change of the configuration, and teardown.
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as s3 from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { account, planInWords, type Account } from './harness.ts';
import { stack } from './stacks.ts';

const OWN = 'shop-dev-logs-000000000000-eu-west-1';
const THEIRS = 'company-logs';
const IRELAND = { LocationConstraint: 'eu-west-1' } as const;
const logged = (accessLogs: StackInput['accessLogs'] = true): StackInput => stack({ accessLogs });

/** The attributes of the load balancer for its access logs. */
async function attributesOf(user: Account): Promise<Record<string, string | undefined>> {
  const LoadBalancerArn = user.ids()['loadBalancer']?.['loadBalancerArn'];
  const { Attributes = [] } = await user.aws.elb.send(
    new elb.DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
  );
  const logs = Attributes.filter(({ Key }) => Key?.startsWith('access_logs.s3.'));
  return Object.fromEntries(logs.map(({ Key = '', Value }) => [Key.split('.').at(-1) ?? '', Value] as const));
}

/** Creates a bucket of the user, whose policy lets load balancers write under a prefix. */
async function makeBucket(user: Account, prefix: string): Promise<void> {
  const Bucket = THEIRS;
  await user.aws.s3.send(new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration: IRELAND }));
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${Bucket}/${prefix}*`,
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await user.aws.s3.send(new s3.PutBucketPolicyCommand({ Bucket, Policy }));
}

/** Everything that S3 says about a bucket. */
async function bucketInWords({ aws }: Account, Bucket: string): Promise<object> {
  const { Policy = '' } = await aws.s3.send(new s3.GetBucketPolicyCommand({ Bucket }));
  const tags = await aws.s3.send(new s3.GetBucketTaggingCommand({ Bucket })).catch(() => undefined);
  const lifecycle = await aws.s3
    .send(new s3.GetBucketLifecycleConfigurationCommand({ Bucket }))
    .catch(() => undefined);
  return { policy: JSON.parse(Policy) as unknown, tags: tags?.TagSet, rules: lifecycle?.Rules };
}

test('a stack gets access logs, changes them field by field, and loses them again with their bucket', async () => {
  const user = await provisionedAccount(stack());
  const census = user.census();
  expect(planInWords(await user.plan(logged()))).toEqual([
    'create logBucket',
    'update loadBalancer: attribute.access_logs.s3.enabled, attribute.access_logs.s3.bucket',
  ]);
  await user.provision(logged());
  expect(await user.plan(logged())).toEqual([]);
  expect(await attributesOf(user)).toEqual({ enabled: 'true', bucket: OWN, prefix: '' });
  expect(await bucketInWords(user, OWN)).toMatchSnapshot();

  const changed = logged({ prefix: 'shop/dev', days: 7 });
  expect(planInWords(await user.plan(changed))).toEqual([
    'update logBucket: policy, expiry days',
    'update loadBalancer: attribute.access_logs.s3.prefix',
  ]);
  await user.provision(changed);
  expect(await user.plan(changed)).toEqual([]);
  expect(await attributesOf(user)).toMatchObject({ prefix: 'shop/dev' });

  expect(planInWords(await user.plan(stack()))).toEqual([
    'remove logBucket',
    'update loadBalancer: attribute.access_logs.s3.enabled',
  ]);
  await user.provision(stack());
  expect(user.census()).toEqual(census);
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});

test('a teardown deletes the bucket with all logs and all their versions', async () => {
  const user = await provisionedAccount(logged());
  const Bucket = OWN;
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await user.aws.s3.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  for (const Body of ['1', '2'])
    await user.aws.s3.send(new s3.PutObjectCommand({ Bucket, Key: 'AWSLogs/one.log.gz', Body }));
  await user.aws.s3.send(new s3.DeleteObjectCommand({ Bucket, Key: 'AWSLogs/one.log.gz' }));
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});

const manualChanges: [what: string, drift: string[], change: (user: Account) => Promise<unknown>][] = [
  [
    'public access is no longer blocked',
    ['update logBucket: public access'],
    ({ aws }) => aws.s3.send(new s3.DeletePublicAccessBlockCommand({ Bucket: OWN })),
  ],
  [
    'objects belong to their writers',
    ['update logBucket: ownership'],
    ({ aws }) =>
      aws.s3.send(
        new s3.PutBucketOwnershipControlsCommand({
          Bucket: OWN,
          OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
        }),
      ),
  ],
  [
    'a key of KMS encrypts the bucket',
    ['update logBucket: encryption'],
    ({ aws }) =>
      aws.s3.send(
        new s3.PutBucketEncryptionCommand({
          Bucket: OWN,
          ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
          },
        }),
      ),
  ],
  [
    'the policy was deleted',
    ['update logBucket: policy'],
    ({ aws }) => aws.s3.send(new s3.DeleteBucketPolicyCommand({ Bucket: OWN })),
  ],
  [
    'logs no longer expire',
    ['update logBucket: expiry days'],
    ({ aws }) => aws.s3.send(new s3.DeleteBucketLifecycleCommand({ Bucket: OWN })),
  ],
  [
    'a tag was replaced, and one was added',
    ['update logBucket: tag.Name'],
    async ({ aws }) => {
      const { TagSet = [] } = await aws.s3.send(new s3.GetBucketTaggingCommand({ Bucket: OWN }));
      const kept = TagSet.filter(({ Key }) => Key !== 'Name');
      const Tagging = { TagSet: [...kept, { Key: 'Name', Value: 'x' }, { Key: 'cost', Value: 'shop' }] };
      await aws.s3.send(new s3.PutBucketTaggingCommand({ Bucket: OWN, Tagging }));
    },
  ],
  [
    'the logs were turned off',
    ['update loadBalancer: attribute.access_logs.s3.enabled'],
    (user) =>
      user.aws.elb.send(
        new elb.ModifyLoadBalancerAttributesCommand({
          LoadBalancerArn: user.ids()['loadBalancer']?.['loadBalancerArn'],
          Attributes: [{ Key: 'access_logs.s3.enabled', Value: 'false' }],
        }),
      ),
  ],
  [
    'the bucket was emptied and deleted',
    ['create logBucket'],
    async ({ aws }) => {
      const { Contents = [] } = await aws.s3.send(new s3.ListObjectsV2Command({ Bucket: OWN }));
      for (const { Key } of Contents) await aws.s3.send(new s3.DeleteObjectCommand({ Bucket: OWN, Key }));
      await aws.s3.send(new s3.DeleteBucketCommand({ Bucket: OWN }));
    },
  ],
];

test.each(manualChanges)('%s: the drift is reported and repaired', async (_what, drift, change) => {
  const user = await provisionedAccount(logged());
  await change(user);
  expect(planInWords(await user.plan(logged()))).toEqual(drift);
  await user.provision(logged());
  expect(await user.plan(logged())).toEqual([]);
  await user.teardown(logged());
  expect(user.census()).toEqual({});
});

test('the tags of others stay when a tag is repaired', async () => {
  const user = await provisionedAccount(logged());
  const Tagging = {
    TagSet: [
      { Key: 'slipway:stack', Value: 'shop-dev' },
      { Key: 'cost', Value: 'shop' },
    ],
  };
  await user.aws.s3.send(new s3.PutBucketTaggingCommand({ Bucket: OWN, Tagging }));
  await user.provision(logged());
  const { TagSet } = await user.aws.s3.send(new s3.GetBucketTaggingCommand({ Bucket: OWN }));
  expect(TagSet).toContainEqual({ Key: 'cost', Value: 'shop' });
});

test('without its state file, a stack with access logs is recognised and removed', async () => {
  const user = await provisionedAccount(logged());
  user.deleteState();
  expect(await user.plan(logged())).toEqual([]);
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});

test('a bucket of someone else with the name of our bucket is refused, and adopted on request', async () => {
  const user = await account();
  await user.aws.s3.send(new s3.CreateBucketCommand({ Bucket: OWN, CreateBucketConfiguration: IRELAND }));
  await expect(user.provision(logged())).rejects.toMatchObject({
    code: 'FOREIGN',
    why: expect.stringContaining('logBucket: it has our name'),
  });
  await user.provision(logged(), { adopt: ['logBucket'] });
  expect(await user.plan(logged())).toEqual([]);
});

test("a bucket of the user is used and never changed, and the stack's own bucket is removed in its favour", async () => {
  const user = await provisionedAccount(logged());
  await makeBucket(user, 'shop/AWSLogs/');
  const before = await bucketInWords(user, THEIRS);
  const theirs = logged({ bucket: THEIRS, prefix: 'shop' });
  expect(planInWords(await user.plan(theirs))).toEqual([
    'remove logBucket',
    'update loadBalancer: attribute.access_logs.s3.bucket, attribute.access_logs.s3.prefix',
  ]);
  await user.provision(theirs);
  expect(await user.plan(theirs)).toEqual([]);
  expect(await attributesOf(user)).toEqual({ enabled: 'true', bucket: THEIRS, prefix: 'shop' });
  expect(await bucketInWords(user, THEIRS)).toEqual(before);
  await user.teardown(theirs);
  // The test file of AWS is the only object.
  expect(user.census()).toEqual({ 's3.buckets': 1, 's3.objects': 1 });
});

test('a bucket of the user that cannot receive logs is refused before anything is created', async () => {
  const user = await account();
  const refusalOf = async (accessLogs: StackInput['accessLogs']): Promise<string> => {
    const before = user.census();
    const error: unknown = await user.provision(logged(accessLogs)).catch((problem: unknown) => problem);
    expect(error).toMatchObject({ code: 'BUCKET' });
    expect(user.census()).toEqual(before);
    return String((error as { why: string }).why);
  };
  expect(await refusalOf({ bucket: THEIRS })).toBe(`S3 has no bucket ${THEIRS}.`);
  await makeBucket(user, 'shop/AWSLogs/');
  expect(await refusalOf({ bucket: THEIRS, prefix: 'other' })).toBe(
    'The policy of the bucket does not let the load balancer write its logs.',
  );
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } } as const;
  const ServerSideEncryptionConfiguration = { Rules: [rule] };
  await user.aws.s3.send(
    new s3.PutBucketEncryptionCommand({ Bucket: THEIRS, ServerSideEncryptionConfiguration }),
  );
  expect(await refusalOf({ bucket: THEIRS, prefix: 'shop' })).toContain('encrypts with aws:kms');
  const far = { Bucket: 'far-logs', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } } as const;
  const oregon = new s3.S3Client({
    endpoint: user.sandbox.url,
    region: 'us-west-2',
    credentials: { accessKeyId: 'other', secretAccessKey: 'user' },
  });
  await oregon.send(new s3.CreateBucketCommand(far));
  oregon.destroy();
  expect(await refusalOf({ bucket: far.Bucket })).toContain('The bucket is in us-west-2');
});
