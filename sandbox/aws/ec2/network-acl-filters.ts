/** The filters of `DescribeNetworkAcls`. A filter on entries finds an ACL if at least one entry matches. */
import type { NetworkAclAssociation, NetworkAclEntry } from '@aws-sdk/client-ec2';
import type { FilterTable } from './filters.ts';
import type { NetworkAclRow } from './network-acls.ts';

const associationValues =
  (getValue: (one: NetworkAclAssociation) => string | undefined) =>
  ({ Associations }: NetworkAclRow) =>
    Associations.map(getValue);
const entryValues =
  (getValue: (one: NetworkAclEntry) => string | number | boolean | undefined) =>
  ({ Entries }: NetworkAclRow) =>
    Entries.map((entry) => getValue(entry)?.toString());

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
export const networkAclFilters: FilterTable<NetworkAclRow> = {
  'association.association-id': associationValues((one) => one.NetworkAclAssociationId),
  'association.network-acl-id': associationValues((one) => one.NetworkAclId),
  'association.subnet-id': associationValues((one) => one.SubnetId),
  default: (acl) => acl.IsDefault,
  'entry.cidr': entryValues((one) => one.CidrBlock),
  'entry.egress': entryValues((one) => one.Egress),
  'entry.icmp.code': entryValues((one) => one.IcmpTypeCode?.Code),
  'entry.icmp.type': entryValues((one) => one.IcmpTypeCode?.Type),
  'entry.ipv6-cidr': entryValues((one) => one.Ipv6CidrBlock),
  'entry.port-range.from': entryValues((one) => one.PortRange?.From),
  'entry.port-range.to': entryValues((one) => one.PortRange?.To),
  'entry.protocol': entryValues((one) => one.Protocol),
  'entry.rule-action': entryValues((one) => one.RuleAction),
  'entry.rule-number': entryValues((one) => one.RuleNumber),
  'network-acl-id': (acl) => acl.NetworkAclId,
  'owner-id': (acl) => acl.OwnerId,
  'vpc-id': (acl) => acl.VpcId,
};
