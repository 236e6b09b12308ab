/** Addresses to give away: private ones of a subnet, and public ones that belong to nobody. */
import { isIPv4 } from 'node:net';
import { ip2long, long2ip } from 'netmask';
import type { Region } from '../world/region.ts';
import { parseCidr } from './cidr.ts';

/** The network address, the router, the DNS server and one for later uses. */
const RESERVED_AT_START = 4;
/** The broadcast address. */
const RESERVED_AT_END = 1;

const usedAddresses = (region: Region, subnetId: string): Set<string> =>
  new Set(
    region.ec2.networkInterfaces
      .filter((one) => one.SubnetId === subnetId)
      .map(({ PrivateIpAddress }) => PrivateIpAddress),
  );

/**
 * The next free private IP address of a subnet, or nothing when it is full.
 * AWS keeps the first four addresses and the last one of every subnet for itself.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
export function freeAddress(region: Region, subnetId: string): string | undefined {
  const range = parseCidr(region.ec2.subnets.get(subnetId)?.CidrBlock ?? '');
  if (!range) return undefined;
  const used = usedAddresses(region, subnetId);
  const first = ip2long(range.base) + RESERVED_AT_START;
  for (let next = first; next < first + usable(range.size); next++) {
    const address = long2ip(next);
    if (!used.has(address)) return address;
  }
  return undefined;
}

const usable = (size: number) => size - RESERVED_AT_START - RESERVED_AT_END;

/** Whether an address of a subnet may be given to an interface: not kept by AWS, and nobody has it. */
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

/** How many addresses a subnet has left: what `AvailableIpAddressCount` shows. */
export function freeAddressCount(region: Region, subnetId: string): number {
  const range = parseCidr(region.ec2.subnets.get(subnetId)?.CidrBlock ?? '');
  return range ? usable(range.size) - usedAddresses(region, subnetId).size : 0;
}

/** 198.18.0.0/15 is set aside for measurements (RFC 2544): no machine on the internet ever has such an address. */
const PUBLIC_RANGE = { first: ip2long('198.18.0.0'), size: 2 ** 17 };

/** A public IP address that nobody in this region has. */
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
