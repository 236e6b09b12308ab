/** The entries of network ACLs: each direction has its own numbers, and the entry with the lowest number applies first. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { NetworkAclEntry, ReplaceNetworkAclEntryRequest } from '@aws-sdk/client-ec2';
import { canonicalIpv6Cidr, parseCidr } from '../../network/cidr.ts';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import { rowOf } from '../finder.ts';
import { invalidParameter, invalidValue, missingParameter } from './errors.ts';
import { LAST_RULE_NUMBER, type NetworkAclRow } from './network-acls.ts';
import { checkQuota, quotas } from './quotas.ts';

/** The numbers of the protocols that have ports, or types and codes. */
const [ICMP, TCP, UDP, ICMPV6] = ['1', '6', '17', '58'];
const MAX_PORT = 65_535;

/** Returns the address block of an entry in its canonical form. */
function blockOf({ CidrBlock, Ipv6CidrBlock }: ReplaceNetworkAclEntryRequest) {
  if (CidrBlock !== undefined && Ipv6CidrBlock !== undefined) {
    throw refusal(
      'InvalidParameterCombination',
      'The parameters cidrBlock and ipv6CidrBlock cannot be used together',
    );
  }
  const text = CidrBlock ?? Ipv6CidrBlock;
  if (text === undefined) throw missingParameter('cidrBlock');
  const block = CidrBlock === undefined ? canonicalIpv6Cidr(text) : parseCidr(text)?.toString();
  if (block === undefined) throw invalidParameter(`CIDR block ${text} is malformed`);
  return CidrBlock === undefined ? { Ipv6CidrBlock: block } : { CidrBlock: block };
}

/** Returns the protocol of an entry: a number, or -1 for all. The API accepts no names; clients convert them to numbers. */
function protocolNumberOf(text: string | undefined): string {
  if (!text) throw missingParameter('protocol');
  const isNumber = text === '-1' || (/^\d{1,3}$/.test(text) && Number(text) <= 255);
  if (!isNumber) throw invalidParameter(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
  return text;
}

/**
 * Returns the ports, or the ICMP type and code, of an entry. An entry for any other protocol has neither.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
 */
function detailsOf(
  protocol: string,
  { PortRange, IcmpTypeCode, Ipv6CidrBlock }: ReplaceNetworkAclEntryRequest,
): Pick<NetworkAclEntry, 'PortRange' | 'IcmpTypeCode'> {
  if (protocol === TCP || protocol === UDP) {
    const { From, To } = PortRange ?? {};
    if (From === undefined || To === undefined) throw missingParameter('portRange');
    for (const port of [From, To]) {
      if (port < 0 || port > MAX_PORT) throw invalidParameter(`port (${port}) out of range`);
    }
    if (From > To) throw invalidParameter(`Invalid port range (${From}:${To})`);
    return { PortRange: { From, To } };
  }
  if (protocol !== ICMP && protocol !== ICMPV6) return {};
  if (protocol === ICMPV6 && Ipv6CidrBlock === undefined) {
    throw invalidParameter('The protocol ICMPv6 (58) requires an IPv6 CIDR block');
  }
  const { Type, Code } = IcmpTypeCode ?? {};
  if (Type === undefined || Code === undefined) throw missingParameter('icmpTypeCode');
  return { IcmpTypeCode: { Type, Code } };
}

/** Returns the number of an entry. @throws InvalidParameterValue for a number that an ordinary entry cannot have */
function numberOf(number: number | undefined): number {
  if (number === undefined) throw missingParameter('ruleNumber');
  if (number >= 1 && number < LAST_RULE_NUMBER) return number;
  throw invalidValue('ruleNumber', number, `It must be between 1 and ${LAST_RULE_NUMBER - 1}.`);
}

/** Reads the entry of a call. */
function entryOf(input: ReplaceNetworkAclEntryRequest): NetworkAclEntry {
  const Protocol = protocolNumberOf(input.Protocol);
  return {
    ...blockOf(input),
    Egress: input.Egress ?? false,
    ...detailsOf(Protocol, input),
    Protocol,
    RuleAction: input.RuleAction,
    RuleNumber: numberOf(input.RuleNumber),
  };
}

const entryIn = ({ Entries }: NetworkAclRow, egress: boolean | undefined, number: number) =>
  Entries.find(({ Egress, RuleNumber }) => Egress === (egress ?? false) && RuleNumber === number);

/** @throws InvalidNetworkAclEntry.NotFound */
function existingEntry(acl: NetworkAclRow, egress: boolean | undefined, number: number): NetworkAclEntry {
  const entry = entryIn(acl, egress, number);
  if (entry) return entry;
  throw refusal(
    'InvalidNetworkAclEntry.NotFound',
    `no ${egress ? 'egress' : 'ingress'} entry with number ${number} in network acl ${acl.NetworkAclId}`,
  );
}

/** The input members that describe an entry. */
const ENTRY = [
  ...(['NetworkAclId', 'RuleNumber', 'Egress', 'Protocol', 'RuleAction'] as const),
  ...(['CidrBlock', 'Ipv6CidrBlock', 'PortRange', 'IcmpTypeCode'] as const),
] as const;

export const networkAclEntryOperations = {
  CreateNetworkAclEntry: {
    inputMembers: ENTRY,
    run(input, region) {
      const acl = rowOf(region.ec2.networkAcls, input.NetworkAclId);
      const entry = entryOf(input);
      const { Egress, RuleNumber = 0 } = entry;
      if (entryIn(acl, Egress, RuleNumber)) {
        throw refusal(
          'NetworkAclEntryAlreadyExists',
          `The network acl entry identified by ${RuleNumber} already exists.`,
        );
      }
      const isIpv6 = (one: NetworkAclEntry) => one.Ipv6CidrBlock !== undefined;
      const counted = acl.Entries.filter((one) => one.Egress === Egress && isIpv6(one) === isIpv6(entry));
      checkQuota(quotas.entriesPerNetworkAcl, counted.length + 1);
      acl.Entries = [...acl.Entries, entry];
      return {};
    },
  },

  ReplaceNetworkAclEntry: {
    inputMembers: ENTRY,
    run(input, region) {
      const acl = rowOf(region.ec2.networkAcls, input.NetworkAclId);
      const entry = entryOf(input);
      const existing = existingEntry(acl, entry.Egress, entry.RuleNumber ?? 0);
      acl.Entries = acl.Entries.map((one) => (one === existing ? entry : one));
      return {};
    },
  },

  DeleteNetworkAclEntry: {
    inputMembers: ['NetworkAclId', 'RuleNumber', 'Egress'],
    run(input, region) {
      const acl = rowOf(region.ec2.networkAcls, input.NetworkAclId);
      const existing = existingEntry(acl, input.Egress, numberOf(input.RuleNumber));
      acl.Entries = acl.Entries.filter((one) => one !== existing);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;
