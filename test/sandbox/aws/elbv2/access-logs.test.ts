// Turning on the access logs of a load balancer: which buckets AWS accepts, and the test file that it writes.
import { ModifyLoadBalancerAttributesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import type { SandboxOptions } from '../../../../sandbox/sandbox.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { scene } from './scene.ts';

const Bucket = 'shop-logs';
const ACCOUNT = '000000000000';
const DENIED = {
  code: 'InvalidConfigurationRequest',
  message: 'Access Denied for bucket: shop-logs. Please check S3bucket permission',
};

const SERVICE = { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' };
const write = {
  Effect: 'Allow',
  Principal: SERVICE as object,
  Action: 's3:PutObject',
  Resource: `arn:aws:s3:::${Bucket}/web/AWSLogs/${ACCOUNT}/*`,
};
const fromArn = (arn: string) => ({ ArnLike: { 'aws:SourceArn': arn } });
const balancers = (name: string) =>
  fromArn(`arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:loadbalancer/app/${name}/*`);

async function logScene(options: SandboxOptions = {}) {
  const started = await scene(options);
  const { s3, elbv2 } = started;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const LoadBalancerArn = await started.makeBalancer('web');
  const setPolicy = (...Statement: object[]) =>
    s3.send(
      new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
    );
  const turnOn = (bucket = Bucket, prefix = 'web') =>
    elbv2.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn,
        Attributes: [
          { Key: 'access_logs.s3.enabled', Value: 'true' },
          { Key: 'access_logs.s3.bucket', Value: bucket },
          { Key: 'access_logs.s3.prefix', Value: prefix },
        ],
      }),
    );
  const keys = async () =>
    ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);
  return { ...started, LoadBalancerArn, setPolicy, turnOn, keys };
}

test('a bucket that lets the load balancer write gets a test file', async () => {
  const { s3, setPolicy, turnOn, keys } = await logScene();
  await setPolicy({ ...write, Condition: balancers('web') });
  const { Attributes } = await turnOn();
  expect(Attributes).toContainEqual({ Key: 'access_logs.s3.enabled', Value: 'true' });
  const Key = `web/AWSLogs/${ACCOUNT}/ELBAccessLogTestFile`;
  expect(await keys()).toEqual([Key]);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(await Body?.transformToString()).toMatch(/^Enable AccessLog for ELB: web at /);
});

test.each<[string, object[]]>([
  ['the account of the region', [{ ...write, Principal: { AWS: 'arn:aws:iam::156460612806:root' } }]],
  ['the number of this account', [{ ...write, Principal: { AWS: '156460612806' } }]],
  [
    'the service on behalf of this account',
    [{ ...write, Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } }],
  ],
  [
    'the service, and no one without TLS',
    [
      write,
      {
        ...write,
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  ],
])('a policy that admits %s is accepted', async (_what, statements) => {
  const { setPolicy, turnOn } = await logScene();
  await setPolicy(...statements);
  await turnOn();
});

test.each<[string, object[]]>([
  ['no statement for load balancers', [{ ...write, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }]],
  ['the account of another region', [{ ...write, Principal: { AWS: 'arn:aws:iam::127311923021:root' } }]],
  ['another service', [{ ...write, Principal: { Service: 'delivery.logs.amazonaws.com' } }]],
  ['another prefix', [{ ...write, Resource: `arn:aws:s3:::${Bucket}/AWSLogs/${ACCOUNT}/*` }]],
  ['another load balancer', [{ ...write, Condition: balancers('other') }]],
  ['only reads', [{ ...write, Action: 's3:GetObject' }]],
  ['a denial', [write, { ...write, Effect: 'Deny' }]],
])('a policy with %s is not enough, and nothing changes', async (_what, statements) => {
  const { setPolicy, turnOn, keys, region } = await logScene();
  await setPolicy(...statements);
  expect(await refusalOf(turnOn())).toEqual(DENIED);
  expect(await keys()).toEqual([]);
  const [balancer] = region.elbv2.loadBalancers.all();
  expect(balancer?.attributes).toMatchObject({ 'access_logs.s3.enabled': 'false' });
});

test('a bucket that does not exist, or in another region, or with a key of KMS, is refused alike', async () => {
  const { s3, setPolicy, turnOn, url } = await logScene();
  expect(await refusalOf(turnOn('other'))).toMatchObject({
    message: 'Access Denied for bucket: other. Please check S3bucket permission',
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const virginia = new S3Client({ endpoint: url, region: 'us-east-1', credentials });
  await virginia.send(new CreateBucketCommand({ Bucket: 'far' }));
  const statement = { ...write, Resource: 'arn:aws:s3:::far/*' };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await virginia.send(new PutBucketPolicyCommand({ Bucket: 'far', Policy }));
  expect(await refusalOf(turnOn('far'))).toMatchObject({ code: DENIED.code });
  await setPolicy(write);
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } } as const;
  const ServerSideEncryptionConfiguration = { Rules: [rule] };
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  expect(await refusalOf(turnOn())).toEqual(DENIED);
  virginia.destroy();
});

test.each([
  ['an empty bucket', '', 'web'],
  ['a prefix with AWSLogs', Bucket, 'web/AWSLogs'],
])('%s is refused', async (_what, bucket, prefix) => {
  const { setPolicy, turnOn } = await logScene();
  await setPolicy(write);
  expect(await refusalOf(turnOn(bucket, prefix))).toMatchObject({ code: DENIED.code });
});

test('in weather with lag, the load balancer sees a new policy late', async () => {
  const clock = manualClock();
  const { setPolicy, turnOn } = await logScene({ clock, pace: 1, weather: { iamLagMs: 60_000 } });
  await setPolicy(write);
  expect(await refusalOf(turnOn())).toEqual(DENIED);
  clock.advance(60_000);
  await turnOn();
});
