/** Lists the peering connections of a VPC. Slipway creates none, but an active one keeps a VPC from being deleted. */
import { DescribeVpcPeeringConnectionsCommand, type VpcPeeringConnection } from '@aws-sdk/client-ec2';
import { allPages } from '../aws/pages.ts';
import { vpcResource, type VpcListing } from './in-vpc.ts';

/** The states in which a peering connection keeps its VPCs from being deleted (hashicorp/terraform-provider-aws#3118). */
const BLOCKING_STATES = ['active', 'provisioning'];

/**
 * Lists the peering connections of a VPC, whichever side requested them. The filters of the call combine with "and", so they
 * cannot select both sides.
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
 */
export const peeringConnectionsInVpc: VpcListing = {
  kind: 'VPC peering connections',
  async list({ ec2 }, vpcId) {
    const connections = await allPages(async (NextToken) => {
      const page = await ec2(
        new DescribeVpcPeeringConnectionsCommand({
          Filters: [{ Name: 'status-code', Values: BLOCKING_STATES }],
          NextToken,
        }),
      );
      return { items: page.VpcPeeringConnections ?? [], next: page.NextToken };
    });
    return connections.flatMap((connection) => {
      const otherVpcId = otherSide(connection, vpcId);
      if (otherVpcId === undefined) return [];
      const { VpcPeeringConnectionId, Tags } = connection;
      const about = `to ${otherVpcId}`;
      return {
        ...vpcResource(
          'VPC peering connection',
          'ec2 delete-vpc-peering-connection --vpc-peering-connection-id',
          { id: VpcPeeringConnectionId, about, tags: Tags },
        ),
        isNeverOurs: true,
      };
    });
  },
};

/** Returns the other VPC of a connection; undefined if the connection does not belong to the VPC. */
function otherSide({ RequesterVpcInfo, AccepterVpcInfo }: VpcPeeringConnection, vpcId: string) {
  if (RequesterVpcInfo?.VpcId === vpcId) return AccepterVpcInfo?.VpcId ?? 'another VPC';
  return AccepterVpcInfo?.VpcId === vpcId ? (RequesterVpcInfo?.VpcId ?? 'another VPC') : undefined;
}
