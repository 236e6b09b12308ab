/** Finds our subnets by their tags, and the availability zones that subnets may be in. */
import { DescribeAvailabilityZonesCommand, DescribeSubnetsCommand, type Subnet } from '@aws-sdk/client-ec2';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import { describeOurs } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';
import { ipv6AssociationIn, type Ipv6Association } from './ipv6-blocks.ts';
import { vpcFilter, vpcResource, type VpcListing } from './in-vpc.ts';

export interface FoundSubnet extends Readonly<Ids['subnets']> {
  readonly vpcId: string;
  readonly cidr: string;
  /** Whether instances that are launched in it get a public address. */
  readonly mapPublicIp: boolean;
  /** Its IPv6 block; undefined if it has none. */
  readonly ipv6?: Ipv6Association | undefined;
  readonly tags: Tags;
}

export async function lookSubnets(context: LookContext): Promise<Items<FoundSubnet>> {
  return indexByKey(
    (await describeSubnets(context)).map(
      ({ SubnetId = '', VpcId = '', CidrBlock = '', AvailabilityZone = '', ...rest }) => ({
        subnetId: SubnetId,
        vpcId: VpcId,
        cidr: CidrBlock,
        zone: AvailabilityZone,
        mapPublicIp: rest.MapPublicIpOnLaunch ?? false,
        ipv6: ipv6AssociationIn(rest.Ipv6CidrBlockAssociationSet),
        tags: readTags(rest.Tags),
      }),
    ),
  );
}

/**
 * Describes our subnets, once per survey.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html
 */
export const describeSubnets = (context: LookContext): Promise<Subnet[]> =>
  context.shared('subnets', () =>
    describeOurs(context, ['subnets'], 'SubnetId', async ({ Filters, ids: SubnetIds, NextToken }) => {
      const { Subnets = [], NextToken: next } = await context.aws.ec2(
        new DescribeSubnetsCommand({ Filters, SubnetIds, NextToken }),
      );
      return { items: Subnets, next };
    }),
  );

/**
 * Lists the names of the region's availability zones that this account may use, sorted; local zones are left out.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
 */
export async function lookAvailabilityZones(context: LookContext): Promise<readonly string[]> {
  const { AvailabilityZones = [] } = await context.aws.ec2(
    new DescribeAvailabilityZonesCommand({
      Filters: [
        { Name: 'state', Values: ['available'] },
        { Name: 'zone-type', Values: ['availability-zone'] },
      ],
    }),
  );
  return AvailabilityZones.map(({ ZoneName = '' }) => ZoneName).sort();
}

/** The subnets in a VPC. */
export const subnetsInVpc: VpcListing = {
  kind: 'subnets',
  async list({ ec2 }, vpcId) {
    const { Subnets = [] } = await ec2(new DescribeSubnetsCommand({ Filters: vpcFilter(vpcId) }));
    return Subnets.map(({ SubnetId: id, CidrBlock: about, Tags: tags }) =>
      vpcResource('subnet', 'ec2 delete-subnet --subnet-id', { id, about, tags }),
    );
  },
};
