/** Finds our VPC by its tags, with the two DNS attributes that no describe shows. */
import { DescribeVpcAttributeCommand, DescribeVpcsCommand, type VpcAttributeName } from '@aws-sdk/client-ec2';
import type { Ids, Items } from '../resources.ts';
import { readTags, type Tags } from '../tags.ts';
import { byKey, oursFilter, type See } from './see.ts';

export interface FoundVpc extends Readonly<Ids['vpc']> {
  readonly cidr: string;
  readonly state: string;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly tags: Tags;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export async function lookVpc(see: See): Promise<Items<FoundVpc>> {
  const { Vpcs = [] } = await see.aws.ec2(new DescribeVpcsCommand({ Filters: oursFilter(see) }));
  const attribute = async (VpcId: string, Attribute: VpcAttributeName) =>
    see.aws.ec2(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
  const found = Vpcs.map(async ({ VpcId = '', CidrBlock = '', State = '', Tags }): Promise<FoundVpc> => {
    const [support, hostnames] = await Promise.all([
      attribute(VpcId, 'enableDnsSupport'),
      attribute(VpcId, 'enableDnsHostnames'),
    ]);
    return {
      vpcId: VpcId,
      cidr: CidrBlock,
      state: State,
      dnsSupport: support.EnableDnsSupport?.Value ?? false,
      dnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
      tags: readTags(Tags),
    };
  });
  return byKey(await Promise.all(found));
}
