/** The partitions of AWS: groups of regions that share no accounts, each with its own ARNs and domains. Pure. */

/** A partition of AWS. */
export interface Partition {
  /** The part after `arn:` in every ARN, e.g. `aws`. */
  readonly id: string;
  /** Matches the names of its regions, including those that AWS adds later. */
  readonly regions: RegExp;
  /** The domain of its endpoints and registries, e.g. `amazonaws.com`. `aws` and `aws-us-gov` have the same domain. */
  readonly dnsSuffix: string;
  /** The domain of its endpoints that also have IPv6 addresses, e.g. `api.aws`. */
  readonly dualStackDnsSuffix: string;
}

const partition = (
  id: string,
  regions: RegExp,
  dnsSuffix: string,
  dualStackDnsSuffix: string,
): Partition => ({
  id,
  regions,
  dnsSuffix,
  dualStackDnsSuffix,
});

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export const PARTITIONS: readonly Partition[] = [
  partition('aws', /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/, 'amazonaws.com', 'api.aws'),
  partition('aws-cn', /^cn-\w+-\d+$/, 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'),
  partition('aws-us-gov', /^us-gov-\w+-\d+$/, 'amazonaws.com', 'api.aws'),
  partition('aws-eusc', /^eusc-de-\w+-\d+$/, 'amazonaws.eu', 'api.amazonwebservices.eu'),
  partition('aws-iso', /^us-iso-\w+-\d+$/, 'c2s.ic.gov', 'api.aws.ic.gov'),
  partition('aws-iso-b', /^us-isob-\w+-\d+$/, 'sc2s.sgov.gov', 'api.aws.scloud'),
  partition('aws-iso-e', /^eu-isoe-\w+-\d+$/, 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'),
  partition('aws-iso-f', /^us-isof-\w+-\d+$/, 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'),
];

/** Returns the partition of a region; undefined for a region in no partition. */
export const findPartition = (region: string): Partition | undefined =>
  PARTITIONS.find(({ regions }) => regions.test(region));

/**
 * Returns the partition of a region.
 * @param region a region that the rules for configurations accept
 * @throws Error for a region in no partition
 */
export function partitionOf(region: string): Partition {
  const found = findPartition(region);
  if (!found) throw new Error(`The region ${region} is in no partition of AWS`);
  return found;
}

/** Returns an ARN with the partition of a region; undefined if it is in this partition already, or in no known one. */
export function arnInPartitionOf(region: string, arn: string): string | undefined {
  const id = findPartition(region)?.id;
  return id === undefined || arn.startsWith(`arn:${id}:`)
    ? undefined
    : arn.replace(/^arn:[^:]*/, `arn:${id}`);
}

/**
 * Whether a host belongs to AWS, in the partition of a region. This includes the endpoints that AWS creates in the networks of
 * customers, with names such as `vpce-….vpce.amazonaws.com`.
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
export function isAwsHost(host: string, region: string): boolean {
  const { dnsSuffix, dualStackDnsSuffix } = partitionOf(region);
  return [dnsSuffix, dualStackDnsSuffix].some((suffix) => host.endsWith(`.${suffix}`));
}

/** Returns the two domains of a partition's image registries: one for IPv4 only, and one for IPv4 and IPv6. */
export const registrySuffixes = ({ dnsSuffix, dualStackDnsSuffix }: Partition): string[] => [
  dnsSuffix,
  dualStackDnsSuffix.replace(/^api\./, 'on.'),
];

/**
 * The principal that assumes the roles of a task. Principals of services end in `amazonaws.com` in every partition,
 * even where endpoints have another domain; the exceptions are services that Slipway does not use, such as `logs` in China.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export const TASKS_PRINCIPAL = 'ecs-tasks.amazonaws.com';

/** The principal of ECS when it manages network interfaces and the targets of load balancers. */
export const ECS_PRINCIPAL = 'ecs.amazonaws.com';
/** The principal that flow logs use, in every partition. */
export const FLOW_LOGS_PRINCIPAL = 'vpc-flow-logs.amazonaws.com';
