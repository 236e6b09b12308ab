/** IPv6 blocks: AWS assigns a /56 to a VPC, and each subnet may have a /64 of it. A block in use cannot be disassociated. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { SubnetIpv6CidrBlockAssociation, VpcIpv6CidrBlockAssociation } from '@aws-sdk/client-ec2';
import { canonicalIpv6Cidr, ipv6Contains } from '../../network/cidr.ts';
import type { Operations } from '../../operations.ts';
import { refusal, type Refusal } from '../../protocol/refusal.ts';
import { durations } from '../../world/durations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { invalidValue, missingParameter, notImplemented } from './errors.ts';
import type { Ipv6Block, SubnetRow, VpcRow } from './store.ts';

const MAX_BLOCKS_PER_VPC = 5;

const stateOf = (region: Region, { associatedAt }: Ipv6Block): 'associated' | 'associating' =>
  associatedAt > region.now() ? 'associating' : 'associated';

const newBlock = (region: Region, prefix: string, block: string): Ipv6Block => ({
  id: region.id(`${prefix}-cidr-assoc`),
  block,
  associatedAt: new Date(region.now().getTime() + region.scaled(durations.ipv6Association)),
});

/** Returns the associations of a VPC as responses show them. The block is shown as soon as AWS has chosen it. */
export const vpcIpv6AssociationsOf = (
  region: Region,
  { ipv6Blocks = [] }: Pick<VpcRow, 'ipv6Blocks'>,
): VpcIpv6CidrBlockAssociation[] =>
  ipv6Blocks.map((one) => ({
    AssociationId: one.id,
    Ipv6CidrBlock: one.block,
    Ipv6CidrBlockState: { State: stateOf(region, one) },
    NetworkBorderGroup: region.name,
    Ipv6Pool: 'Amazon',
    Ipv6AddressAttribute: 'public',
    IpSource: 'amazon',
  }));

/** Returns the association of a subnet as responses show it. */
export const subnetIpv6AssociationsOf = (
  region: Region,
  { ipv6Block }: Pick<SubnetRow, 'ipv6Block'>,
): SubnetIpv6CidrBlockAssociation[] =>
  ipv6Block
    ? [
        {
          AssociationId: ipv6Block.id,
          Ipv6CidrBlock: ipv6Block.block,
          Ipv6CidrBlockState: { State: stateOf(region, ipv6Block) },
          Ipv6AddressAttribute: 'public',
          IpSource: 'amazon',
        },
      ]
    : [];

/** Whether a subnet has an IPv6 block that is in effect. */
export const hasIpv6 = (region: Region, { ipv6Block }: Pick<SubnetRow, 'ipv6Block'>): boolean =>
  ipv6Block !== undefined && stateOf(region, ipv6Block) === 'associated';

const inUse = (message: string): Refusal => refusal('InvalidCidrBlock.InUse', message);

/** Assigns a /56 of AWS to a VPC, and adds its local route to every table. */
export function addIpv6Block(region: Region, vpc: VpcRow): Ipv6Block {
  const digits = region.id('', 6).replace('-', '');
  const added = newBlock(region, 'vpc', `2a05:d0${digits.slice(0, 2)}:${digits.slice(2)}:ff00::/56`);
  const block: Ipv6Block = { ...added, block: canonicalIpv6Cidr(added.block) ?? '' };
  vpc.ipv6Blocks = [...(vpc.ipv6Blocks ?? []), block];
  for (const table of region.ec2.routeTables.filter(({ VpcId }) => VpcId === vpc.VpcId))
    table.Routes.push(localRoute(block));
  return block;
}

export const localRoute = ({ block }: Ipv6Block) => ({
  DestinationIpv6CidrBlock: block,
  GatewayId: 'local',
  Origin: 'CreateRouteTable' as const,
});

