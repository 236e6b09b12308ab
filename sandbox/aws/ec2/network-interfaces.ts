/** Network interfaces: their subnets, addresses and groups. Every "still in use" refusal is based on the interfaces. */
import type { NetworkInterface, NetworkInterfaceAssociation } from '@aws-sdk/client-ec2';
import { freeAddress, internalDomainOf, isFreeAddress } from '../../network/addresses.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { addressInUse, differentNetworks, noFreeAddress } from './errors.ts';
import type { NetworkInterfaceRow } from './store.ts';
import { newId } from './kinds.ts';

export { newPublicAddress } from '../../network/addresses.ts';

/** A request for an interface. */
export interface InterfaceRequest {
  readonly subnetId: string;
  /** The ids of security groups in the subnet's VPC; empty for a NAT gateway. */
  readonly groups: readonly string[];
  /** The description in AWS's wording, e.g. `ELB app/web/50dc6c495c0c9188`. */
  readonly description: string;
  /** `interface` for load balancers and tasks, `nat_gateway` for NAT gateways. */
  readonly interfaceType: string;
  /** The service that requested the interface, e.g. `amazon-elb`, or the number of an AWS account. */
  readonly requester: string;
  /** The owner of the resource that the interface is attached to. The default is the requester. */
  readonly attachmentOwner?: string;
  /** The public IP that is mapped to the interface: one from `newPublicAddress`, or an elastic IP. */
  readonly publicIp?: string;
  /** The allocation and the association of the public IP, if it is an elastic IP. */
  readonly allocation?: { readonly AllocationId: string; readonly AssociationId: string };
}

/**
 * Attaches a new interface, managed by an AWS service, to a resource of that service.
 * @throws InvalidSubnetID.NotFound, InvalidGroup.NotFound, InsufficientFreeAddressesInSubnet
 */
export function attachInterface(region: Region, request: InterfaceRequest): NetworkInterfaceRow {
  const { requester, publicIp, allocation, attachmentOwner = requester } = request;
  const row = addInterface(region, request);
  row.RequesterId = requester;
  row.RequesterManaged = true;
  row.Status = 'in-use';
  row.Attachment = {
    AttachmentId: region.id('ela-attach'),
    AttachTime: region.now(),
    DeleteOnTermination: false,
    DeviceIndex: 1,
    InstanceOwnerId: attachmentOwner,
    Status: 'attached',
  };
  if (publicIp !== undefined) {
    const IpOwnerId = allocation ? region.account : requester === 'amazon-elb' ? requester : 'amazon';
    associate(row, {
      ...allocation,
      IpOwnerId,
      PublicIp: publicIp,
      PublicDnsName: publicName(region, publicIp),
    });
  }
  return row;
}

/** The input of `addInterface`, for an interface that is not attached yet. */
type NewInterface = Pick<InterfaceRequest, 'subnetId' | 'groups' | 'description' | 'interfaceType'> & {
  readonly privateIp?: string;
};

/**
 * Adds an interface that is not attached.
 * @throws InvalidSubnetID.NotFound, InvalidGroup.NotFound, InvalidParameter for groups of another VPC,
 *   InvalidIPAddress.InUse, InsufficientFreeAddressesInSubnet
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
 */
export function addInterface(region: Region, request: NewInterface): NetworkInterfaceRow {
  const subnet = rowOf(region.ec2.subnets, request.subnetId);
  const groups = request.groups.map((id) => rowOf(region.ec2.securityGroups, id));
  const groupOfOtherVpc = groups.find((group) => group.VpcId !== subnet.VpcId);
  if (groupOfOtherVpc)
    throw differentNetworks(
      `Security group ${groupOfOtherVpc.GroupId}`,
      `subnet ${subnet.SubnetId}`,
      'InvalidParameter',
    );
  const { privateIp } = request;
  if (privateIp !== undefined && !isFreeAddress(region, subnet.SubnetId, privateIp))
    throw addressInUse(privateIp);
  const PrivateIpAddress = privateIp ?? freeAddress(region, subnet.SubnetId);
  if (PrivateIpAddress === undefined) throw noFreeAddress();
  const PrivateDnsName = privateName(region, PrivateIpAddress);
  const NetworkInterfaceId = newId(region, region.ec2.networkInterfaces);
  return region.ec2.networkInterfaces.set(NetworkInterfaceId, {
    NetworkInterfaceId,
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    AvailabilityZone: subnet.AvailabilityZone,
    AvailabilityZoneId: subnet.AvailabilityZoneId,
    OwnerId: region.account,
    Description: request.description,
    // The API model's enum has natGateway, but responses contain nat_gateway.
    InterfaceType: request.interfaceType as NetworkInterface['InterfaceType'],
    Groups: groups.map(({ GroupId, GroupName }) => ({ GroupId, GroupName })),
    // A locally administered address that contains digits of the interface's id.
    MacAddress: ['02', ...(NetworkInterfaceId.slice(-10).match(/../g) ?? [])].join(':'),
    PrivateDnsName,
    PrivateIpAddress,
    PrivateIpAddresses: [{ Primary: true, PrivateDnsName, PrivateIpAddress }],
    Ipv6Addresses: [],
    RequesterManaged: false,
    SourceDestCheck: request.interfaceType !== 'nat_gateway',
    Status: 'available',
    TagSet: [],
  });
}

/** Deletes an interface. Its addresses become free, and it stops blocking its subnet, groups and internet gateway. */
export function releaseInterface(region: Region, networkInterfaceId: string): void {
  region.ec2.networkInterfaces.delete(networkInterfaceId);
}

function associate(row: NetworkInterfaceRow, association: NetworkInterfaceAssociation): void {
  row.Association = association;
  for (const address of row.PrivateIpAddresses ?? []) address.Association = association;
}

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html */
const privateName = (region: Region, ip: string): string =>
  `ip-${ip.replaceAll('.', '-')}.${internalDomainOf(region)}`;

const publicName = (region: Region, ip: string): string =>
  `ec2-${ip.replaceAll('.', '-')}.${region.name === 'us-east-1' ? 'compute-1' : `${region.name}.compute`}.${region.partition.dnsSuffix}`;
