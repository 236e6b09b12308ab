/** Adds default network ACLs to a world that an earlier version of the sandbox wrote, because that version had none. */
import { defaultAcl } from '../aws/ec2/network-acls.ts';

/** The rows of EC2 in one region, by table, as they are on disk. */
type Ec2Rows = Record<string, [id: string, row: object][]>;

/** Adds the default network ACL of every VPC, unless the world already has a table of network ACLs. */
export function addDefaultAcls(ec2: Ec2Rows): void {
  if (ec2['networkAcls']) return;
  const subnets = (ec2['subnets'] ?? []) as [id: string, row: { VpcId: string }][];
  const vpcs = (ec2['vpcs'] ?? []) as [id: string, row: { OwnerId?: string }][];
  ec2['networkAcls'] = vpcs.map(([VpcId, { OwnerId }]) => {
    const subnetIds = subnets.filter(([, subnet]) => subnet.VpcId === VpcId).map(([id]) => id);
    const acl = defaultAcl({ VpcId, OwnerId }, subnetIds);
    return [acl.NetworkAclId, acl];
  });
}
