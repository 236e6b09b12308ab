/** Subnets: parts of a VPC's block, each in one zone. Interfaces in a subnet block the subnet's deletion. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { CreateSubnetRequest, Subnet, Tag } from '@aws-sdk/client-ec2';
import { freeAddressCount } from '../../network/addresses.ts';
import { cidrCovers, cidrsOverlap } from '../../network/cidr.ts';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { dependencyViolation, invalidValue, missingParameter } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { associateDefaultAcl, dissociateAcl } from './network-acls.ts';
import { checkQuota, quotas } from './quotas.ts';
import type { SubnetRow, VpcRow } from './store.ts';
import { tagsFor, withoutEmptyTags } from './tags.ts';
import { newSubnetBlock, subnetIpv6AssociationsOf } from './ipv6-blocks.ts';
import { checkCidr } from './vpcs.ts';
import { zonesOf, type Zone } from './zones.ts';
import { newId } from './kinds.ts';

/** @throws InvalidSubnet.Range for a block outside the VPC, InvalidSubnet.Conflict for an overlap with another subnet */
export function checkBlock(region: Region, vpc: VpcRow, cidr: string | undefined): string {
  const CidrBlock = checkCidr(cidr, 'InvalidSubnet.Range');
  if (!cidrCovers(vpc.CidrBlock, CidrBlock)) {
    throw refusal('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`);
  }
  const subnetsOfVpc = region.ec2.subnets.filter(({ VpcId }) => VpcId === vpc.VpcId);
  if (subnetsOfVpc.some((other) => cidrsOverlap(other.CidrBlock, CidrBlock))) {
    throw refusal('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);
  }
  checkQuota(quotas.subnetsPerVpc, subnetsOfVpc.length + 1);
  return CidrBlock;
}

/** Returns the zone that a call names. If the call names no zone, AWS picks any, and the sandbox picks the first. */
export function zoneFor(
  region: Region,
  {
    AvailabilityZone,
    AvailabilityZoneId,
  }: Pick<CreateSubnetRequest, 'AvailabilityZone' | 'AvailabilityZoneId'>,
): Zone {
  const zones = zonesOf(region);
  const zone = zones.find(
    ({ name, id }) => name === (AvailabilityZone ?? name) && id === (AvailabilityZoneId ?? id),
  );
  if (zone) return zone;
  const names = zones.map(({ name }) => name).join(', ');
  throw invalidValue(
    'availabilityZone',
    AvailabilityZone ?? AvailabilityZoneId,
    `Subnets can currently only be created in the following availability zones: ${names}.`,
  );
}

const viewOf = (region: Region, { ipv6Block, ...subnet }: SubnetRow): Subnet => ({
  ...subnet,
  ...(ipv6Block && { Ipv6CidrBlockAssociationSet: subnetIpv6AssociationsOf(region, { ipv6Block }) }),
  AvailableIpAddressCount: freeAddressCount(region, subnet.SubnetId),
});

const filters = (region: Region): FilterTable<SubnetRow> => {
  const cidr = (subnet: SubnetRow) => subnet.CidrBlock;
  const zone = (subnet: SubnetRow) => subnet.AvailabilityZone;
  const ipv6 = (subnet: SubnetRow) => subnetIpv6AssociationsOf(region, subnet)[0];
  return {
    'availability-zone': zone,
    availabilityZone: zone,
    'availability-zone-id': (subnet) => subnet.AvailabilityZoneId,
    'available-ip-address-count': (subnet) => String(freeAddressCount(region, subnet.SubnetId)),
    'cidr-block': cidr,
    cidr,
    cidrBlock: cidr,
    'ipv6-cidr-block-association.association-id': (subnet) => ipv6(subnet)?.AssociationId,
    'ipv6-cidr-block-association.ipv6-cidr-block': (subnet) => ipv6(subnet)?.Ipv6CidrBlock,
    'ipv6-cidr-block-association.state': (subnet) => ipv6(subnet)?.Ipv6CidrBlockState?.State,
    'default-for-az': (subnet) => subnet.DefaultForAz,
    defaultForAz: (subnet) => subnet.DefaultForAz,
    'map-public-ip-on-launch': (subnet) => subnet.MapPublicIpOnLaunch,
    'owner-id': (subnet) => subnet.OwnerId,
    state: (subnet) => subnet.State,
    'subnet-arn': (subnet) => subnet.SubnetArn,
    'subnet-id': (subnet) => subnet.SubnetId,
    'vpc-id': (subnet) => subnet.VpcId,
  };
};

/** Returns a new subnet as the response to its create call shows it. */
export const newSubnetView = (region: Region, subnet: SubnetRow): Subnet => ({
  ...viewOf(region, subnet),
  State: 'pending',
});

/** Adds a subnet, and associates it with the default network ACL of its VPC. */
export function addSubnet(
  region: Region,
  vpc: VpcRow,
  { CidrBlock, zone, Tags }: { readonly CidrBlock: string; readonly zone: Zone; readonly Tags: Tag[] },
): SubnetRow {
  const SubnetId = newId(region, region.ec2.subnets);
  const subnet: SubnetRow = region.ec2.subnets.set(SubnetId, {
    SubnetId,
    SubnetArn: region.arn('ec2', `subnet/${SubnetId}`),
    VpcId: vpc.VpcId,
    CidrBlock,
    AvailabilityZone: zone.name,
    AvailabilityZoneId: zone.id,
    State: 'available',
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    EnableDns64: false,
    Ipv6Native: false,
    Ipv6CidrBlockAssociationSet: [],
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    OwnerId: region.account,
    Tags,
  });
  associateDefaultAcl(region, subnet);
  return subnet;
}

export const subnetOperations = {
  CreateSubnet: {
    inputMembers: [
      'VpcId',
      'CidrBlock',
      'Ipv6CidrBlock',
      'AvailabilityZone',
      'AvailabilityZoneId',
      'TagSpecifications',
    ],
    run(input, region) {
      const vpc = rowOf(region.ec2.vpcs, input.VpcId);
      const CidrBlock = checkBlock(region, vpc, input.CidrBlock);
      const ipv6Block =
        input.Ipv6CidrBlock === undefined ? undefined : newSubnetBlock(region, vpc, input.Ipv6CidrBlock);
      const zone = zoneFor(region, input);
      const Tags = tagsFor(region.ec2.subnets, input.TagSpecifications);
      const subnet = addSubnet(region, vpc, { CidrBlock, zone, Tags });
      if (ipv6Block) subnet.ipv6Block = ipv6Block;
      return { Subnet: newSubnetView(region, subnet) };
    },
  },

  DescribeSubnets: {
    inputMembers: ['SubnetIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = filtered(
        requestedRows(input.SubnetIds, region.ec2.subnets),
        input.Filters,
        filters(region),
      );
      const { rows: subnets, NextToken } = page(rows, input);
      return { Subnets: subnets.map((subnet) => withoutEmptyTags(viewOf(region, subnet))), NextToken };
    },
  },

  /** Supports only `MapPublicIpOnLaunch`. It has no effect, because the sandbox has no EC2 instances. */
  ModifySubnetAttribute: {
    inputMembers: ['SubnetId', 'MapPublicIpOnLaunch'],
    run(input, region) {
      const subnet = rowOf(region.ec2.subnets, input.SubnetId);
      // Any attribute is enough: a call may set an unsupported attribute to false, because it is always false.
      if (Object.keys(input).length < 2) throw missingParameter('mapPublicIpOnLaunch');
      subnet.MapPublicIpOnLaunch = input.MapPublicIpOnLaunch?.Value ?? subnet.MapPublicIpOnLaunch;
      return {};
    },
  },

  /** Associations with a route table and a network ACL do not block the deletion; they are deleted with the subnet. */
  DeleteSubnet: {
    inputMembers: ['SubnetId'],
    run(input, region) {
      const { ec2 } = region;
      const { SubnetId } = rowOf(region.ec2.subnets, input.SubnetId);
      if (ec2.networkInterfaces.find((one) => one.SubnetId === SubnetId)) {
        throw dependencyViolation('subnet', SubnetId);
      }
      for (const table of ec2.routeTables.all()) {
        table.Associations = table.Associations.filter((one) => one.SubnetId !== SubnetId);
      }
      dissociateAcl(region, SubnetId);
      ec2.subnets.delete(SubnetId);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;
