/** The network ACLs in a VPC. Slipway creates none, but an ACL that someone else created keeps the VPC from being deleted. */
import { DescribeNetworkAclsCommand } from '@aws-sdk/client-ec2';
import { vpcFilter, vpcResource, type VpcListing } from './in-vpc.ts';

/** The network ACLs in a VPC, apart from its default ACL, which is deleted with the VPC. */
export const networkAclsInVpc: VpcListing = {
  kind: 'network ACLs',
  async list({ ec2 }, vpcId) {
    const { NetworkAcls = [] } = await ec2(new DescribeNetworkAclsCommand({ Filters: vpcFilter(vpcId) }));
    return NetworkAcls.filter(({ IsDefault }) => !IsDefault).map(({ NetworkAclId: id, Tags: tags }) =>
      vpcResource('network ACL', 'ec2 delete-network-acl --network-acl-id', { id, tags }),
    );
  },
};
