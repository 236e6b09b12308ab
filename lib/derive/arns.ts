/** Computes ARNs that AWS does not return, or that are needed before the resource exists. Pure. */

/** The region and the account of a resource. */
export interface Location {
  readonly region: string;
  readonly account: string;
}

/** Returns the partition of a region, e.g. `aws`: the part after `arn:` in every ARN. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

export const logGroupArn = ({ region, account }: Location, name: string): string =>
  `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${name}`;

export const repositoryArn = ({ region, account }: Location, name: string): string =>
  `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`;

/** @param path with slashes at both ends, e.g. `/slipway/shop-dev/` */
export const roleArn = ({ region, account }: Location, path: string, name: string): string =>
  `arn:${partitionOf(region)}:iam::${account}:role${path}${name}`;

/**
 * Returns the ARN of the repository that an image reference names; undefined unless it is in ECR.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
export function repositoryArnOf(reference: string): string | undefined {
  const [, account, region, name] =
    /^(\d{12})\.dkr\.ecr\.([a-z\d-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/.exec(reference) ?? [];
  return account && region && name ? repositoryArn({ region, account }, name) : undefined;
}
