/** Associations of network ACLs with subnets. Every subnet has one, which a call can replace but not remove. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { rowOf } from '../finder.ts';
import { associationNotFound, differentNetworks, missingParameter } from './errors.ts';

export const networkAclAssociationOperations = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclAssociation.html */
  ReplaceNetworkAclAssociation: {
    inputMembers: ['AssociationId', 'NetworkAclId'],
    run({ AssociationId: id, NetworkAclId: newAclId }, region) {
      if (!id) throw missingParameter('associationId');
      const { networkAcls } = region.ec2;
      const to = rowOf(networkAcls, newAclId);
      const hasId = (one: EC2.NetworkAclAssociation) => one.NetworkAclAssociationId === id;
      const from = networkAcls.find(({ Associations }) => Associations.some(hasId));
      const association = from?.Associations.find(hasId);
      if (!from || !association) throw associationNotFound(id);
      const { SubnetId } = association;
      if (from.VpcId !== to.VpcId)
        throw differentNetworks(`network ACL ${to.NetworkAclId}`, `subnet ${SubnetId}`);
      const NewAssociationId = region.id('aclassoc');
      from.Associations = from.Associations.filter((one) => one !== association);
      to.Associations.push({
        NetworkAclAssociationId: NewAssociationId,
        NetworkAclId: to.NetworkAclId,
        SubnetId,
      });
      return { NewAssociationId };
    },
  },
} satisfies Operations<typeof EC2>;
