/** The access logs of load balancers: whether a bucket accepts them, and how the files in it are named. */
import { randomBytes } from 'node:crypto';
import { allowsWrite } from '../s3/policies.ts';
import { writeObject } from '../s3/object-rows.ts';
import type { BucketRow } from '../s3/store.ts';
import type { Region } from '../../world/region.ts';
import { invalidConfiguration } from './errors.ts';
import { LOG_ACCOUNTS } from './log-accounts.ts';
import type { LoadBalancerRow } from './store.ts';

const SERVICE = 'logdelivery.elasticloadbalancing.amazonaws.com';

type Attributes = LoadBalancerRow['attributes'];

/** The start of the keys of all files: the prefix of the configuration, and the account. */
const folderOf = ({ account }: Region, attributes: Attributes): string => {
  const prefix = attributes['access_logs.s3.prefix'] ?? '';
  return `${prefix === '' ? '' : `${prefix}/`}AWSLogs/${account}`;
};

/**
 * Whether Elastic Load Balancing may write an object. Its request comes from a service, or, in older regions, from an account of
 * AWS. The bucket must be in the region of the load balancer, and must not encrypt with a key of KMS.
 */
function mayWrite(region: Region, arn: string, bucket: BucketRow, key: string): boolean {
  if (bucket.region !== region.name) return false;
  const { ApplyServerSideEncryptionByDefault: encryption } = bucket.encryption.Rules?.[0] ?? {};
  if (encryption?.SSEAlgorithm !== undefined && encryption.SSEAlgorithm !== 'AES256') return false;
  const account = LOG_ACCOUNTS[region.name];
  const fromService = allowsWrite(region, bucket, {
    principal: { kind: 'Service', names: [SERVICE] },
    key,
    context: {
      'aws:sourcearn': arn,
      'aws:sourceaccount': region.account,
      'aws:securetransport': 'true',
    },
  });
  if (fromService || account === undefined) return fromService;
  return allowsWrite(region, bucket, {
    principal: { kind: 'AWS', names: [account, `arn:${region.partition.id}:iam::${account}:root`] },
    key,
    context: {
      'aws:sourcearn': undefined,
      'aws:sourceaccount': undefined,
      'aws:securetransport': 'true',
    },
  });
}

const LOG_KEYS = ['access_logs.s3.enabled', 'access_logs.s3.bucket', 'access_logs.s3.prefix'];

/**
 * Checks new settings of access logs, and writes a test file as AWS does.
 * @throws InvalidConfigurationRequest if the bucket does not accept the file
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export function checkAccessLogs(
  region: Region,
  { LoadBalancerArn, attributes }: LoadBalancerRow,
  next: Attributes,
): void {
  if (next['access_logs.s3.enabled'] !== 'true') return;
  if (LOG_KEYS.every((key) => attributes[key] === next[key])) return;
  const name = next['access_logs.s3.bucket'] ?? '';
  if (name === '') throw invalidConfiguration('The S3 bucket name must be specified to enable access logs');
  if (/(^|\/)AWSLogs(\/|$)/.test(next['access_logs.s3.prefix'] ?? ''))
    throw invalidConfiguration("The S3 prefix must not contain 'AWSLogs'");
  const key = `${folderOf(region, next)}/ELBAccessLogTestFile`;
  const bucket = region.s3.buckets.get(name);
  if (!bucket || !isVisible(region, bucket) || !mayWrite(region, LoadBalancerArn, bucket, key))
    throw invalidConfiguration(`Access Denied for bucket: ${name}. Please check S3bucket permission`);
  const text = `Enable AccessLog for ELB: ${nameIn(LoadBalancerArn).split('/')[1]} at ${region.now().toISOString()}`;
  writeObject(region, bucket, key, Buffer.from(text), { headers: { ContentType: 'text/plain' } });
}

/** Whether Elastic Load Balancing sees the last change of the policy already: settings of buckets are eventually consistent. */
function isVisible(region: Region, { name, policyChangedAt }: BucketRow): boolean {
  if (policyChangedAt === undefined) return true;
  const propagation = {
    lag: 'iamLagMs',
    id: name,
    consumer: 'elbv2 access logs',
    changedAt: policyChangedAt,
  } as const;
  return region.visibleAt(propagation) <= region.now().getTime();
}

/** Returns the name of a load balancer in its logs, e.g. `app/shop/50dc6c495c0c9188`. */
export const nameIn = (arn: string): string => arn.split('loadbalancer/')[1] ?? '';

/** A file of a load balancer's access log. */
export interface LogFile {
  readonly loadBalancerArn: string;
  /** The attributes with which the requests were logged. */
  readonly attributes: Attributes;
  /** The address of the node that served the requests. */
  readonly nodeIp: string;
  /** The compressed lines. */
  readonly bytes: Uint8Array;
}

/**
 * Writes a file into the bucket. Delivery is best effort: a bucket that is gone, or that does not accept the file, gets none.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-file-format
 */
export function deliverLog(region: Region, { loadBalancerArn, attributes, nodeIp, bytes }: LogFile): void {
  const bucket = region.s3.buckets.get(attributes['access_logs.s3.bucket']);
  const { account, name } = region;
  const [day = '', time = ''] = region.now().toISOString().split('T');
  const end = `${day.replaceAll('-', '')}T${time.slice(0, 5).replace(':', '')}Z`;
  const service = 'elasticloadbalancing';
  const file = `${account}_${service}_${name}_${nameIn(loadBalancerArn).replaceAll('/', '.')}_${end}_${nodeIp}_${randomBytes(4).toString('hex')}.log.gz`;
  const key = `${folderOf(region, attributes)}/${service}/${name}/${day.replaceAll('-', '/')}/${file}`;
  if (!bucket || !mayWrite(region, loadBalancerArn, bucket, key)) return;
  writeObject(region, bucket, key, bytes, { headers: { ContentType: 'application/octet-stream' } });
  region.changed();
}
