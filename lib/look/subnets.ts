/** Finds our subnets by their tags, and the availability zones that subnets may lie in. */
import { DescribeAvailabilityZonesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import type { Ids, Items } from '../resources.ts';
import { readTags, type Tags } from '../tags.ts';
import { byKey, oursFilter, type See } from './see.ts';

export interface FoundSubnet extends Readonly<Ids['subnets']> {
  readonly vpcId: string;
  readonly cidr: string;
  readonly state: string;
  readonly mapPublicIp: boolean;
  readonly tags: Tags;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export async function lookSubnets(see: See): Promise<Items<FoundSubnet>> {
  const { Subnets = [] } = await see.aws.ec2(new DescribeSubnetsCommand({ Filters: oursFilter(see) }));
  return byKey(
    Subnets.map(
      ({ SubnetId = '', VpcId = '', CidrBlock = '', AvailabilityZone = '', State = '', ...rest }) => ({
        subnetId: SubnetId,
        vpcId: VpcId,
        cidr: CidrBlock,
        zone: AvailabilityZone,
        state: State,
        mapPublicIp: rest.MapPublicIpOnLaunch ?? false,
        tags: readTags(rest.Tags),
      }),
    ),
  );
}

/**
 * The names of the region's availability zones that are open to this account, in order; local zones are left out.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
 */
export async function lookZones(see: See): Promise<readonly string[]> {
  const { AvailabilityZones = [] } = await see.aws.ec2(
    new DescribeAvailabilityZonesCommand({
      Filters: [
        { Name: 'state', Values: ['available'] },
        { Name: 'zone-type', Values: ['availability-zone'] },
      ],
    }),
  );
  return AvailabilityZones.map(({ ZoneName = '' }) => ZoneName).sort();
}
