/** Lists the network ACLs of a VPC. Slipway creates none, but an ACL other than the default one keeps a VPC from being deleted. */
import { DescribeNetworkAclsCommand } from '@aws-sdk/client-ec2';
import { vpcFilter, vpcResource, type VpcListing } from './in-vpc.ts';

/**
 * Lists the network ACLs in a VPC except the default one, which is deleted with the VPC.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAcl.html
 */
export const networkAclsInVpc: VpcListing = {
  kind: 'network ACLs',
  async list({ ec2 }, vpcId) {
    const { NetworkAcls = [] } = await ec2(new DescribeNetworkAclsCommand({ Filters: vpcFilter(vpcId) }));
    return NetworkAcls.filter(({ IsDefault }) => !IsDefault).map(
      ({ NetworkAclId, Tags, Associations = [] }) => ({
        ...vpcResource(
          'network ACL',
          // An ACL cannot be deleted while a subnet uses it.
          Associations.length === 0
            ? 'ec2 delete-network-acl --network-acl-id'
            : 'ec2 describe-network-acls --network-acl-ids',
          {
            id: NetworkAclId,
            about: Associations.map(({ SubnetId }) => SubnetId).join(', '),
            tags: Tags,
          },
        ),
        isNeverOurs: true,
      }),
    );
  },
};
