/** VPCs: born `pending`, with a main route table and a default security group, and not gone while anything lives inside. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Vpc } from '@aws-sdk/client-ec2';
import { Netmask } from 'netmask';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { hasDependencies, invalidParameter, missingParameter, vpcNotFound } from './errors.ts';
import { filtered, named, page, type FilterTable } from './filters.ts';
import type { VpcRow } from './store.ts';
import { tagsFor } from './tags.ts';

/** The VPC of that id. @throws InvalidVpcID.NotFound */
export function vpcOf(region: Region, id: string | undefined): VpcRow {
  const vpc = region.ec2.vpcs.get(id);
  if (!vpc) throw vpcNotFound(id ?? '');
  return vpc;
}

const LARGEST = 16;
const SMALLEST = 28;

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
function checkCidr(cidr: string | undefined): string {
  if (!cidr) throw missingParameter('CidrBlock');
  let block: Netmask;
  try {
    block = new Netmask(cidr);
  } catch {
    throw invalidParameter(
      `Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  if (block.bitmask < LARGEST || block.bitmask > SMALLEST) {
    throw refusal('InvalidVpc.Range', `The CIDR '${cidr}' is invalid.`);
  }
  // AWS silently takes the network address of what it is given.
  return `${block.base}/${block.bitmask}`;
}

const filters: FilterTable<VpcRow> = {
  'vpc-id': (vpc) => vpc.VpcId,
  cidr: (vpc) => vpc.CidrBlock,
  state: (vpc) => vpc.State,
  'is-default': (vpc) => vpc.IsDefault,
  'owner-id': (vpc) => vpc.OwnerId,
};

const shown = ({ enableDnsSupport: _s, enableDnsHostnames: _h, ...vpc }: VpcRow): Vpc => vpc;

export const vpcOperations = {
  /** No client token: every call makes another VPC. */
  CreateVpc: {
    takes: ['CidrBlock', 'InstanceTenancy', 'TagSpecifications'],
    run(input, region) {
      const VpcId = region.id('vpc');
      const vpc = region.ec2.vpcs.set(VpcId, {
        VpcId,
        CidrBlock: checkCidr(input.CidrBlock),
        State: 'available',
        InstanceTenancy: input.InstanceTenancy ?? 'default',
        IsDefault: false,
        OwnerId: region.account,
        DhcpOptionsId: 'dopt-default',
        Tags: tagsFor('vpc', input.TagSpecifications),
        enableDnsSupport: true,
        enableDnsHostnames: false,
      });
      return { Vpc: { ...shown(vpc), State: 'pending' } };
    },
  },

  DescribeVpcs: {
    takes: ['VpcIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = filtered(named(input.VpcIds, region.ec2.vpcs, vpcNotFound), input.Filters, filters);
      const { rows: Vpcs, NextToken } = page(rows.map(shown), input.MaxResults, input.NextToken);
      return { Vpcs, NextToken };
    },
  },

  DescribeVpcAttribute: {
    takes: ['VpcId', 'Attribute'],
    run(input, region) {
      const { VpcId, enableDnsSupport, enableDnsHostnames } = vpcOf(region, input.VpcId);
      switch (input.Attribute) {
        case 'enableDnsSupport':
          return { VpcId, EnableDnsSupport: { Value: enableDnsSupport } };
        case 'enableDnsHostnames':
          return { VpcId, EnableDnsHostnames: { Value: enableDnsHostnames } };
        case 'enableNetworkAddressUsageMetrics':
          return { VpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
        default:
          throw invalidParameter(`Value (${String(input.Attribute)}) for parameter attribute is invalid.`);
      }
    },
  },

  /** One attribute a call; hostnames need support first. */
  ModifyVpcAttribute: {
    takes: ['VpcId', 'EnableDnsSupport', 'EnableDnsHostnames'],
    run(input, region) {
      const vpc = vpcOf(region, input.VpcId);
      if (input.EnableDnsSupport && input.EnableDnsHostnames) {
        throw refusal('InvalidParameterCombination', 'Fields for multiple attribute types specified');
      }
      if (input.EnableDnsSupport) vpc.enableDnsSupport = input.EnableDnsSupport.Value ?? false;
      if (input.EnableDnsHostnames) vpc.enableDnsHostnames = input.EnableDnsHostnames.Value ?? false;
      return {};
    },
  },

  /** Main route table and default security group go with the VPC; anything else holds it. */
  DeleteVpc: {
    takes: ['VpcId'],
    run(input, region) {
      const { VpcId } = vpcOf(region, input.VpcId);
      if (isInhabited(region, VpcId)) throw hasDependencies('vpc', VpcId);
      region.ec2.vpcs.delete(VpcId);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;

function isInhabited({ ec2 }: Region, vpcId: string): boolean {
  return ec2.subnets.all().some((subnet) => subnet.VpcId === vpcId);
}
