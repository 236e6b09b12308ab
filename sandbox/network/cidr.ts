/** Strict parsing and comparison of CIDR blocks. */
import { isIPv4, isIPv6 } from 'node:net';
import { Netmask } from 'netmask';

/**
 * Parses a CIDR block such as `10.0.0.0/16`. The result's `toString()` is canonical: host bits are cleared.
 * @returns undefined for a string that is not of the form `a.b.c.d/n`. The library alone would also accept `10/8`, `0x0a.1`
 *   and bare addresses
 */
export function parseCidr(text: string): Netmask | undefined {
  const [base = '', bits = '', ...rest] = text.split('/');
  const valid = rest.length === 0 && isIPv4(base) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32;
  return valid ? new Netmask(text) : undefined;
}

/** Whether a block contains an address or another block. */
export const cidrCovers = (block: string | undefined, addressOrBlock: string): boolean =>
  parseCidr(block ?? '')?.contains(addressOrBlock) ?? false;

/** Whether two blocks share any address. Two CIDR blocks are either nested or disjoint. */
export const cidrsOverlap = (first: string, second: string): boolean =>
  cidrCovers(first, second) || cidrCovers(second, first);

/**
 * Returns an IPv6 block in its canonical form: `2001:DB8:0::1/32` becomes `2001:db8::/32`.
 * @returns undefined for a string that is not an IPv6 block
 */
export function canonicalIpv6Cidr(text: string): string | undefined {
  const [base = '', bits = '', ...rest] = text.split('/');
  const isValid = rest.length === 0 && isIPv6(base) && !base.includes('%') && /^\d{1,3}$/.test(bits);
  if (!isValid || Number(bits) > 128) return undefined;
  const [head = '', tail] = shortenIpv6(base).split('::');
  const [first, last] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - (first?.length ?? 0) - (last?.length ?? 0) }, () => '0');
  const network = [...(first ?? []), ...zeros, ...(last ?? [])].map((digits, i) =>
    (parseInt(digits, 16) & maskOf(Number(bits) - 16 * i)).toString(16),
  );
  return `${shortenIpv6(network.join(':'))}/${Number(bits)}`;
}

/** Whether an IPv6 block, in canonical form, contains an address or another block. */
export function ipv6Contains(block: string, addressOrBlock: string): boolean {
  const [, bits] = block.split('/');
  const [address = '', otherBits = '128'] = addressOrBlock.split('/');
  return Number(otherBits) >= Number(bits) && canonicalIpv6Cidr(`${address}/${bits}`) === block;
}

/** Returns an IPv6 address in lower case and with the longest run of zeros shortened, as URLs contain it. */
const shortenIpv6 = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

/** Returns 16 bits, of which the first `count` are set. */
const maskOf = (count: number): number => (0xffff << (16 - Math.min(16, Math.max(0, count)))) & 0xffff;
