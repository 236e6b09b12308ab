/** Network ACLs: each VPC has a default ACL that allows everything, and every subnet is associated with one ACL. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type {
  NetworkAcl,
  NetworkAclAssociation,
  NetworkAclEntry,
  RuleAction,
  Tag,
} from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { dependencyViolation, idNotFound, invalidParameter } from './errors.ts';
import { filtered, page, requestedRows } from './filters.ts';
import { makeEc2Table, newId } from './kinds.ts';
import { networkAclFilters } from './network-acl-filters.ts';
import { checkQuota, quotas } from './quotas.ts';
import { tagsFor } from './tags.ts';
import { oncePerToken } from './tokens.ts';

export interface NetworkAclRow extends NetworkAcl {
  NetworkAclId: string;
  VpcId: string;
  IsDefault: boolean;
  Associations: NetworkAclAssociation[];
  Entries: NetworkAclEntry[];
  Tags: Tag[];
}

export const networkAclTables = () => ({
  networkAcls: makeEc2Table<NetworkAclRow>({
    idPrefix: 'acl',
    tagType: 'network-acl',
    parameter: 'networkAclId',
    listedBy: ['DescribeNetworkAcls'],
    notFound: idNotFound('InvalidNetworkAclID.NotFound', 'networkAcl'),
    malformedCode: 'InvalidNetworkAclId.Malformed',
    // The default ACL is deleted with its VPC.
    blockedVpcId: ({ VpcId, IsDefault }) => (IsDefault ? undefined : VpcId),
    isInCensus: ({ IsDefault }) => !IsDefault,
  }),
});

/** The number of the last entry in each direction. This entry denies everything that no other entry allows. */
export const LAST_RULE_NUMBER = 32_767;

const entriesForAllTraffic = (RuleNumber: number, RuleAction: RuleAction): NetworkAclEntry[] =>
  [true, false].map((Egress) => ({ CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction, RuleNumber }));

/**
 * Returns the default ACL of a VPC. The ACL's id derives from the VPC's id, and the id of each association derives from the
 * subnet's id.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
 */
export function defaultAcl(
  vpc: { readonly VpcId: string; readonly OwnerId?: string },
  subnetIds: readonly string[] = [],
): NetworkAclRow {
  const NetworkAclId = vpc.VpcId.replace('vpc-', 'acl-');
  return {
    NetworkAclId,
    VpcId: vpc.VpcId,
    OwnerId: vpc.OwnerId,
    IsDefault: true,
    Associations: subnetIds.map((id) => initialAssociation(NetworkAclId, id)),
    Entries: [...entriesForAllTraffic(100, 'allow'), ...entriesForAllTraffic(LAST_RULE_NUMBER, 'deny')],
    Tags: [],
  };
}

const initialAssociation = (NetworkAclId: string, SubnetId: string): NetworkAclAssociation => ({
  NetworkAclAssociationId: SubnetId.replace('subnet-', 'aclassoc-'),
  NetworkAclId,
  SubnetId,
});

/** Adds the default ACL of a new VPC. */
export function addDefaultAcl({ ec2 }: Region, vpc: { VpcId: string; OwnerId?: string }): void {
  const acl = defaultAcl(vpc);
  ec2.networkAcls.set(acl.NetworkAclId, acl);
}

/** Associates a new subnet with the default ACL of its VPC. */
export function associateDefaultAcl({ ec2 }: Region, subnet: { VpcId: string; SubnetId: string }): void {
  const acl = ec2.networkAcls.find(({ VpcId, IsDefault }) => VpcId === subnet.VpcId && IsDefault);
  acl?.Associations.push(initialAssociation(acl.NetworkAclId, subnet.SubnetId));
}

/** Removes the association of a deleted subnet. */
export function dissociateAcl({ ec2 }: Region, subnetId: string): void {
  for (const acl of ec2.networkAcls.all()) {
    acl.Associations = acl.Associations.filter(({ SubnetId }) => SubnetId !== subnetId);
  }
}

/** Returns an ACL with its entries sorted, as AWS shows them: first egress, then ingress. */
const viewOf = (acl: NetworkAclRow): NetworkAcl => ({
  ...acl,
  Entries: acl.Entries.toSorted(
    (one, other) =>
      Number(other.Egress) - Number(one.Egress) || (one.RuleNumber ?? 0) - (other.RuleNumber ?? 0),
  ),
});

export const networkAclOperations = {
  /** The new ACL denies everything, because it has no entries except the last ones. */
  CreateNetworkAcl: {
    inputMembers: ['VpcId', 'ClientToken', 'TagSpecifications'],
    run(input, region) {
      const { networkAcls, vpcs } = region.ec2;
      const acl = oncePerToken(region, 'CreateNetworkAcl', input, networkAcls, () => {
        const { VpcId, OwnerId } = rowOf(vpcs, input.VpcId);
        checkQuota(quotas.networkAclsPerVpc, networkAcls.filter((one) => one.VpcId === VpcId).length + 1);
        const Tags = tagsFor(networkAcls, input.TagSpecifications);
        const NetworkAclId = newId(region, networkAcls);
        const Entries = entriesForAllTraffic(LAST_RULE_NUMBER, 'deny');
        networkAcls.set(NetworkAclId, {
          ...{ NetworkAclId, VpcId, OwnerId, IsDefault: false, Associations: [], Entries, Tags },
        });
        return NetworkAclId;
      });
      return { NetworkAcl: viewOf(acl), ClientToken: input.ClientToken };
    },
  },

  DescribeNetworkAcls: {
    inputMembers: ['NetworkAclIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const acls = requestedRows(input.NetworkAclIds, region.ec2.networkAcls);
      const { rows, NextToken } = page(filtered(acls, input.Filters, networkAclFilters), input);
      return { NetworkAcls: rows.map(viewOf), NextToken };
    },
  },

  DeleteNetworkAcl: {
    inputMembers: ['NetworkAclId'],
    run(input, region) {
      const { NetworkAclId, IsDefault, Associations } = rowOf(region.ec2.networkAcls, input.NetworkAclId);
      if (IsDefault) throw invalidParameter(`Cannot delete default network ACL ${NetworkAclId}`);
      if (Associations.length > 0) throw dependencyViolation('networkAcl', NetworkAclId);
      region.ec2.networkAcls.delete(NetworkAclId);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;
