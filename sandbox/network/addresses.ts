/** Allocates private addresses of a subnet, and public addresses that no host on the internet has. */
import { isIPv4 } from 'node:net';
import { ip2long, long2ip } from 'netmask';
import type { Region } from '../world/region.ts';
import { parseCidr } from './cidr.ts';

/** The network address, the router, the DNS server, and an address that is reserved for future use. */
const RESERVED_AT_START = 4;
/** The broadcast address. */
const RESERVED_AT_END = 1;

const usedAddresses = (region: Region, subnetId: string): Set<string> =>
  new Set(
    region.ec2.networkInterfaces
      .filter(({ SubnetId }) => SubnetId === subnetId)
      .map(({ PrivateIpAddress }) => PrivateIpAddress),
  );

/**
 * Returns the next free private IP address of a subnet; undefined when the subnet is full.
 * AWS reserves the first four addresses and the last one of every subnet.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
export function freeAddress(region: Region, subnetId: string): string | undefined {
  const range = parseCidr(region.ec2.subnets.get(subnetId)?.CidrBlock ?? '');
  if (!range) return undefined;
  const used = usedAddresses(region, subnetId);
  const first = ip2long(range.base) + RESERVED_AT_START;
  for (let next = first; next < first + usableCount(range.size); next++) {
    const address = long2ip(next);
    if (!used.has(address)) return address;
  }
  return undefined;
}

const usableCount = (size: number) => size - RESERVED_AT_START - RESERVED_AT_END;

/** Whether an address of a subnet may be assigned to an interface: neither reserved by AWS nor in use. */
export function isFreeAddress(region: Region, subnetId: string, address: string): boolean {
  const range = parseCidr(region.ec2.subnets.get(subnetId)?.CidrBlock ?? '');
  if (!isIPv4(address) || !range?.contains(address)) return false;
  const offset = ip2long(address) - ip2long(range.base);
  return (
    offset >= RESERVED_AT_START &&
    offset < range.size - RESERVED_AT_END &&
    !usedAddresses(region, subnetId).has(address)
  );
}

/** The number of free addresses of a subnet, shown as `AvailableIpAddressCount`. */
export function freeAddressCount(region: Region, subnetId: string): number {
  const range = parseCidr(region.ec2.subnets.get(subnetId)?.CidrBlock ?? '');
  return range ? usableCount(range.size) - usedAddresses(region, subnetId).size : 0;
}

/** 198.18.0.0/15 is reserved for benchmarks (RFC 2544): no host on the internet ever has such an address. */
const PUBLIC_RANGE = { first: ip2long('198.18.0.0'), size: 2 ** 17 };

/** Returns a public IP address that is not in use in this region. */
export function newPublicAddress(region: Region): string {
  const used = new Set([
    ...region.ec2.addresses.all().map(({ PublicIp }) => PublicIp),
    ...region.ec2.networkInterfaces.all().map(({ Association }) => Association?.PublicIp),
  ]);
  for (;;) {
    const address = long2ip(
      PUBLIC_RANGE.first + (parseInt(region.id('ip', 8).slice(3), 16) % PUBLIC_RANGE.size),
    );
    if (!used.has(address)) return address;
  }
}

/** Returns the domain of the private DNS names of a region's addresses. */
export const internalDomainOf = ({ name }: Region): string =>
  name === 'us-east-1' ? 'ec2.internal' : `${name}.compute.internal`;
