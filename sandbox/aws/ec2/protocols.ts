/** Protocols and ports of security group rules. */
import type { IpPermission } from '@aws-sdk/client-ec2';
import { refusal } from '../../protocol/refusal.ts';
import { invalidParameter, missingParameter } from './errors.ts';

/** Maps the numbers of protocols, and `all`, to the form in which AWS shows them. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  all: '-1',
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmpv6',
};

/** Returns the protocol as AWS shows it: `tcp`, `-1` for all, or a number. */
export function protocolOf(text: string | undefined): string {
  if (!text) throw missingParameter('ipProtocol');
  const name = PROTOCOLS[text.toLowerCase()] ?? text.toLowerCase();
  const isKnown = Object.values(PROTOCOLS).includes(name) || (/^\d{1,3}$/.test(name) && Number(name) <= 255);
  if (!isKnown) throw invalidParameter(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
  return name;
}

/**
 * Returns the first and last port of TCP or UDP, or the type and code of ICMP, where -1 means any. For other protocols
 * both numbers are always -1.
 */
export function portsOf(protocol: string, { FromPort, ToPort }: IpPermission): [number, number] {
  const isIcmp = protocol.startsWith('icmp');
  if (protocol !== 'tcp' && protocol !== 'udp' && !isIcmp) return [-1, -1];
  const kind = isIcmp ? 'ICMP' : 'TCP/UDP';
  if (FromPort === undefined && ToPort === undefined) {
    throw invalidParameter(
      `Invalid value 'Must specify both from and to ports with ${kind}.' for portRange.`,
    );
  }
  const [from, to] = [FromPort ?? -1, ToPort ?? -1];
  const [min, max] = isIcmp ? [-1, 255] : [0, 65_535];
  for (const port of [from, to]) {
    if (!(port >= min && port <= max))
      throw refusal('InvalidPermission.Malformed', `${kind} port (${port}) out of range`);
  }
  if (!isIcmp && from > to) {
    throw invalidParameter(`Invalid TCP/UDP port range (${from}:${to})`);
  }
  return [from, to];
}
