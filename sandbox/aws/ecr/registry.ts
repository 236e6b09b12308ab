/** The registry of an account in a region. */
import type { Region } from '../../world/region.ts';

/**
 * Returns the host of the registry, `<account>.dkr.ecr.<region>.<domain of the partition>`.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
export const registryOf = ({ account, name, partition }: Region): string =>
  `${account}.dkr.ecr.${name}.${partition.dnsSuffix}`;
