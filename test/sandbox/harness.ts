/** Sandboxes for tests, with SDK clients connected over HTTP, with or without a data plane. */
import { ACMClient } from '@aws-sdk/client-acm';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { afterEach } from '@jest/globals';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { startSandboxWithTasks } from '../../sandbox/sandbox-with-tasks.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

/** Starts a sandbox without a data plane, and one client per service, without retries. All are closed after the test. */
export const sandbox = async (options: SandboxOptions = {}) =>
  withClients(await startSandbox({ seed: 'test', ...options }));

/** Starts a sandbox with the same clients and with a data plane, so that tasks run and load balancers respond. */
export const sandboxWithDataPlane = async (options: SandboxOptions = {}) =>
  withClients(await startSandboxWithTasks({ seed: 'test', httpPort: 0, ...options }));

function withClients(started: Sandbox) {
  cleanUps.push(() => started.close());
  const settings = {
    endpoint: started.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const clients = {
    ec2: new EC2Client(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
    ecs: new ECSClient(settings),
    autoscaling: new ApplicationAutoScalingClient(settings),
    cloudwatch: new CloudWatchClient(settings),
    ecr: new ECRClient(settings),
    logs: new CloudWatchLogsClient(settings),
    iam: new IAMClient(settings),
    route53: new Route53Client(settings),
    ssm: new SSMClient(settings),
    secretsmanager: new SecretsManagerClient(settings),
    sts: new STSClient(settings),
    acm: new ACMClient(settings),
    s3: new S3Client(settings),
    wafv2: new WAFV2Client(settings),
    servicequotas: new ServiceQuotasClient(settings),
  };
  for (const client of Object.values(clients)) cleanUps.push(async () => client.destroy());
  return { ...started, ...clients, region: started.world.region('eu-west-1') };
}

/** Returns the error code and the message with which a call was refused. Throws when the call was not refused. */
export async function refusalOf(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await call;
  } catch (error) {
    const { Code, name, message } = error as Error & { Code?: string };
    return { code: Code ?? name, message };
  }
  throw new Error('The call was not refused');
}
