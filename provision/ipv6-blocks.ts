/** IPv6 blocks of the VPC and of its public subnets: they are associated before anything uses them, and disassociated at the end. */
import {
  AssociateSubnetCidrBlockCommand,
  AssociateVpcCidrBlockCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DisassociateSubnetCidrBlockCommand,
  DisassociateVpcCidrBlockCommand,
} from '@aws-sdk/client-ec2';
import { isAmbiguous, isCode } from '../lib/aws/errors.ts';
import type { Config } from '../lib/config/config.ts';
import { ignoringNotFound } from '../lib/engine/delete.ts';
import type { ApplyContext } from '../lib/engine/step.ts';
import { pending, ready } from '../lib/engine/until.ts';
import { ipv6AssociationIn, type Ipv6Association } from '../lib/look/ipv6-blocks.ts';

type VpcContext = Pick<ApplyContext<'vpc'>, 'aws' | 'until'>;

const vpcAssociation = async ({ aws }: Pick<VpcContext, 'aws'>, vpcId: string) => {
  const { Vpcs = [] } = await aws.ec2(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
  return ipv6AssociationIn(Vpcs[0]?.Ipv6CidrBlockAssociationSet);
};

const subnetAssociation = async ({ aws }: Pick<VpcContext, 'aws'>, subnetId: string) => {
  const { Subnets = [] } = await aws.ec2(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
  return ipv6AssociationIn(Subnets[0]?.Ipv6CidrBlockAssociationSet);
};

/** Returns the desired field of a VPC or a subnet: without IPv6, a block must be absent. */
export const desiredIpv6 = (isDesired: boolean): { readonly ipv6: true | undefined } => ({
  ipv6: isDesired || undefined,
});

/** Returns the field of a found VPC or subnet. */
export const ipv6Field = (association: Ipv6Association | undefined): { readonly ipv6?: true } =>
  association ? { ipv6: true } : {};

/** Waits until an association is in effect. Requests it first, unless it exists. */
async function associateOnce(
  { until }: Pick<VpcContext, 'until'>,
  what: string,
  find: () => Promise<Ipv6Association | undefined>,
  request: () => Promise<unknown>,
): Promise<string> {
  let isRequested = false;
  return until(`the IPv6 block of ${what} to be associated`, 'visible', async () => {
    const association = await find();
    if (association?.isAssociated) return ready(association.block);
    if (!association && !isRequested) {
      isRequested = true;
      await request();
    }
    return pending('it is being associated');
  });
}

/**
 * Associates a block of AWS with the VPC. AWS takes no client token, and a repeated call would add another block: after a lost
 * response, the call is not repeated.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html
 */
export const associateVpcBlock = (context: VpcContext, VpcId: string): Promise<string> =>
  associateOnce(
    context,
    VpcId,
    () => vpcAssociation(context, VpcId),
    async () => {
      try {
        await context.aws.ec2Once(
          new AssociateVpcCidrBlockCommand({ VpcId, AmazonProvidedIpv6CidrBlock: true }),
        );
      } catch (error) {
        if (!isAmbiguous(error)) throw error;
      }
    },
  );

/** The position of the digits in a /56 that number its /64 blocks: `2001:db8:0:ff00::/56` has 256 of them. */
const nthSubnetBlock = (vpcBlock: string, index: number): string => {
  const groups = (vpcBlock.split('::')[0] ?? '').split(':');
  const [first = '0', second = '0', third = '0', fourth = '0'] = groups;
  const numbered = (parseInt(fourth, 16) + index).toString(16);
  return `${first}:${second}:${third}:${numbered}::/64`;
};

/**
 * Associates a /64 of the VPC's block with a subnet.
 * @param index the number of the block within that of the VPC
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateSubnetCidrBlock.html
 */
export async function associateSubnetBlock(
  context: VpcContext,
  vpcId: string,
  SubnetId: string,
  index: number,
): Promise<void> {
  const vpcBlock = await associateVpcBlock(context, vpcId);
  await associateOnce(
    context,
    SubnetId,
    () => subnetAssociation(context, SubnetId),
    async () => {
      const Ipv6CidrBlock = nthSubnetBlock(vpcBlock, index);
      try {
        await context.aws.ec2(new AssociateSubnetCidrBlockCommand({ SubnetId, Ipv6CidrBlock }));
      } catch (error) {
        // The response to an earlier call may have been lost.
        if (!isCode(error, 'InvalidSubnet.Conflict')) throw error;
        if (!(await subnetAssociation(context, SubnetId))) throw error;
      }
    },
  );
}

type Existing = { readonly ipv6?: Ipv6Association | undefined } | undefined;
type CleanUpContext = Pick<VpcContext, 'aws'> & { readonly config: Pick<Config, 'ipv6'> };

/** Disassociates the block of a subnet that the configuration no longer asks for. Nothing has an address in it any more. */
export async function removeSubnetBlock({ aws }: CleanUpContext, existing: Existing): Promise<void> {
  if (!existing?.ipv6) return;
  const AssociationId = existing.ipv6.associationId;
  await ignoringNotFound(() => aws.ec2(new DisassociateSubnetCidrBlockCommand({ AssociationId })));
}

/** Disassociates the block of the VPC, if the configuration no longer asks for it. No subnet has a part of it any more. */
export async function removeVpcBlock({ aws, config }: CleanUpContext, existing: Existing): Promise<void> {
  if (config.ipv6 || !existing?.ipv6) return;
  const AssociationId = existing.ipv6.associationId;
  await ignoringNotFound(() => aws.ec2(new DisassociateVpcCidrBlockCommand({ AssociationId })));
}
