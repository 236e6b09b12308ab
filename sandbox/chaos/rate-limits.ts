/** AWS's published rate-limit buckets: the rows of the table in the catalogue of AWS semantics (§12). */
import type { ChangeBatch } from '@aws-sdk/client-route-53';

type Input = Readonly<Record<string, unknown>>;

/** A token bucket, and the calls that take tokens from it. */
export interface Bucket {
  readonly service: string;
  readonly operations: 'all' | 'reads' | 'mutating' | readonly string[];
  /** The maximum number of tokens in the bucket: the burst. */
  readonly capacity: number;
  /** Tokens added per second of AWS time. */
  readonly refill: number;
  /** Whether each operation has its own bucket; by default they share one. */
  readonly perOperation?: true;
  /**
   * Whether the bucket applies in addition to others. Of the buckets without this flag, only the first one that matches a
   * call applies.
   */
  readonly additional?: true;
  /** Whether a call with this input takes tokens; by default every call does. */
  readonly when?: (input: Input) => boolean;
  /** The number of tokens that a call takes; by default 1. */
  readonly cost?: (input: Input) => number;
}

/** Whether a call has no IDs, filters or page size, and therefore reads the whole account. */
const isUnbounded = (input: Input): boolean => Object.keys(input).length === 0;

/** Counts the record changes in a call. An UPSERT counts as two, because it is a DELETE and a CREATE. */
const countRecordChanges = (input: Input): number =>
  ((input['ChangeBatch'] as ChangeBatch | undefined)?.Changes ?? []).reduce(
    (sum, { Action }) => sum + (Action === 'UPSERT' ? 2 : 1),
    0,
  );

/** Returns the buckets of a service. */
const bucketsOf = (service: string, ...buckets: Omit<Bucket, 'service'>[]): Bucket[] =>
  buckets.map((bucket) => ({ service, ...bucket }));

