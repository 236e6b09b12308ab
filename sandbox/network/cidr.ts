/** Strict parsing and comparison of IPv4 CIDR blocks. */
import { isIPv4 } from 'node:net';
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
