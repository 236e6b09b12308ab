/** VPCs: each is created and deleted together with a main route table, a default security group and a default network ACL. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Vpc } from '@aws-sdk/client-ec2';
import { parseCidr } from '../../network/cidr.ts';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { dhcpOptionsIdOf } from './dhcp-options.ts';
import { dependencyViolation, invalidValue, missingParameter } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { addIpv6Block, vpcIpv6AssociationsOf } from './ipv6-blocks.ts';
import { addDefaultAcl } from './network-acls.ts';
import { checkQuota, quotas } from './quotas.ts';
import { associate } from './route-table-associations.ts';
import { addRouteTable } from './route-tables.ts';
import { addDefaultGroup, removeGroup } from './security-groups.ts';
import { resourceTables, type VpcRow } from './store.ts';
import { tagsFor, withoutEmptyTags } from './tags.ts';
import { newId } from './kinds.ts';

const MIN_PREFIX_LENGTH = 16;
const MAX_PREFIX_LENGTH = 28;

/**
 * Checks the size of a VPC's or subnet's block and returns its canonical form: AWS silently drops host bits.
 * @param sizeErrorCode the error code for a block that is too large or too small
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
export function checkCidr(cidr: string | undefined, sizeErrorCode: string): string {
  if (!cidr) throw missingParameter('cidrBlock');
  const range = parseCidr(cidr);
  if (!range) throw invalidValue('cidrBlock', cidr, 'This is not a valid CIDR block.');
  if (range.bitmask < MIN_PREFIX_LENGTH || range.bitmask > MAX_PREFIX_LENGTH) {
    throw refusal(sizeErrorCode, `The CIDR '${cidr}' is invalid.`);
  }
  return range.toString();
}

const filters = (region: Region): FilterTable<VpcRow> => ({
  'vpc-id': (vpc) => vpc.VpcId,
  cidr: (vpc) => vpc.CidrBlock,
  'cidr-block-association.association-id': (vpc) => blockAssociationsOf(vpc).map((one) => one.AssociationId),
  'cidr-block-association.cidr-block': (vpc) => vpc.CidrBlock,
  'cidr-block-association.state': () => 'associated',
  'ipv6-cidr-block-association.association-id': (vpc) => (vpc.ipv6Blocks ?? []).map(({ id }) => id),
  'ipv6-cidr-block-association.ipv6-cidr-block': (vpc) => (vpc.ipv6Blocks ?? []).map(({ block }) => block),
  'ipv6-cidr-block-association.state': (vpc) =>
    vpcIpv6AssociationsOf(region, vpc).map(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State),
  'dhcp-options-id': () => dhcpOptionsIdOf(region),
  state: (vpc) => vpc.State,
  'is-default': (vpc) => vpc.IsDefault,
  'owner-id': (vpc) => vpc.OwnerId,
});

/** Returns the block associations of a VPC. In the sandbox a VPC has only one block. */
const blockAssociationsOf = ({ VpcId, CidrBlock }: VpcRow) => [
  {
    AssociationId: VpcId.replace('vpc-', 'vpc-cidr-assoc-'),
    CidrBlock,
    CidrBlockState: { State: 'associated' as const },
  },
];

const viewOf = (region: Region, { ipv6Blocks, ...vpc }: VpcRow): Vpc => ({
  ...vpc,
  ...(ipv6Blocks?.length && { Ipv6CidrBlockAssociationSet: vpcIpv6AssociationsOf(region, { ipv6Blocks }) }),
  DhcpOptionsId: dhcpOptionsIdOf(region),
  CidrBlockAssociationSet: blockAssociationsOf(vpc),
});

/** Returns a new VPC as the response to its create call shows it. */
export const newVpcView = (region: Region, vpc: VpcRow): Vpc => ({
  ...viewOf(region, vpc),
  Ipv6CidrBlockAssociationSet: vpcIpv6AssociationsOf(region, vpc),
  State: 'pending',
});

/**
 * Adds a VPC with its main route table, its default security group and its default network ACL.
 * @throws VpcLimitExceeded
 */
export function addVpc(region: Region, settings: Pick<VpcRow, 'CidrBlock' | 'InstanceTenancy' | 'Tags'>) {
  checkQuota(quotas.vpcs, region.ec2.vpcs.size + 1);
  const VpcId = newId(region, region.ec2.vpcs);
  const vpc: VpcRow = region.ec2.vpcs.set(VpcId, {
    VpcId,
    State: 'available',
    IsDefault: false,
    OwnerId: region.account,
    ...settings,
    enableDnsSupport: true,
    enableDnsHostnames: false,
  });
  const mainTable = addRouteTable(region, vpc);
  associate(region, mainTable, { Main: true });
  addDefaultGroup(region, vpc);
  addDefaultAcl(region, vpc);
  return { vpc, mainTable };
}

export const vpcOperations = {
  /** There is no client token: every call creates another VPC. */
  CreateVpc: {
    inputMembers: ['CidrBlock', 'InstanceTenancy', 'AmazonProvidedIpv6CidrBlock', 'TagSpecifications'],
    run(input, region) {
      const { vpc } = addVpc(region, {
        CidrBlock: checkCidr(input.CidrBlock, 'InvalidVpc.Range'),
        InstanceTenancy: input.InstanceTenancy ?? 'default',
        Tags: tagsFor(region.ec2.vpcs, input.TagSpecifications),
      });
      if (input.AmazonProvidedIpv6CidrBlock) addIpv6Block(region, vpc);
      return { Vpc: newVpcView(region, vpc) };
    },
  },

  DescribeVpcs: {
    inputMembers: ['VpcIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = filtered(requestedRows(input.VpcIds, region.ec2.vpcs), input.Filters, filters(region));
      const { rows: Vpcs, NextToken } = page(
        rows.map((vpc) => withoutEmptyTags(viewOf(region, vpc))),
        input,
      );
      return { Vpcs, NextToken };
    },
  },

  /** Also deletes the resources that were created with the VPC. Any other resource in the VPC blocks the deletion. */
  DeleteVpc: {
    inputMembers: ['VpcId'],
    run(input, region) {
      const { VpcId } = rowOf(region.ec2.vpcs, input.VpcId);
      if (isDeletionBlocked(region, VpcId)) throw dependencyViolation('vpc', VpcId);
      const { networkAcls, routeTables, securityGroups, vpcs } = region.ec2;
      for (const table of routeTables.all())
        if (table.VpcId === VpcId) routeTables.delete(table.RouteTableId);
      for (const group of securityGroups.all()) if (group.VpcId === VpcId) removeGroup(region, group.GroupId);
      for (const acl of networkAcls.all()) if (acl.VpcId === VpcId) networkAcls.delete(acl.NetworkAclId);
      vpcs.delete(VpcId);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;

/** Whether a resource of any kind blocks the deletion of a VPC. */
const isDeletionBlocked = ({ ec2 }: Region, vpcId: string): boolean =>
  resourceTables(ec2).some((table) => table.all().some((row) => table.kind.blockedVpcId(row) === vpcId));
