/** For tests: what exists in an account before the stack with everything on, and stays when the stack is gone. */
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CreateWebACLCommand, ListWebACLsCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { ALARM, LOG_BUCKET, SECRETS } from './stack.ts';

/**
 * Creates the web ACL, the secrets, the alarm and the bucket.
 * @param endpoint the URL of a sandbox, or of another imitation of AWS
 * @returns the ARN of the web ACL: `WEB_ACL` in the sandbox, and another one elsewhere
 */
export async function createSurroundings(endpoint: string): Promise<string> {
  const settings = settingsOf(endpoint);
  const ssm = new SSMClient(settings);
  const secrets = new SecretsManagerClient(settings);
  const cloudwatch = new CloudWatchClient(settings);
  const s3 = new S3Client(settings);
  const wafv2 = new WAFV2Client(settings);
  try {
    const webAcl = await createWebAcl(wafv2);
    await createLogBucket(s3);
    await ssm.send(new PutParameterCommand({ Name: SECRETS.parameter, Value: 'db-1', Type: 'SecureString' }));
    await secrets.send(new CreateSecretCommand({ Name: SECRETS.json, SecretString: '{"api":"key-1"}' }));
    const login = JSON.stringify({ username: 'shop', password: 'password-1' });
    await secrets.send(new CreateSecretCommand({ Name: SECRETS.registry, SecretString: login }));
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        ...{ AlarmName: ALARM, Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum' },
        ...{ Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
      }),
    );
    return webAcl;
  } finally {
    for (const client of [ssm, secrets, cloudwatch, s3, wafv2]) client.destroy();
  }
}

const settingsOf = (endpoint: string) => ({
  endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
});

/** Returns the ARN of the web ACL, if `createSurroundings` has created it. @param endpoint its URL */
export async function findWebAcl(endpoint: string): Promise<string | undefined> {
  const wafv2 = new WAFV2Client(settingsOf(endpoint));
  try {
    const { WebACLs = [] } = await wafv2.send(new ListWebACLsCommand({ Scope: 'REGIONAL' }));
    return WebACLs[0]?.ARN;
  } finally {
    wafv2.destroy();
  }
}

/** Leaves the log files out of a census: a load balancer writes one at each place that it gets, and those in `LOG_BUCKET` stay. */
export const withoutLogFiles = ({ 's3.objects': _, ...census }: Readonly<Record<string, number>>) => census;

/** Creates a web ACL that lets every request pass. It is the first resource of the account, so that the sandbox always gives it the same id. */
async function createWebAcl(wafv2: WAFV2Client): Promise<string> {
  const VisibilityConfig = {
    SampledRequestsEnabled: false,
    CloudWatchMetricsEnabled: false,
    MetricName: 'm',
  };
  const { Summary } = await wafv2.send(
    new CreateWebACLCommand({
      ...{ Name: 'outside', Scope: 'REGIONAL', DefaultAction: { Allow: {} }, VisibilityConfig },
    }),
  );
  if (Summary?.ARN === undefined) throw new Error('the response has no ARN');
  return Summary.ARN;
}

/** Creates a bucket that load balancers may write to. */
async function createLogBucket(s3: S3Client): Promise<void> {
  const Bucket = LOG_BUCKET;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}
