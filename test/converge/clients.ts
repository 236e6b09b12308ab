/** For convergence tests: AWS clients of another user of the account. */
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
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { WAFV2Client } from '@aws-sdk/client-wafv2';

export type Clients = ReturnType<typeof clientsOf>;

/** @param endpoint the URL of a sandbox */
export function clientsOf(endpoint: string) {
  const settings = {
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'other', secretAccessKey: 'user' },
  };
  return {
    ec2: new EC2Client(settings),
    ecr: new ECRClient(settings),
    ecs: new ECSClient(settings),
    autoscaling: new ApplicationAutoScalingClient(settings),
    cloudwatch: new CloudWatchClient(settings),
    elb: new ElasticLoadBalancingV2Client(settings),
    iam: new IAMClient(settings),
    logs: new CloudWatchLogsClient(settings),
    route53: new Route53Client(settings),
    acm: new ACMClient(settings),
    s3: new S3Client(settings),
    wafv2: new WAFV2Client(settings),
    servicequotas: new ServiceQuotasClient(settings),
  };
}
