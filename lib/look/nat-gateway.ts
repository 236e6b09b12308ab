/** Finds our NAT gateway by its tags; AWS lists a deleted gateway for another hour, but it counts as absent. */
import { DescribeNatGatewaysCommand, type NatGateway } from '@aws-sdk/client-ec2';
import { isNotFound } from '../aws/errors.ts';
import type { Aws } from '../aws/clients.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import { pending, ready, type ProbeResult } from '../engine/until.ts';
import { describeOurs } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';
import { vpcFilter, vpcResource, type VpcListing } from './in-vpc.ts';

export interface FoundNatGateway extends Readonly<Ids['natGateway']> {
  /** `pending`, `available`, `failed`, `deleting` or `deleted`. */
  readonly state: string;
  /** Why it failed, in AWS's words. */
  readonly failure: string | undefined;
  readonly subnetId: string;
  readonly allocationId: string;
  /** Its network interfaces. On an emulator, an interface itself may not show that it belongs to a gateway. */
  readonly networkInterfaceIds: readonly string[];
  readonly tags: Tags;
}

/** The states in which a gateway counts as existing, best first: the duplicate in the best state keeps the key. */
const STATES = ['available', 'pending', 'failed', 'deleting'];

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNatGateways.html */
export async function lookNatGateway(context: LookContext): Promise<Items<FoundNatGateway>> {
  const gateways = await describeOurs(
    context,
    ['natGateway'],
    'NatGatewayId',
    async ({ Filters, ids: NatGatewayIds, NextToken }) => {
      const Filter = Filters && [...Filters, { Name: 'state', Values: STATES }];
      const { NatGateways = [], NextToken: next } = await context.aws.ec2(
        new DescribeNatGatewaysCommand({ Filter, NatGatewayIds, NextToken }),
      );
      return { items: NatGateways, next };
    },
  );
  const existing = gateways.map(read).filter(({ state }) => STATES.includes(state));
  return indexByKey(existing.sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state)));
}

/** Fetches a NAT gateway by its id, even a deleted one; undefined when AWS does not know it yet, or no longer knows it. */
export async function natGatewayById({ ec2 }: Aws, id: string): Promise<FoundNatGateway | undefined> {
  try {
    const { NatGateways = [] } = await ec2(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }));
    return NatGateways.map(read)[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Probes whether a gateway is deleted: until then, its address cannot be released and its subnet cannot be deleted. */
export async function probeNatGatewayGone(aws: Aws, id: string): Promise<ProbeResult<undefined>> {
  const nat = await natGatewayById(aws, id);
  return nat === undefined || nat.state === 'deleted' ? ready(undefined) : pending(nat.state);
}

const read = ({
  NatGatewayId = '',
  State,
  SubnetId = '',
  NatGatewayAddresses = [],
  ...rest
}: NatGateway): FoundNatGateway => ({
  natGatewayId: NatGatewayId,
  state: State ?? '',
  failure: rest.FailureCode && `${rest.FailureCode}: ${rest.FailureMessage ?? ''}`,
  subnetId: SubnetId,
  allocationId: NatGatewayAddresses[0]?.AllocationId ?? '',
  networkInterfaceIds: NatGatewayAddresses.flatMap(({ NetworkInterfaceId = [] }) => NetworkInterfaceId),
  tags: readTags(rest.Tags),
});

/** The NAT gateways in a VPC, apart from deleted and failed ones, which AWS still lists for an hour. */
export const natGatewaysInVpc: VpcListing = {
  kind: 'NAT gateways',
  async list({ ec2 }, vpcId) {
    const { NatGateways = [] } = await ec2(new DescribeNatGatewaysCommand({ Filter: vpcFilter(vpcId) }));
    return NatGateways.filter(({ State }) => State !== 'deleted' && State !== 'failed').map(
      ({ NatGatewayId: id, State: about, Tags: tags }) =>
        vpcResource('NAT gateway', 'ec2 delete-nat-gateway --nat-gateway-id', { id, about, tags }),
    );
  },
};