export const buckets: readonly Bucket[] = [
  // "Each API is evaluated individually." https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
  ...bucketsOf(
    'ec2',
    {
      operations: ['DescribeNetworkInterfaces', 'DescribeSecurityGroups'],
      when: isUnbounded,
      ...{ capacity: 50, refill: 10, perOperation: true },
    },
    { operations: 'reads', capacity: 100, refill: 20, perOperation: true },
    { operations: ['CreateNatGateway', 'DeleteNatGateway'], capacity: 10, refill: 1, perOperation: true },
    {
      operations: ['CreateVpcEndpoint', 'ModifyVpcEndpoint', 'DeleteVpcEndpoints'],
      ...{ capacity: 4, refill: 0.3, perOperation: true },
    },
    { operations: ['CreateTags', 'DeleteTags'], capacity: 100, refill: 10, perOperation: true },
    {
      operations: ['CreateNetworkInterface', 'DeleteNetworkInterface'],
      capacity: 100,
      refill: 5,
      perOperation: true,
    },
    // The limits of "resource-intensive" operations are the same.
    { operations: 'mutating', capacity: 50, refill: 5, perOperation: true },
  ),
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
  ...bucketsOf(
    'elbv2',
    { operations: 'all', capacity: 40, refill: 10, additional: true },
    { operations: ['CreateLoadBalancer', 'SetSubnets'], capacity: 10, refill: 0.2 },
    { operations: ['RegisterTargets', 'DeregisterTargets'], capacity: 20, refill: 4 },
    { operations: 'reads', capacity: 40, refill: 10 },
    { operations: 'mutating', capacity: 20, refill: 3 },
  ),
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html
  ...bucketsOf(
    'ecs',
    {
      operations: [
        ...['CreateCluster', 'DeleteCluster', 'UpdateCluster', 'UpdateClusterSettings'],
        'PutClusterCapacityProviders',
      ],
      ...{ capacity: 20, refill: 1 },
    },
    { operations: ['RegisterTaskDefinition', 'DeregisterTaskDefinition'], capacity: 20, refill: 1 },
    { operations: ['DeleteTaskDefinitions'], capacity: 5, refill: 1 },
    { operations: ['CreateService', 'UpdateService', 'DeleteService'], capacity: 50, refill: 5 },
    { operations: ['DescribeServices', 'ListServices'], capacity: 100, refill: 20 },
    { operations: ['DescribeTasks', 'ListTasks'], capacity: 100, refill: 20 },
    { operations: ['DescribeClusters', 'ListClusters'], capacity: 50, refill: 20 },
    {
      operations: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
      ...{ capacity: 50, refill: 20 },
    },
    { operations: ['DescribeServiceDeployments', 'ListServiceDeployments'], capacity: 50, refill: 20 },
    { operations: ['DescribeServiceRevisions'], capacity: 50, refill: 20 },
    { operations: ['TagResource', 'UntagResource'], capacity: 20, refill: 10 },
    { operations: ['RunTask', 'StopTask'], capacity: 100, refill: 40 },
  ),
  // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html
  ...bucketsOf(
    'route53',
    { operations: 'all', capacity: 50, refill: 10, additional: true },
    {
      operations: ['ChangeResourceRecordSets'],
      cost: countRecordChanges,
      ...{ capacity: 1500, refill: 100, additional: true },
    },
    { operations: ['CreateHostedZone'], capacity: 40, refill: 2 },
    { operations: ['DeleteHostedZone'], capacity: 40, refill: 5 },
    { operations: 'all', capacity: 50, refill: 10, perOperation: true },
  ),
  // Not published; users report 15 to 20 per second.
  ...bucketsOf('iam', { operations: 'mutating', capacity: 20, refill: 15 }),
  ...bucketsOf(
    'ecr',
    { operations: ['GetAuthorizationToken'], capacity: 500, refill: 500 },
    { operations: ['PutImage'], capacity: 10, refill: 10 },
  ),
  // Only the rate is known, not the burst.
  ...bucketsOf('logs', {
    operations: ['CreateLogGroup', 'DeleteLogGroup', 'DescribeLogGroups'],
    ...{ capacity: 10, refill: 10, perOperation: true },
  }),
  // https://docs.aws.amazon.com/general/latest/gr/ssm.html
  ...bucketsOf('ssm', {
    operations: ['GetParameter', 'GetParameters', 'GetParametersByPath'],
    ...{ capacity: 40, refill: 40 },
  }),
  // Only the rates are known, not the bursts. https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
  ...bucketsOf(
    'acm',
    {
      operations: ['DescribeCertificate', 'DeleteCertificate', 'GetCertificate', 'ListTagsForCertificate'],
      ...{ capacity: 10, refill: 10, perOperation: true },
    },
    { operations: ['ListCertificates'], capacity: 8, refill: 8 },
    { operations: ['ImportCertificate'], capacity: 1, refill: 1 },
    { operations: 'all', capacity: 5, refill: 5, perOperation: true },
  ),
  // Only the rates are known, not the bursts. https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
  ...bucketsOf(
    'wafv2',
    { operations: ['AssociateWebACL', 'DisassociateWebACL'], capacity: 1, refill: 0.5, perOperation: true },
    {
      operations: ['GetWebACLForResource', 'ListResourcesForWebACL'],
      ...{ capacity: 1, refill: 1, perOperation: true },
    },
    { operations: 'reads', capacity: 5, refill: 5, perOperation: true },
    { operations: 'mutating', capacity: 1, refill: 1, perOperation: true },
  ),
  ...bucketsOf('sts', { operations: ['GetCallerIdentity'], capacity: 600, refill: 600 }),
];

/** The refusal of a call when a bucket is empty, by service. */
export const throttlingRefusals: Readonly<Record<string, { code: string; message: string; status: number }>> =
  {
    ec2: { code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 },
    elbv2: { code: 'Throttling', message: 'Rate exceeded', status: 400 },
    ecs: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
    route53: { code: 'Throttling', message: 'Rate exceeded', status: 400 },
    iam: { code: 'Throttling', message: 'Rate exceeded', status: 400 },
    ecr: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
    acm: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
    logs: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
    ssm: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
    wafv2: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
    sts: { code: 'Throttling', message: 'Rate exceeded', status: 400 },
  };

/** Services whose buckets apply to the whole account rather than to one region. */
export const GLOBAL_SERVICES: readonly string[] = ['iam', 'route53'];
