/** Formats security group rules for comparison, and for EC2's calls. Pure. */
import type { IpPermission } from '@aws-sdk/client-ec2';

/** The key of the load balancer's security group; the key of every other group is the name of its service. */
export const BALANCER = 'balancer';

/** One rule of a security group. */
export interface GroupRule {
  /** `tcp`, or `-1` for all protocols. */
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  /** The other side: a CIDR block, a prefix list, or the id of a security group. */
  readonly peer: string;
}

/** Formats a rule; equal rules give equal strings. */
export const ruleText = ({ protocol, fromPort, toPort, peer }: GroupRule): string =>
  protocol === '-1'
    ? `everything ${peer}`
    : `${protocol} ${fromPort}${toPort === fromPort ? '' : `-${toPort}`} ${peer}`;

/** Formats rules in a fixed order. */
export const rulesText = (rules: readonly GroupRule[]): string => rules.map(ruleText).sort().join(', ');

/** Returns a rule in the format of EC2's calls. */
export function toIpPermission({ protocol, fromPort, toPort, peer }: GroupRule): IpPermission {
  const ports = protocol === '-1' ? {} : { FromPort: fromPort, ToPort: toPort };
  const base = { IpProtocol: protocol, ...ports };
  if (peer.startsWith('sg-')) return { ...base, UserIdGroupPairs: [{ GroupId: peer }] };
  if (peer.startsWith('pl-')) return { ...base, PrefixListIds: [{ PrefixListId: peer }] };
  if (peer.includes(':')) return { ...base, Ipv6Ranges: [{ CidrIpv6: peer }] };
  return { ...base, IpRanges: [{ CidrIp: peer }] };
}
