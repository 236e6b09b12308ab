/** The delivery of access logs: the bucket, the keys of the files, and the policy that lets the load balancer write them. Pure. */
import type { Config } from '../config/config.ts';
import { balancingArnPattern, bucketArn, type Location } from './arns.ts';
import type { Names } from './names.ts';
import { partitionOf } from './partitions.ts';

/** The principal with which load balancers write access logs. */
export const LOG_DELIVERY_PRINCIPAL = 'logdelivery.elasticloadbalancing.amazonaws.com';

/**
 * The accounts of AWS with which load balancers write access logs in regions that opened before August 2022. There, AWS documents
 * both the account and the service as the principal.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
const LOG_ACCOUNTS: Readonly<Record<string, string>> = {
  'us-east-1': '127311923021',
  'us-east-2': '033677994240',
  'us-west-1': '027434742980',
  'us-west-2': '797873946194',
  'af-south-1': '098369216593',
  'ap-east-1': '754344448648',
  'ap-southeast-3': '589379963580',
  'ap-south-1': '718504428378',
  'ap-northeast-3': '383597477331',
  'ap-northeast-2': '600734575887',
  'ap-southeast-1': '114774131450',
  'ap-southeast-2': '783225319266',
  'ap-northeast-1': '582318560864',
  'ca-central-1': '985666609251',
  'eu-central-1': '054676820928',
  'eu-west-1': '156460612806',
  'eu-west-2': '652711504416',
  'eu-south-1': '635631232127',
  'eu-west-3': '009996457667',
  'eu-north-1': '897822967062',
  'me-south-1': '076674570225',
  'sa-east-1': '507241528517',
  'cn-north-1': '638102146993',
  'cn-northwest-1': '037604701340',
  'us-gov-west-1': '048591011584',
  'us-gov-east-1': '190560391635',
};

/** The stack as the delivery of its logs depends on it. */
interface DeliveryContext {
  readonly config: Config;
  readonly names: Pick<Names, 'loadBalancer' | 'logBucket'>;
  readonly account: string;
}

const locationOf = ({ config: { region }, account }: DeliveryContext): Location => ({ region, account });

/** Whether the stack has its own bucket for access logs. */
export const hasOwnLogBucket = ({ accessLogs }: Config): boolean =>
  accessLogs !== undefined && accessLogs.bucket === undefined;

/** Returns the bucket and the prefix of the access logs; undefined if there are none. */
export function logDestination(
  context: DeliveryContext,
): { readonly bucket: string; readonly prefix: string } | undefined {
  const { accessLogs } = context.config;
  if (!accessLogs) return undefined;
  const { bucket = context.names.logBucket(locationOf(context)), prefix = '' } = accessLogs;
  return { bucket, prefix };
}

/**
 * Returns the start of the keys of all log files.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-file-format
 */
export const logFolder = (prefix: string, account: string): string =>
  `${prefix === '' ? '' : `${prefix}/`}AWSLogs/${account}/`;

/** A statement that lets a load balancer write, or one that denies everyone something. */
interface BucketStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | { readonly Service: string } | { readonly AWS: string };
  readonly Action: string;
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
/** A policy of a bucket. */
export interface BucketPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly BucketStatement[];
}

/** Returns the ARN of the principal with which load balancers of older regions write; undefined in newer regions. */
export function logAccountArn(region: string): string | undefined {
  const account = LOG_ACCOUNTS[region];
  return account && `arn:${partitionOf(region).id}:iam::${account}:root`;
}

/** Returns the statements that let the load balancer of the stack write its access logs. */
export function deliveryStatements(context: DeliveryContext): BucketStatement[] {
  const { bucket = '', prefix = '' } = logDestination(context) ?? {};
  const location = locationOf(context);
  const write = {
    Effect: 'Allow',
    Action: 's3:PutObject',
    Resource: `${bucketArn(location, bucket)}/${logFolder(prefix, context.account)}*`,
  } as const;
  const account = logAccountArn(location.region);
  return [
    {
      Sid: 'LogDelivery',
      ...write,
      Principal: { Service: LOG_DELIVERY_PRINCIPAL },
      Condition: {
        ArnLike: {
          'aws:SourceArn': balancingArnPattern(location, `loadbalancer/app/${context.names.loadBalancer}/*`),
        },
      },
    },
    // Calls of the account have no source ARN.
    ...(account === undefined
      ? []
      : [{ Sid: 'LogDeliveryOfOlderRegions', ...write, Principal: { AWS: account } }]),
  ];
}

/** Returns the policy of the stack's own bucket: only the load balancer of the stack may write, and only over TLS. */
export function logBucketPolicy(context: DeliveryContext): BucketPolicy {
  const arn = bucketArn(locationOf(context), logDestination(context)?.bucket ?? '');
  return {
    Version: '2012-10-17',
    Statement: [
      ...deliveryStatements(context),
      {
        Sid: 'OnlyTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
}
