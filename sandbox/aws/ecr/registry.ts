/** The registry of an account in a region: its host on AWS, and its host on this machine. */
import type { Region } from '../../world/region.ts';

/**
 * Returns the host of the registry, `<account>.dkr.ecr.<region>.<domain of the partition>`.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
export const registryOf = ({ account, name, partition }: Region): string =>
  `${account}.dkr.ecr.${name}.${partition.dnsSuffix}`;

/** Matches the host of a registry on this machine, without its port. Captures the account and the region. */
const LOOPBACK_HOST = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.localhost$/i;

/** Returns the host of the registry on this machine, without the port. Names below `.localhost` resolve to this machine. */
export const loopbackRegistryOf = ({ account, name }: Region): string =>
  `${account}.dkr.ecr.${name}.amazonaws.localhost`;

/** An account and a region, which together have one registry. */
export interface RegistryAddress {
  readonly registryId: string;
  readonly regionName: string;
}

/** Reads the host of a registry on this machine; the port is ignored. Returns undefined for any other host. */
export function parseLoopbackRegistry(host: string): RegistryAddress | undefined {
  const [, registryId, regionName] = LOOPBACK_HOST.exec(host.replace(/:\d+$/, '')) ?? [];
  return registryId && regionName ? { registryId, regionName: regionName.toLowerCase() } : undefined;
}

/** Whether a host, with or without a port, is that of the account's registry in a region, on AWS or on this machine. */
export const isRegistryOf = (region: Region, host: string): boolean =>
  host === registryOf(region) || host.replace(/:\d+$/, '') === loopbackRegistryOf(region);
