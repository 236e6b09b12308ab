/** Strict parsing and comparison of IPv4 CIDR blocks. */
import { isIPv4 } from 'node:net';
import { Netmask } from 'netmask';

/**
 * Parses a CIDR block such as `10.0.0.0/16`. Its `toString()` is canonical: host bits are cleared.
 * @returns undefined for a string that is not `a.b.c.d/n`; the library would also accept `10/8`, `0x0a.1` and bare addresses
 */
export function parseCidr(text: string): Netmask | undefined {
  const [base = '', bits = '', ...rest] = text.split('/');
  const valid = rest.length === 0 && isIPv4(base) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32;
  return valid ? new Netmask(text) : undefined;
}

/** Whether `text` is a block that contains `address`, which may itself be a block. */
export const cidrCovers = (text: string | undefined, address: string): boolean =>
  parseCidr(text ?? '')?.contains(address) ?? false;

/** Whether two blocks share any address. CIDR blocks either nest or are disjoint. */
export const cidrsOverlap = (first: string, second: string): boolean =>
  cidrCovers(first, second) || cidrCovers(second, first);
