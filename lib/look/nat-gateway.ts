/** Finds our NAT gateway by its tags; deleted ones, which AWS shows for an hour, do not count. */
import { DescribeNatGatewaysCommand } from '@aws-sdk/client-ec2';
import type { Ids, Items } from '../resources.ts';
import { readTags, type Tags } from '../tags.ts';
import { byKey, oursFilter, type See } from './see.ts';

export interface FoundNatGateway extends Readonly<Ids['natGateway']> {
  /** `pending`, `available`, `failed` or `deleting`. */
  readonly state: string;
  /** Why it failed, as AWS puts it. */
  readonly failure: string | undefined;
  readonly subnetId: string;
  readonly allocationId: string;
  readonly tags: Tags;
}

/** Living ones first: of twins, the first keeps the key. */
const ORDER = ['available', 'pending', 'failed', 'deleting'];

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNatGateways.html */
export async function lookNatGateway(see: See): Promise<Items<FoundNatGateway>> {
  const { NatGateways = [] } = await see.aws.ec2(
    new DescribeNatGatewaysCommand({ Filter: [...oursFilter(see), { Name: 'state', Values: ORDER }] }),
  );
  const found = NatGateways.map(
    ({ NatGatewayId = '', State = '', SubnetId = '', NatGatewayAddresses, ...rest }) => ({
      natGatewayId: NatGatewayId,
      state: State,
      failure: rest.FailureCode && `${rest.FailureCode}: ${rest.FailureMessage ?? ''}`,
      subnetId: SubnetId,
      allocationId: NatGatewayAddresses?.[0]?.AllocationId ?? '',
      tags: readTags(rest.Tags),
    }),
  );
  return byKey(found.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state)));
}
