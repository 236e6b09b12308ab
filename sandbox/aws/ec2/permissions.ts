/** The two notations of security group rules: permissions with many peers, and single rules with one peer. */
import type { IpPermission } from '@aws-sdk/client-ec2';
import { canonicalIpv6Cidr, parseCidr } from '../../network/cidr.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import * as errors from './errors.ts';
import { groupOf } from './group-names.ts';
import { portsOf, protocolOf } from './protocols.ts';
import type { SecurityGroupRow, SecurityGroupRuleRow } from './store.ts';

/** The content of a rule: protocol, ports, one peer and a description. */
export type RuleContent = Pick<
  SecurityGroupRuleRow,
  'IpProtocol' | 'FromPort' | 'ToPort' | 'CidrIpv4' | 'CidrIpv6' | 'ReferencedGroupInfo' | 'Description'
>;

const missingPeer = () =>
  refusal(
    'MissingParameter',
    'Missing source specification: include source security group or CIDR information',
  );
/** The refusal of a malformed block. AWS uses the code `InvalidPermission.Malformed` only for ports. */
const malformedBlock = (cidr: string | undefined) =>
  errors.invalidParameter(`CIDR block ${cidr} is malformed`);

/** Returns a block in its canonical form: AWS turns 100.68.0.18/18 into 100.68.0.0/18. */
function canonicalIpv4(cidr: string | undefined): string {
  const range = parseCidr(cidr ?? '');
  if (!range) throw malformedBlock(cidr);
  return range.toString();
}

function canonicalIpv6(cidr: string | undefined): string {
  const block = canonicalIpv6Cidr(cidr ?? '');
  if (block === undefined) throw malformedBlock(cidr);
  return block;
}

const DESCRIPTION = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** @throws InvalidParameterValue */
export function checkDescription(text: string | undefined, kind: string): string | undefined {
  if (text === undefined || DESCRIPTION.test(text)) return text;
  throw errors.invalidParameter(
    `Invalid ${kind} description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`,
  );
}

/**
 * Expands permissions into single rules.
 * @throws InvalidPermission.Malformed, InvalidGroup.NotFound
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function expandPermissions(
  region: Region,
  { VpcId }: SecurityGroupRow,
  permissions: IpPermission[],
): RuleContent[] {
  const referenceOf = (pair: NonNullable<IpPermission['UserIdGroupPairs']>[number]) => {
    if (pair.VpcPeeringConnectionId) throw errors.notImplemented('VpcPeeringConnectionId');
    if (pair.UserId && pair.UserId !== region.account)
      throw region.ec2.securityGroups.kind.notFound(pair.GroupId ?? pair.GroupName ?? '');
    const referenced = groupOf(region, pair);
    if (referenced.VpcId !== VpcId) {
      throw refusal(
        'InvalidGroup.NotFound',
        'You have specified two resources that belong to different networks.',
      );
    }
    return { ReferencedGroupInfo: { GroupId: referenced.GroupId, UserId: region.account } };
  };
  return permissions.flatMap((permission) => {
    if (permission.PrefixListIds?.length) throw errors.notImplemented('PrefixListIds');
    const { IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [] } = permission;
    const IpProtocol = protocolOf(permission.IpProtocol);
    const [FromPort, ToPort] = portsOf(IpProtocol, permission);
    const peers = [
      ...IpRanges.map(({ CidrIp, Description }) => ({ CidrIpv4: canonicalIpv4(CidrIp), Description })),
      ...Ipv6Ranges.map(({ CidrIpv6, Description }) => ({ CidrIpv6: canonicalIpv6(CidrIpv6), Description })),
      ...UserIdGroupPairs.map((pair) => ({ ...referenceOf(pair), Description: pair.Description })),
    ];
    if (peers.length === 0) throw missingPeer();
    for (const { Description } of peers) checkDescription(Description, 'rule');
    return peers.map((peer) => ({ IpProtocol, FromPort, ToPort, ...peer }));
  });
}

/** Returns the peer of a rule: a block of addresses or the id of a group. */
export const peerOf = ({ CidrIpv4, CidrIpv6, ReferencedGroupInfo }: RuleContent): string | undefined =>
  CidrIpv4 ?? CidrIpv6 ?? ReferencedGroupInfo?.GroupId;

/** Whether two rules are identical apart from their descriptions and tags. */
export const isSameRule = (one: RuleContent, other: RuleContent): boolean =>
  one.IpProtocol === other.IpProtocol &&
  one.FromPort === other.FromPort &&
  one.ToPort === other.ToPort &&
  peerOf(one) === peerOf(other);

/** Returns permissions, each of which combines the rules that have the same protocol and ports. */
export function permissionsOf(rules: SecurityGroupRuleRow[]): IpPermission[] {
  const permissions = new Map<string, Required<Omit<IpPermission, 'FromPort' | 'ToPort'>>>();
  for (const rule of rules) {
    const { IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, ReferencedGroupInfo, Description } = rule;
    const key = `${IpProtocol} ${FromPort} ${ToPort}`;
    const ports = IpProtocol === '-1' ? {} : { FromPort, ToPort };
    const permission = permissions.get(key) ?? {
      IpProtocol,
      ...ports,
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    };
    permissions.set(key, permission);
    if (CidrIpv4 !== undefined) permission.IpRanges?.push({ CidrIp: CidrIpv4, Description });
    if (CidrIpv6 !== undefined) permission.Ipv6Ranges?.push({ CidrIpv6, Description });
    if (ReferencedGroupInfo) {
      const { GroupId, UserId } = ReferencedGroupInfo;
      permission.UserIdGroupPairs?.push({ GroupId, UserId, Description });
    }
  }
  return [...permissions.values()];
}
