/** NAT gateways: `pending` becomes `available` or `failed`; `deleting` becomes `deleted`, and is shown for an hour. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { CreateNatGatewayRequest } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import { durations } from '../../world/durations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { elasticIpNotFound, missingParameter, notImplemented } from './errors.ts';
import { filtered, named, page, type FilterTable } from './filters.ts';
import { checkQuota, quotas } from './quotas.ts';
import type { NatGatewayRow, SubnetRow } from './store.ts';
import { tagsFor } from './tags.ts';
import { once } from './tokens.ts';
import { newId } from './kinds.ts';

/**
 * Whether AWS no longer shows a NAT gateway. It shows a deleted or failed gateway for an hour. The hour passes at the pace
 * of the world, except at the instant pace, where it would have no length. There it is an hour of real time.
 */
function isNoLongerShown(region: Region, { DeleteTime }: NatGatewayRow): boolean {
  const hour = region.scaled(durations.natGatewayForget) || durations.natGatewayForget;
  return DeleteTime !== undefined && region.now().getTime() - DeleteTime.getTime() >= hour;
}

/** The NAT gateways that AWS still shows, for lookups by id. */
const shownGateways = (region: Region) => ({
  kind: region.ec2.natGateways.kind,
  all: () => region.ec2.natGateways.filter((nat) => !isNoLongerShown(region, nat)),
  get(id: string) {
    const nat = region.ec2.natGateways.get(id);
    return nat && !isNoLongerShown(region, nat) ? nat : undefined;
  },
});

const filters: FilterTable<NatGatewayRow> = {
  'nat-gateway-id': (nat) => nat.NatGatewayId,
  state: (nat) => nat.State,
  'subnet-id': (nat) => nat.SubnetId,
  'vpc-id': (nat) => nat.VpcId,
};

/** The states that count towards the quota: failed and deleted gateways do not. */
const COUNTED: readonly (string | undefined)[] = ['pending', 'available', 'deleting'];

function checkZone({ ec2 }: Region, { AvailabilityZone }: SubnetRow): void {
  const zoneOf = ({ SubnetId }: NatGatewayRow) => ec2.subnets.get(SubnetId)?.AvailabilityZone;
  const inZone = ec2.natGateways.filter(
    (nat) => COUNTED.includes(nat.State) && zoneOf(nat) === AvailabilityZone,
  );
  checkQuota(quotas.natGatewaysPerZone, inZone.length + 1);
}

function add(region: Region, input: CreateNatGatewayRequest): NatGatewayRow {
  if (input.ConnectivityType === 'private') throw notImplemented('ConnectivityType private');
  if (input.AvailabilityMode === 'regional') throw notImplemented('AvailabilityMode regional');
  const { AllocationId } = input;
  if (!input.SubnetId) throw missingParameter('subnetId');
  if (!AllocationId) throw missingParameter('allocationId');
  const subnet = region.ec2.subnets.get(input.SubnetId);
  if (!subnet) throw refusal('InvalidSubnet', `Subnet ${input.SubnetId} was not found`);
  // A released address makes the gateway fail later, but an address that is not visible yet is refused immediately:
  // https://github.com/hashicorp/terraform-provider-aws/issues/27087
  if (region.ec2.addresses.hides(AllocationId)) throw elasticIpNotFound(AllocationId);
  checkZone(region, subnet);
  const Tags = tagsFor(region.ec2.natGateways, input.TagSpecifications);
  const NatGatewayId = newId(region, region.ec2.natGateways);
  region.after('natGatewayPlace', 'ec2:nat-gateway-placed', NatGatewayId);
  return region.ec2.natGateways.set(NatGatewayId, {
    NatGatewayId,
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    State: 'pending',
    ConnectivityType: 'public',
    AvailabilityMode: 'zonal',
    CreateTime: region.now(),
    NatGatewayAddresses: [{ AllocationId, IsPrimary: true, Status: 'associating' }],
    Tags,
  });
}

export const natGatewayOperations = {
  /**
   * An obstacle (no internet gateway, or an elastic IP that was released or is in use) does not fail the call. Instead the
   * NAT gateway fails later.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
   */
  CreateNatGateway: {
    takes: [
      'SubnetId',
      'AllocationId',
      'ClientToken',
      'ConnectivityType',
      'AvailabilityMode',
      'TagSpecifications',
    ],
    run(input, region) {
      const NatGateway = once(
        region,
        'CreateNatGateway',
        input,
        region.ec2.natGateways,
        () => add(region, input).NatGatewayId,
      );
      return { NatGateway, ClientToken: input.ClientToken };
    },
  },

  /** The parameter is called `Filter`. All other describe calls have `Filters`. */
  DescribeNatGateways: {
    takes: ['NatGatewayIds', 'Filter', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = named(input.NatGatewayIds, shownGateways(region));
      const { rows: NatGateways, NextToken } = page(filtered(rows, input.Filter, filters), input);
      return { NatGateways, NextToken };
    },
  },

  /** Can be repeated, and is accepted in every state, including `pending` and `failed`. */
  DeleteNatGateway: {
    takes: ['NatGatewayId'],
    run({ NatGatewayId: id }, region) {
      const nat = rowOf(shownGateways(region), id);
      const { NatGatewayId } = nat;
      if (nat.State === 'deleting' || nat.State === 'deleted') return { NatGatewayId };
      region.forget('ec2:nat-gateway-placed', NatGatewayId);
      region.forget('ec2:nat-gateway-available', NatGatewayId);
      nat.State = 'deleting';
      nat.DeleteTime = region.now();
      region.after('natGatewayDelete', 'ec2:nat-gateway-deleted', NatGatewayId);
      return { NatGatewayId };
    },
  },
} satisfies Operations<typeof EC2>;
