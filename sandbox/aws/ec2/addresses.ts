/** Elastic IPs: an address cannot be released while a NAT gateway uses it, nor for some seconds afterwards. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { newPublicAddress } from '../../network/addresses.ts';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { addressNotFound, associationNotFound, invalidValue, missingParameter } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { checkQuota, quotas } from './quotas.ts';
import type { AddressRow } from './store.ts';
import { tagsFor, withoutEmptyTags } from './tags.ts';
import { newId } from './kinds.ts';

/** The refusal of a call that would take an address from a NAT gateway. AWS's error code suggests missing permissions. */
const stillInUse = () =>
  refusal('AuthFailure', 'You do not have permission to access the specified resource.');

const filters: FilterTable<AddressRow> = {
  'allocation-id': (address) => address.AllocationId,
  'association-id': (address) => address.AssociationId,
  domain: (address) => address.Domain,
  'instance-id': () => undefined,
  'network-border-group': (address) => address.NetworkBorderGroup,
  'network-interface-id': (address) => address.NetworkInterfaceId,
  'network-interface-owner-id': (address) => address.NetworkInterfaceOwnerId,
  'private-ip-address': (address) => address.PrivateIpAddress,
  'public-ip': (address) => address.PublicIp,
};

/** @throws InvalidAllocationID.NotFound, InvalidAddress.NotFound */
function requestedAddresses(
  { ec2 }: Region,
  ids: string[] | undefined,
  ips: string[] | undefined,
): AddressRow[] {
  const byId = requestedRows(ids, ec2.addresses);
  for (const ip of ips ?? []) {
    if (!ec2.addresses.find(({ PublicIp }) => PublicIp === ip)) throw addressNotFound(ip);
  }
  return ips?.length ? byId.filter(({ PublicIp }) => ips.includes(PublicIp)) : byId;
}

export const addressOperations = {
  /** There is no client token: every call allocates another address, and AWS bills each address. */
  AllocateAddress: {
    inputMembers: ['Domain', 'TagSpecifications'],
    run(input, region) {
      if (input.Domain !== undefined && input.Domain !== 'vpc') {
        throw invalidValue('domain', input.Domain, 'Valid values are: vpc.');
      }
      checkQuota(quotas.addresses, region.ec2.addresses.size + 1);
      const Tags = tagsFor(region.ec2.addresses, input.TagSpecifications);
      const AllocationId = newId(region, region.ec2.addresses);
      const address = region.ec2.addresses.set(AllocationId, {
        AllocationId,
        PublicIp: newPublicAddress(region),
        Domain: 'vpc',
        PublicIpv4Pool: 'amazon',
        NetworkBorderGroup: region.name,
        Tags,
      });
      return address;
    },
  },

  DescribeAddresses: {
    inputMembers: ['AllocationIds', 'PublicIps', 'Filters'],
    run(input, region) {
      const rows = requestedAddresses(region, input.AllocationIds, input.PublicIps);
      return { Addresses: filtered(rows, input.Filters, filters).map(withoutEmptyTags) };
    },
  },

  /** Terraform calls this after an allocation to read the reverse DNS name. The sandbox's addresses do not have such a name. */
  DescribeAddressesAttribute: {
    inputMembers: ['AllocationIds', 'Attribute', 'MaxResults', 'NextToken'],
    run(input, region) {
      const { rows, NextToken } = page(requestedAddresses(region, input.AllocationIds, undefined), input, 1);
      const Addresses = rows.map(({ AllocationId, PublicIp }) => ({ AllocationId, PublicIp }));
      return { Addresses, NextToken };
    },
  },

  /**
   * Always refused: in the sandbox only NAT gateways use elastic IPs, and the account cannot disassociate the address of a
   * NAT gateway.
   */
  DisassociateAddress: {
    inputMembers: ['AssociationId'],
    run({ AssociationId }, region) {
      if (!AssociationId) throw missingParameter('associationId');
      const address = region.ec2.addresses.find((one) => one.AssociationId === AssociationId);
      throw address ? stillInUse() : associationNotFound(AssociationId);
    },
  },

  /**
   * A wrong network border group is refused like an unknown address.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
   */
  ReleaseAddress: {
    inputMembers: ['AllocationId', 'NetworkBorderGroup'],
    run(input, region) {
      const address = rowOf(region.ec2.addresses, input.AllocationId);
      const { AllocationId, PublicIp, heldBy } = address;
      if ((input.NetworkBorderGroup ?? address.NetworkBorderGroup) !== address.NetworkBorderGroup) {
        throw addressNotFound(PublicIp);
      }
      if (heldBy !== undefined) throw stillInUse();
      region.ec2.addresses.delete(AllocationId);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;
