/** Computes ARNs that AWS does not return, or that are needed before the resource exists. Pure. */
import { findPartition, partitionOf, registrySuffixes } from './partitions.ts';

/** The region and the account of a resource. */
export interface Location {
  readonly region: string;
  readonly account: string;
}

/** @param resource the part after the account, e.g. `repository/shop` */
const regionalArn = ({ region, account }: Location, service: string, resource: string): string =>
  `arn:${partitionOf(region).id}:${service}:${region}:${account}:${resource}`;

export const logGroupArn = (location: Location, name: string): string =>
  regionalArn(location, 'logs', `log-group:${name}`);

export const repositoryArn = (location: Location, name: string): string =>
  regionalArn(location, 'ecr', `repository/${name}`);

/** @param resource the kind, the name and the ids, such as `targetgroup/shop/*`; may contain wildcards */
export const balancingArnPattern = (location: Location, resource: string): string =>
  regionalArn(location, 'elasticloadbalancing', resource);

/** @param name the name of a parameter; its leading slash leaves no trace in the ARN */
export const parameterArnOf = (location: Location, name: string): string =>
  regionalArn(location, 'ssm', `parameter/${name.replace(/^\//, '')}`);

/** Returns the ARN of a secret without the six random characters at its end. */
export const secretArnOf = (location: Location, name: string): string =>
  regionalArn(location, 'secretsmanager', `secret:${name}`);

/** @param id the id of a key; may be a wildcard */
export const keyArnPattern = (location: Location, id: string): string =>
  regionalArn(location, 'kms', `key/${id}`);

/** Returns a pattern that matches the ARNs of all resources of ECS. */
export const ecsArnPattern = (location: Location): string => regionalArn(location, 'ecs', '*');

/** Returns a pattern that matches the ARNs of all flow logs. */
export const flowLogArnPattern = (location: Location): string =>
  regionalArn(location, 'ec2', 'vpc-flow-log/*');

/** Buckets are the only resources whose ARNs name neither a region nor an account. */
export const bucketArn = ({ region }: Pick<Location, 'region'>, name: string): string =>
  `arn:${partitionOf(region).id}:s3:::${name}`;

/** @param path with slashes at both ends, e.g. `/slipway/shop-dev/` */
export const roleArn = ({ region, account }: Location, path: string, name: string): string =>
  `arn:${partitionOf(region).id}:iam::${account}:role${path}${name}`;

/**
 * Returns the ARN of the ECR repository that an image reference names; undefined for an image in another registry.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
 */
export function repositoryArnOf(reference: string): string | undefined {
  const [, account, region = '', suffix = '', name] =
    /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z\d-]+)\.([a-z\d.-]+)\/([^:@]+)/.exec(reference) ?? [];
  const partition = findPartition(region);
  if (!account || !name || !partition || !registrySuffixes(partition).includes(suffix)) return undefined;
  return repositoryArn({ region, account }, name);
}
