/** Rules of security groups: as text to compare them, and as EC2 writes them. Pure. */
import type { IpPermission } from '@aws-sdk/client-ec2';

/** The key of the load balancer's own group; the others have the names of their services. */
export const BALANCER = 'balancer';

/** One rule of a group: who may send where. */
export interface GroupRule {
  /** `tcp`, or `-1` for everything. */
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  /** A block, a prefix list, or the id of a group. */
  readonly peer: string;
}

/** The rule as text, the same for the same rule. */
export const ruleText = ({ protocol, fromPort, toPort, peer }: GroupRule): string =>
  protocol === '-1'
    ? `everything ${peer}`
    : `${protocol} ${fromPort}${toPort === fromPort ? '' : `-${toPort}`} ${peer}`;

/** The rules as text, in one order. */
export const rulesText = (rules: readonly GroupRule[]): string => rules.map(ruleText).sort().join(', ');

/** The rule as EC2's calls take it. */
export function toIpPermission({ protocol, fromPort, toPort, peer }: GroupRule): IpPermission {
  const ports = protocol === '-1' ? {} : { FromPort: fromPort, ToPort: toPort };
  const base = { IpProtocol: protocol, ...ports };
  if (peer.startsWith('sg-')) return { ...base, UserIdGroupPairs: [{ GroupId: peer }] };
  if (peer.startsWith('pl-')) return { ...base, PrefixListIds: [{ PrefixListId: peer }] };
  if (peer.includes(':')) return { ...base, Ipv6Ranges: [{ CidrIpv6: peer }] };
  return { ...base, IpRanges: [{ CidrIp: peer }] };
}
