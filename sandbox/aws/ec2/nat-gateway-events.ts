/** The events in the life of a NAT gateway after its create call: placement or failure, availability, and finally deletion. */
import { freeAddressCount } from '../../network/addresses.ts';
import { internetGatewayOf } from '../../network/routes.ts';
import type { Events, Region } from '../../world/region.ts';
import { attachInterface, releaseInterface } from './network-interfaces.ts';
import type { NatGatewayRow } from './store.ts';

const allocationOf = ({ NatGatewayAddresses }: NatGatewayRow): string =>
  NatGatewayAddresses?.[0]?.AllocationId ?? '';

/**
 * Returns AWS's failure code and message if a NAT gateway cannot be created, otherwise undefined.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
 */
function creationFailureOf(region: Region, nat: NatGatewayRow): [code: string, message: string] | undefined {
  const { SubnetId, VpcId, pendingFailure } = nat;
  if (pendingFailure) return [pendingFailure.code, pendingFailure.message];
  const id = allocationOf(nat);
  const address = region.ec2.addresses.get(id);
  if (!region.ec2.subnets.has(SubnetId)) {
    return [
      'InvalidSubnetID.NotFound',
      `The specified subnet ${SubnetId} does not exist or could not be found.`,
    ];
  }
  if (!internetGatewayOf(region, VpcId)) {
    return ['Gateway.NotAttached', `Network ${VpcId} has no Internet gateway attached`];
  }
  if (!address) {
    return [
      'InvalidAllocationID.NotFound',
      `Elastic IP address ${id} could not be associated with this NAT gateway`,
    ];
  }
  if (address.heldBy !== undefined) {
    return ['Resource.AlreadyAssociated', `Elastic IP address ${id} is already associated`];
  }
  if (freeAddressCount(region, SubnetId) < 1) {
    return [
      'InsufficientFreeAddressesInSubnet',
      'Subnet has insufficient free addresses to create this NAT gateway',
    ];
  }
  return undefined;
}

/** Associates a NAT gateway's elastic IP with a new network interface in its subnet. */
function assignAddress(region: Region, nat: NatGatewayRow): void {
  const { NatGatewayId, SubnetId } = nat;
  const address = region.ec2.addresses.get(allocationOf(nat));
  if (!address) throw new Error(`${NatGatewayId} has no elastic IP`);
  const { AllocationId, PublicIp } = address;
  const AssociationId = region.id('eipassoc');
  const { NetworkInterfaceId, PrivateIpAddress } = attachInterface(region, {
    subnetId: SubnetId,
    groups: [],
    description: `Interface for NAT Gateway ${NatGatewayId}`,
    interfaceType: 'nat_gateway',
    // One of AWS's internal accounts requests the interfaces of NAT gateways. The number of that account does not matter.
    requester: '036872051663',
    attachmentOwner: 'amazon-aws',
    publicIp: PublicIp,
    allocation: { AllocationId, AssociationId },
  });
  nat.NatGatewayAddresses = [
    {
      AllocationId,
      AssociationId,
      IsPrimary: true,
      NetworkInterfaceId,
      PrivateIp: PrivateIpAddress,
      PublicIp,
      Status: 'succeeded',
    },
  ];
  address.heldBy = NatGatewayId;
  address.AssociationId = AssociationId;
  address.NetworkInterfaceId = NetworkInterfaceId;
  address.NetworkInterfaceOwnerId = region.account;
  address.PrivateIpAddress = PrivateIpAddress;
}

/** Releases the interface immediately, and the elastic IP a few seconds later. */
function releaseResources(region: Region, nat: NatGatewayRow): void {
  for (const { NetworkInterfaceId } of nat.NatGatewayAddresses ?? []) {
    if (NetworkInterfaceId !== undefined) releaseInterface(region, NetworkInterfaceId);
  }
  const address = region.ec2.addresses.get(allocationOf(nat));
  if (address?.heldBy !== nat.NatGatewayId) return;
  address.AssociationId = undefined;
  address.NetworkInterfaceId = undefined;
  address.NetworkInterfaceOwnerId = undefined;
  address.PrivateIpAddress = undefined;
  region.after('addressRelease', 'ec2:address-free', address.AllocationId);
}

export const natGatewayEvents: Events = {
  'ec2:nat-gateway-placed'(region, id) {
    const nat = region.ec2.natGateways.get(id);
    if (!nat) return;
    const failure = creationFailureOf(region, nat);
    if (failure) {
      [nat.FailureCode, nat.FailureMessage] = failure;
      nat.State = 'failed';
      nat.DeleteTime = region.now();
      return;
    }
    assignAddress(region, nat);
    region.after('natGatewayCreate', 'ec2:nat-gateway-available', id);
  },

  'ec2:nat-gateway-available'(region, id) {
    const nat = region.ec2.natGateways.get(id);
    if (nat) nat.State = 'available';
  },

  'ec2:nat-gateway-deleted'(region, id) {
    const nat = region.ec2.natGateways.get(id);
    if (!nat) return;
    releaseResources(region, nat);
    nat.State = 'deleted';
  },

  'ec2:address-free'(region, id) {
    const address = region.ec2.addresses.get(id);
    if (address) address.heldBy = undefined;
  },
};
