/** The rate limits that AWS publishes for an account in a region, as token buckets. */

/** A token bucket: its capacity (`burst`), and how many tokens it gains per second. */
export interface Bucket {
  /** The key of the service in `Aws`. */
  readonly service: 'acm' | 'ec2' | 'elbv2' | 'ecs' | 'iam' | 'route53' | 'logs' | 'wafv2';
  /**
   * The operations that draw from the bucket. Without this field, every call of the service draws from the bucket, in
   * addition to the bucket of its operation.
   */
  readonly operations?: RegExp;
  /** Whether each of the operations has its own bucket; by default they share one. */
  readonly perOperation?: true;
  readonly burst: number;
  readonly perSecond: number;
}

const READS = /^(Describe|Get|List)/;
const ANY = /./;

/**
 * A call draws from the first row of its service that matches the operation, and from every row without operations.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html
 */
export const buckets: readonly Bucket[] = [
  { service: 'ec2', operations: READS, perOperation: true, burst: 100, perSecond: 20 },
  { service: 'ec2', operations: /^(Create|Delete)NatGateway$/, perOperation: true, burst: 10, perSecond: 1 },
  {
    service: 'ec2',
    operations: /^(Create|Modify|Delete)VpcEndpoints?$/,
    perOperation: true,
    burst: 4,
    perSecond: 0.3,
  },
  { service: 'ec2', operations: /^(Create|Delete)Tags$/, perOperation: true, burst: 100, perSecond: 10 },
  { service: 'ec2', operations: ANY, perOperation: true, burst: 50, perSecond: 5 },

  { service: 'elbv2', burst: 40, perSecond: 10 },
  { service: 'elbv2', operations: READS, burst: 40, perSecond: 10 },
  { service: 'elbv2', operations: /^(CreateLoadBalancer|SetSubnets)$/, burst: 10, perSecond: 0.2 },
  { service: 'elbv2', operations: /^(Register|Deregister)Targets$/, burst: 20, perSecond: 4 },
  { service: 'elbv2', operations: ANY, burst: 20, perSecond: 3 },

  { service: 'ecs', operations: /^(Describe|List)Services$/, burst: 100, perSecond: 20 },
  { service: 'ecs', operations: /^(Describe|List)Tasks$/, burst: 100, perSecond: 20 },
  { service: 'ecs', operations: READS, burst: 50, perSecond: 20 },
  { service: 'ecs', operations: /^(Create|Update|Delete)Service$/, burst: 50, perSecond: 5 },
  { service: 'ecs', operations: /^(Register|Deregister)TaskDefinition$/, burst: 20, perSecond: 1 },
  { service: 'ecs', operations: /^DeleteTaskDefinitions$/, burst: 5, perSecond: 1 },
  { service: 'ecs', operations: /^(Tag|Untag)Resource$/, burst: 20, perSecond: 10 },
  { service: 'ecs', operations: /Cluster/, burst: 20, perSecond: 1 },

  // AWS publishes only the rates. https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
  { service: 'acm', operations: /^ListCertificates$/, burst: 8, perSecond: 8 },
  { service: 'acm', operations: READS, perOperation: true, burst: 10, perSecond: 10 },
  { service: 'acm', operations: /^DeleteCertificate$/, burst: 10, perSecond: 10 },
  { service: 'acm', operations: ANY, perOperation: true, burst: 5, perSecond: 5 },

  // AWS publishes only the rates. https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
  {
    service: 'wafv2',
    operations: /^(Associate|Disassociate)WebACL$/,
    perOperation: true,
    burst: 1,
    perSecond: 0.5,
  },
  { service: 'wafv2', operations: ANY, perOperation: true, burst: 1, perSecond: 1 },

  { service: 'route53', burst: 50, perSecond: 10 },
  { service: 'route53', operations: /^CreateHostedZone$/, burst: 40, perSecond: 2 },
  { service: 'route53', operations: /^DeleteHostedZone$/, burst: 40, perSecond: 5 },

  // Not published; observed.
  { service: 'iam', operations: ANY, burst: 20, perSecond: 15 },
  { service: 'logs', operations: ANY, perOperation: true, burst: 10, perSecond: 10 },
];

/** Returns the buckets that a call draws from, each with a unique name. */
export function bucketsOf(service: string, operation: string): readonly (readonly [string, Bucket])[] {
  const bucketsOfService = buckets.filter((bucket) => bucket.service === service);
  const firstMatch = bucketsOfService.find(({ operations }) => operations?.test(operation));
  return bucketsOfService
    .filter((bucket) => bucket === firstMatch || bucket.operations === undefined)
    .map((bucket) => [nameOf(bucket, operation), bucket]);
}

const nameOf = ({ service, operations, perOperation }: Bucket, operation: string): string =>
  `${service} ${perOperation ? operation : (operations?.source ?? '')}`;
