/** ARNs that we compute ourselves, where AWS gives none or before there is anything to ask. Pure. */

/** Where something is. */
export interface Location {
  readonly region: string;
  readonly account: string;
}

/** The partition of a region: the first part of every ARN in it. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

export const logGroupArn = ({ region, account }: Location, name: string): string =>
  `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${name}`;

export const repositoryArn = ({ region, account }: Location, name: string): string =>
  `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`;

/** @param path with its slashes, e.g. `/slipway/shop-dev/` */
export const roleArn = ({ region, account }: Location, path: string, name: string): string =>
  `arn:${partitionOf(region)}:iam::${account}:role${path}${name}`;

/**
 * The repository of an image that is given by reference, when it lies in ECR.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
export function repositoryOf(reference: string): string | undefined {
  const [, account, region, name] =
    /^(\d{12})\.dkr\.ecr\.([a-z\d-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/.exec(reference) ?? [];
  return account && region && name ? repositoryArn({ region, account }, name) : undefined;
}
