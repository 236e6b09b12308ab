/** Lists all resources in a VPC, ours and foreign, including network interfaces. */
import {
  DescribeNetworkInterfacesCommand,
  DescribeVpcsCommand,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../lib/aws/clients.ts';
import { readTags } from '../lib/derive/tags.ts';
import { vpcListings } from '../lib/look/by-service/ec2.ts';
import { vpcEndpointsInVpc } from '../lib/look/gateway-endpoint.ts';
import { natGatewaysInVpc } from '../lib/look/nat-gateway.ts';
import { ifFound } from '../lib/look/if-found.ts';
import { vpcFilter, type VpcListing, type VpcResource } from '../lib/look/in-vpc.ts';

/** A resource in a VPC, with AWS's description if it is a network interface. */
export interface VpcContent extends VpcResource {
  readonly networkInterface?: NetworkInterface;
}

/** Lists the network interfaces in a VPC. While an interface exists, its subnet and its security groups cannot be deleted. */
const networkInterfacesInVpc = {
  kind: 'network interfaces',
  async list({ ec2 }, vpcId): Promise<VpcContent[]> {
    const { NetworkInterfaces = [] } = await ec2(
      new DescribeNetworkInterfacesCommand({ Filters: vpcFilter(vpcId) }),
    );
    return NetworkInterfaces.map((networkInterface) => ({
      id: networkInterface.NetworkInterfaceId ?? '',
      text: interfaceText(networkInterface),
      tags: readTags(networkInterface.TagSet),
      command: interfaceCommand(networkInterface),
      isNeverOurs: true,
      networkInterface,
    }));
  },
} satisfies VpcListing;

const LISTINGS: readonly VpcListing[] = [networkInterfacesInVpc, ...vpcListings];

/** The kinds that can use a subnet, a security group or an internet gateway: interfaces, and the gateways that own some of them. */
const LISTINGS_OF_INTERFACES: readonly VpcListing[] = [
  networkInterfacesInVpc,
  natGatewaysInVpc,
  vpcEndpointsInVpc,
];

/** Lists the network interfaces in a VPC, and the gateways and endpoints that own interfaces. */
export const interfacesAndOwnersIn = (aws: Pick<Aws, 'ec2'>, vpcId: string): Promise<VpcContent[]> =>
  list(aws, vpcId, LISTINGS_OF_INTERFACES);

/** The kinds of resources in a VPC that `contentsOf` lists. */
export const KINDS_IN_A_VPC: readonly string[] = LISTINGS.map(({ kind }) => kind);

/**
 * Lists the resources of each kind in a VPC, regardless of their tags. Leaves out resources that are deleted with the VPC
 * itself, and those that AWS lists for another hour after they are deleted.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
 */
export const contentsOf = (aws: Pick<Aws, 'ec2'>, vpcId: string): Promise<VpcContent[]> =>
  list(aws, vpcId, LISTINGS);

async function list(
  aws: Pick<Aws, 'ec2'>,
  vpcId: string,
  listings: readonly VpcListing[],
): Promise<VpcContent[]> {
  const [vpc, ...contents] = await Promise.all([
    ifFound(() => aws.ec2(new DescribeVpcsCommand({ VpcIds: [vpcId] }))),
    ...listings.map((listing) => listing.list(aws, vpcId)),
  ]);
  // AWS only deletes an empty VPC; an emulator may still list the contents of a deleted VPC.
  return vpc?.Vpcs?.length ? contents.flat() : [];
}

/** Describes a network interface: who requested it, and the subnet and security groups that it uses. */
function interfaceText(networkInterface: NetworkInterface): string {
  const { NetworkInterfaceId, Description = '', RequesterId, SubnetId, Groups = [] } = networkInterface;
  const used = [SubnetId, ...Groups.map(({ GroupId }) => GroupId)].filter(Boolean).join(', ');
  const owner = [Description, RequesterId && `of ${RequesterId}`].filter(Boolean).join(', ');
  return `network interface ${NetworkInterfaceId}${owner && ` (${owner})`} uses ${used}`;
}

/** Returns the command that deletes a free interface, or shows any other interface: its owner must release it first. */
const interfaceCommand = ({ NetworkInterfaceId, RequesterManaged, Status }: NetworkInterface): string =>
  RequesterManaged || Status === 'in-use'
    ? `aws ec2 describe-network-interfaces --network-interface-ids ${NetworkInterfaceId}`
    : `aws ec2 delete-network-interface --network-interface-id ${NetworkInterfaceId}`;
