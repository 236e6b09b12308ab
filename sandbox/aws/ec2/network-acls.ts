/** Network ACLs: each VPC has a default ACL that allows everything. The ACL is not stored, because no call can change it. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { NetworkAcl, NetworkAclEntry } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { networkAclNotFound } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import type { SubnetRow, VpcRow } from './store.ts';

type Row = NetworkAcl & { NetworkAclId: string };

const entry = (Egress: boolean, RuleNumber: number, RuleAction: 'allow' | 'deny'): NetworkAclEntry => ({
  CidrBlock: '0.0.0.0/0',
  Egress,
  Protocol: '-1',
  RuleAction,
  RuleNumber,
});

/** The number of the last rule in each direction. This rule denies everything that no other rule allows. */
const LAST_RULE = 32_767;

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html */
function defaultAcl({ ec2, account }: Region, { VpcId }: VpcRow): Row {
  const NetworkAclId = VpcId.replace('vpc-', 'acl-');
  const association = ({ SubnetId }: SubnetRow) => ({
    NetworkAclAssociationId: SubnetId.replace('subnet-', 'aclassoc-'),
    NetworkAclId,
    SubnetId,
  });
  return {
    NetworkAclId,
    VpcId,
    OwnerId: account,
    IsDefault: true,
    Associations: ec2.subnets.filter((subnet) => subnet.VpcId === VpcId).map(association),
    Entries: [true, false].flatMap((egress) => [
      entry(egress, 100, 'allow'),
      entry(egress, LAST_RULE, 'deny'),
    ]),
    Tags: [],
  };
}

const associationValues =
  (getValue: (one: EC2.NetworkAclAssociation) => string | undefined) =>
  ({ Associations = [] }: Row) =>
    Associations.map(getValue);
const entryValues =
  (getValue: (one: NetworkAclEntry) => string | undefined) =>
  ({ Entries = [] }: Row) =>
    Entries.map(getValue);

const filters: FilterTable<Row> = {
  'association.association-id': associationValues((one) => one.NetworkAclAssociationId),
  'association.network-acl-id': associationValues((one) => one.NetworkAclId),
  'association.subnet-id': associationValues((one) => one.SubnetId),
  default: (acl) => acl.IsDefault,
  'entry.cidr': entryValues((one) => one.CidrBlock),
  'entry.egress': entryValues((one) => String(one.Egress)),
  'entry.protocol': entryValues((one) => one.Protocol),
  'entry.rule-action': entryValues((one) => one.RuleAction),
  'entry.rule-number': entryValues((one) => one.RuleNumber?.toString()),
  'network-acl-id': (acl) => acl.NetworkAclId,
  'owner-id': (acl) => acl.OwnerId,
  'vpc-id': (acl) => acl.VpcId,
};

export const networkAclOperations = {
  DescribeNetworkAcls: {
    inputMembers: ['NetworkAclIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const acls = region.ec2.vpcs.all().map((vpc) => defaultAcl(region, vpc));
      const rows = {
        kind: { keyOf: (id = '') => id, notFound: networkAclNotFound },
        all: () => acls,
        get: (id: string) => acls.find((acl) => acl.NetworkAclId === id),
      };
      const { rows: NetworkAcls, NextToken } = page(
        filtered(requestedRows(input.NetworkAclIds, rows), input.Filters, filters),
        input,
      );
      return { NetworkAcls, NextToken };
    },
  },
} satisfies Operations<typeof EC2>;
