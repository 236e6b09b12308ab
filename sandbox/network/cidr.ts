/** Blocks of IPv4 addresses in CIDR notation, read strictly. */
import { isIPv4 } from 'node:net';
import { Netmask } from 'netmask';

/**
 * The block that a text names, e.g. `10.0.0.0/16`; its `toString()` is canonical: bits of the host are dropped.
 * Nothing for a text that is not `a.b.c.d/n`: the library alone would read `10/8`, `0x0a.1` and bare addresses too.
 */
export function parseCidr(text: string): Netmask | undefined {
  const [base = '', bits = '', ...rest] = text.split('/');
  const valid = rest.length === 0 && isIPv4(base) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32;
  return valid ? new Netmask(text) : undefined;
}

/** Whether `text` is a block in which `address`, or another whole block, lies. */
export const cidrCovers = (text: string | undefined, address: string): boolean =>
  parseCidr(text ?? '')?.contains(address) ?? false;

/** Whether two blocks share any address. Blocks nest or are apart: there is nothing between. */
export const cidrsOverlap = (one: string, other: string): boolean =>
  cidrCovers(one, other) || cidrCovers(other, one);
