/** NAT gateways: `pending` becomes `available` or `failed`. A deleted gateway is shown for an hour. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { CreateNatGatewayRequest } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import { durations } from '../../world/durations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { checkIdForm, elasticIpNotFound, missingParameter, notImplemented } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { checkQuota, quotas } from './quotas.ts';
import type { NatGatewayRow, SubnetRow } from './store.ts';
import { tagsFor, withoutEmptyTags } from './tags.ts';
import { oncePerToken } from './tokens.ts';
import { newId } from './kinds.ts';

/**
 * Whether AWS still shows a NAT gateway. AWS shows a deleted or failed gateway for an hour, and the sandbox scales this hour
 * to its pace. The instant pace would reduce the hour to nothing, so at that pace it is an hour of real time.
 */
function isShown(region: Region, { DeleteTime }: NatGatewayRow): boolean {
  const hour = region.scaled(durations.natGatewayForget) || durations.natGatewayForget;
  return DeleteTime === undefined || region.now().getTime() - DeleteTime.getTime() < hour;
}

/** The NAT gateways that AWS still shows, for lookups by id. */
const shownGateways = (region: Region) => ({
  kind: region.ec2.natGateways.kind,
  all: () => region.ec2.natGateways.filter((nat) => isShown(region, nat)),
  get(id: string) {
    const nat = region.ec2.natGateways.get(id);
    return nat && isShown(region, nat) ? nat : undefined;
  },
});

const filters: FilterTable<NatGatewayRow> = {
  'nat-gateway-id': (nat) => nat.NatGatewayId,
  state: (nat) => nat.State,
  'subnet-id': (nat) => nat.SubnetId,
  'vpc-id': (nat) => nat.VpcId,
};

/** The states of the gateways that count towards the quota. Failed and deleted gateways do not count. */
const STATES_IN_QUOTA: readonly (string | undefined)[] = ['pending', 'available', 'deleting'];

function checkZoneQuota({ ec2 }: Region, { AvailabilityZone }: SubnetRow): void {
  const zoneOf = ({ SubnetId }: NatGatewayRow) => ec2.subnets.get(SubnetId)?.AvailabilityZone;
  const inZone = ec2.natGateways.filter(
    (nat) => STATES_IN_QUOTA.includes(nat.State) && zoneOf(nat) === AvailabilityZone,
  );
  checkQuota(quotas.natGatewaysPerZone, inZone.length + 1);
}

function addNatGateway(region: Region, input: CreateNatGatewayRequest): NatGatewayRow {
  if (input.ConnectivityType === 'private') throw notImplemented('ConnectivityType private');
  if (input.AvailabilityMode === 'regional') throw notImplemented('AvailabilityMode regional');
  const { AllocationId } = input;
  if (!input.SubnetId) throw missingParameter('subnetId');
  if (!AllocationId) throw missingParameter('allocationId');
  checkIdForm('eipalloc', AllocationId, 'InvalidElasticIpID.Malformed');
  const subnet = region.ec2.subnets.get(input.SubnetId);
  if (!subnet) throw refusal('InvalidSubnet', `Subnet ${input.SubnetId} was not found`);
  // A released address makes the gateway fail later, but an address that is not visible yet is refused immediately:
  // https://github.com/hashicorp/terraform-provider-aws/issues/27087
  if (region.ec2.addresses.hides(AllocationId)) throw elasticIpNotFound(AllocationId);
  checkZoneQuota(region, subnet);
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
   * The call succeeds even if there is no internet gateway, or if the elastic IP was released or is in use. In these cases
   * the NAT gateway fails later.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
   */
  CreateNatGateway: {
    inputMembers: [
      'SubnetId',
      'AllocationId',
      'ClientToken',
      'ConnectivityType',
      'AvailabilityMode',
      'TagSpecifications',
    ],
    run(input, region) {
      const NatGateway = oncePerToken(
        region,
        'CreateNatGateway',
        input,
        region.ec2.natGateways,
        () => addNatGateway(region, input).NatGatewayId,
      );
      return { NatGateway, ClientToken: input.ClientToken };
    },
  },

  /** Unlike in most describe calls, the parameter is called `Filter` and not `Filters`. */
  DescribeNatGateways: {
    inputMembers: ['NatGatewayIds', 'Filter', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = requestedRows(input.NatGatewayIds, shownGateways(region));
      const { rows: shown, NextToken } = page(filtered(rows, input.Filter, filters), input);
      return { NatGateways: shown.map(withoutEmptyTags), NextToken };
    },
  },

  /** Accepted in every state, including `pending` and `failed`. A repeated call has no effect. */
  DeleteNatGateway: {
    inputMembers: ['NatGatewayId'],
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
