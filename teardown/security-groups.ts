/** Removes a security group: first the rules of our other groups that name it, then itself. */
import { DeleteSecurityGroupCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { gone } from '../lib/gone.ts';
import { permission } from '../lib/group-rules.ts';
import type { Removal } from '../lib/step.ts';
import { namingHolders } from './holders.ts';

export const securityGroups: Removal<'securityGroups'> = {
  /**
   * One rule a call: of several, one that is gone already would keep all the others. Its own rules go with it.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
   */
  async remove({ aws, found, item: { groupId, vpcId } }) {
    const naming = [...found.securityGroups.values()].flatMap(({ groupId: GroupId, ingress }) =>
      ingress
        .filter(({ peer }) => peer === groupId && GroupId !== groupId)
        .map((rule) => ({ GroupId, IpPermissions: [permission(rule)] })),
    );
    await Promise.all(naming.map((rule) => gone(() => aws.ec2(new RevokeSecurityGroupIngressCommand(rule)))));
    await namingHolders(aws, { id: groupId, vpcId }, () =>
      gone(() => aws.ec2(new DeleteSecurityGroupCommand({ GroupId: groupId }))),
    );
  },
};