export const ipv6BlockOperations = {
  /** Every call adds another block. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html */
  AssociateVpcCidrBlock: {
    inputMembers: ['VpcId', 'AmazonProvidedIpv6CidrBlock'],
    run({ VpcId, AmazonProvidedIpv6CidrBlock }, region) {
      const vpc = rowOf(region.ec2.vpcs, VpcId);
      if (!AmazonProvidedIpv6CidrBlock) throw missingParameter('amazonProvidedIpv6CidrBlock');
      if ((vpc.ipv6Blocks ?? []).length >= MAX_BLOCKS_PER_VPC)
        throw refusal('CidrLimitExceeded', `The VPC ${vpc.VpcId} has ${MAX_BLOCKS_PER_VPC} IPv6 blocks`);
      const { id } = addIpv6Block(region, vpc);
      const added = vpcIpv6AssociationsOf(region, vpc).find(({ AssociationId }) => AssociationId === id);
      return {
        VpcId: vpc.VpcId,
        Ipv6CidrBlockAssociation: { ...added, Ipv6CidrBlockState: { State: 'associating' } },
      };
    },
  },

  DisassociateVpcCidrBlock: {
    inputMembers: ['AssociationId'],
    run({ AssociationId = '' }, region) {
      const vpc = region.ec2.vpcs.find(({ ipv6Blocks = [] }) =>
        ipv6Blocks.some(({ id }) => id === AssociationId),
      );
      const removed = vpc?.ipv6Blocks?.find(({ id }) => id === AssociationId);
      if (!vpc || !removed)
        throw refusal(
          'InvalidVpcCidrBlockAssociationID.NotFound',
          `The vpc CIDR block association ID '${AssociationId}' does not exist`,
        );
      const subnet = region.ec2.subnets.find(
        ({ VpcId, ipv6Block }) =>
          VpcId === vpc.VpcId && ipv6Block !== undefined && ipv6Contains(removed.block, ipv6Block.block),
      );
      if (subnet)
        throw inUse(`The vpc ${vpc.VpcId} currently has a subnet within CIDR block ${removed.block}`);
      const association = vpcIpv6AssociationsOf(region, { ipv6Blocks: [removed] })[0];
      vpc.ipv6Blocks = vpc.ipv6Blocks?.filter((one) => one !== removed) ?? [];
      for (const table of region.ec2.routeTables.filter(({ VpcId }) => VpcId === vpc.VpcId))
        table.Routes = table.Routes.filter((route) => route.DestinationIpv6CidrBlock !== removed.block);
      return {
        VpcId: vpc.VpcId,
        Ipv6CidrBlockAssociation: { ...association, Ipv6CidrBlockState: { State: 'disassociating' } },
      };
    },
  },

  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateSubnetCidrBlock.html */
  AssociateSubnetCidrBlock: {
    inputMembers: ['SubnetId', 'Ipv6CidrBlock'],
    run({ SubnetId, Ipv6CidrBlock }, region) {
      const subnet = rowOf(region.ec2.subnets, SubnetId);
      subnet.ipv6Block = newSubnetBlock(region, subnet, Ipv6CidrBlock);
      const [association] = subnetIpv6AssociationsOf(region, subnet);
      return {
        SubnetId: subnet.SubnetId,
        Ipv6CidrBlockAssociation: { ...association, Ipv6CidrBlockState: { State: 'associating' } },
      };
    },
  },

  DisassociateSubnetCidrBlock: {
    inputMembers: ['AssociationId'],
    run({ AssociationId = '' }, region) {
      const subnet = region.ec2.subnets.find(({ ipv6Block }) => ipv6Block?.id === AssociationId);
      if (!subnet)
        throw refusal(
          'InvalidSubnetCidrBlockAssociationID.NotFound',
          `The subnet CIDR block association ID '${AssociationId}' does not exist`,
        );
      const used = region.ec2.networkInterfaces.find(
        (one) => one.SubnetId === subnet.SubnetId && (one.Ipv6Addresses ?? []).length > 0,
      );
      if (used) throw inUse(`The CIDR block of ${subnet.SubnetId} is in use by ${used.NetworkInterfaceId}`);
      const [association] = subnetIpv6AssociationsOf(region, subnet);
      delete subnet.ipv6Block;
      return {
        SubnetId: subnet.SubnetId,
        Ipv6CidrBlockAssociation: { ...association, Ipv6CidrBlockState: { State: 'disassociating' } },
      };
    },
  },
} satisfies Operations<typeof EC2>;

/**
 * Returns the association of a block with a subnet, which may not exist yet.
 * @throws InvalidSubnet.Range for a block that is not in the VPC, InvalidSubnet.Conflict for one that is taken
 */
export function newSubnetBlock(
  region: Region,
  subnet: Pick<SubnetRow, 'VpcId' | 'ipv6Block'>,
  text: string | undefined,
): Ipv6Block {
  if (text === undefined) throw missingParameter('ipv6CidrBlock');
  const block = canonicalIpv6Cidr(text);
  if (block === undefined) throw invalidValue('ipv6CidrBlock', text, 'This is not a valid IPv6 CIDR block.');
  if (!block.endsWith('/64')) throw notImplemented(`subnets with the IPv6 block ${text}`);
  const vpc = rowOf(region.ec2.vpcs, subnet.VpcId);
  if (!(vpc.ipv6Blocks ?? []).some((one) => ipv6Contains(one.block, block)))
    throw refusal('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
  const isTaken = region.ec2.subnets.find(
    (other) => other.VpcId === subnet.VpcId && other.ipv6Block?.block === block,
  );
  if (isTaken ?? subnet.ipv6Block)
    throw refusal('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
  return newBlock(region, 'subnet', block);
}
