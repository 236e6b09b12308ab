/** VPCs: born `pending`, with a main route table and a default security group, and not gone while anything lives inside. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Vpc } from '@aws-sdk/client-ec2';
import { parseCidr } from '../../network/cidr.ts';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { hasDependencies, invalidValue, missingParameter, notImplemented, vpcNotFound } from './errors.ts';
import { filtered, named, page, type FilterTable } from './filters.ts';
import { checkQuota } from './quotas.ts';
import { associate } from './route-table-associations.ts';
import { addRouteTable } from './route-tables.ts';
import { vpcOf } from './rows.ts';
import { addDefaultGroup, removeGroup } from './security-groups.ts';
import type { VpcRow } from './store.ts';
import { tagsFor } from './tags.ts';

const LARGEST = 16;
const SMALLEST = 28;

/**
 * A block of the sizes that VPCs and subnets may have, in its canonical form: AWS silently drops bits of the host.
 * @param outOfRange the code for a block that is too large or too small
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
export function checkCidr(cidr: string | undefined, outOfRange: string): string {
  if (!cidr) throw missingParameter('cidrBlock');
  const range = parseCidr(cidr);
  if (!range) throw invalidValue('cidrBlock', cidr, 'This is not a valid CIDR block.');
  if (range.bitmask < LARGEST || range.bitmask > SMALLEST) {
    throw refusal(outOfRange, `The CIDR '${cidr}' is invalid.`);
  }
  return range.toString();
}

const filters: FilterTable<VpcRow> = {
  'vpc-id': (vpc) => vpc.VpcId,
  cidr: (vpc) => vpc.CidrBlock,
  'cidr-block-association.association-id': (vpc) => associationsOf(vpc).map((one) => one.AssociationId),
  'cidr-block-association.cidr-block': (vpc) => vpc.CidrBlock,
  'cidr-block-association.state': () => 'associated',
  'dhcp-options-id': (vpc) => vpc.DhcpOptionsId,
  state: (vpc) => vpc.State,
  'is-default': (vpc) => vpc.IsDefault,
  'owner-id': (vpc) => vpc.OwnerId,
};

/** A VPC of the sandbox has its first block and no other. */
const associationsOf = ({ VpcId, CidrBlock }: VpcRow) => [
  {
    AssociationId: VpcId.replace('vpc-', 'vpc-cidr-assoc-'),
    CidrBlock,
    CidrBlockState: { State: 'associated' as const },
  },
];

const shown = (vpc: VpcRow): Vpc => ({ ...vpc, CidrBlockAssociationSet: associationsOf(vpc) });

export const vpcOperations = {
  /** No client token: every call makes another VPC. */
  CreateVpc: {
    takes: ['CidrBlock', 'InstanceTenancy', 'AmazonProvidedIpv6CidrBlock', 'TagSpecifications'],
    run(input, region) {
      // Terraform always sends it, as false.
      if (input.AmazonProvidedIpv6CidrBlock) throw notImplemented('AmazonProvidedIpv6CidrBlock');
      checkQuota('vpcs', region.ec2.vpcs.size + 1);
      const VpcId = region.id('vpc');
      const vpc = region.ec2.vpcs.set(VpcId, {
        VpcId,
        CidrBlock: checkCidr(input.CidrBlock, 'InvalidVpc.Range'),
        State: 'available',
        InstanceTenancy: input.InstanceTenancy ?? 'default',
        IsDefault: false,
        OwnerId: region.account,
        DhcpOptionsId: 'dopt-default',
        Tags: tagsFor('vpc', input.TagSpecifications),
        enableDnsSupport: true,
        enableDnsHostnames: false,
      });
      associate(region, addRouteTable(region, vpc), { Main: true });
      addDefaultGroup(region, vpc);
      return { Vpc: { ...shown(vpc), State: 'pending' } };
    },
  },

  DescribeVpcs: {
    takes: ['VpcIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = filtered(named(input.VpcIds, region.ec2.vpcs, vpcNotFound), input.Filters, filters);
      const { rows: Vpcs, NextToken } = page(rows.map(shown), input);
      return { Vpcs, NextToken };
    },
  },

  /** The main route table and the default security group go with the VPC; anything else holds it. */
  DeleteVpc: {
    takes: ['VpcId'],
    run(input, region) {
      const { VpcId } = vpcOf(region, input.VpcId);
      if (isInhabited(region, VpcId)) throw hasDependencies('vpc', VpcId);
      const { routeTables, securityGroups, vpcs } = region.ec2;
      for (const table of routeTables.all())
        if (table.VpcId === VpcId) routeTables.delete(table.RouteTableId);
      for (const group of securityGroups.all()) if (group.VpcId === VpcId) removeGroup(region, group.GroupId);
      vpcs.delete(VpcId);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;

/** Interfaces and NAT gateways need no look: they live in subnets, which cannot go before them. */
function isInhabited({ ec2 }: Region, vpcId: string): boolean {
  const here = ({ VpcId }: { VpcId?: string }) => VpcId === vpcId;
  return (
    ec2.subnets.all().some(here) ||
    ec2.internetGateways.all().some(({ Attachments }) => Attachments.some(here)) ||
    ec2.routeTables.all().some((table) => here(table) && !table.Associations.some(({ Main }) => Main)) ||
    ec2.securityGroups.all().some((group) => here(group) && group.GroupName !== 'default')
  );
}
