/** Removes a security group: first its own rules, which may name other groups of ours, then itself. */
import { DeleteSecurityGroupCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { gone } from '../lib/gone.ts';
import { permission } from '../lib/group-rules.ts';
import type { Removal } from '../lib/step.ts';

export const securityGroups: Removal<'securityGroups'> = {
  /**
   * One rule a call: of several, one that is gone already would keep all the others.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
   */
  async remove({ aws, item: { groupId: GroupId, ingress } }) {
    await Promise.all(
      ingress.map((rule) => {
        const IpPermissions = [permission(rule)];
        return gone(() => aws.ec2(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions })));
      }),
    );
    await gone(() => aws.ec2(new DeleteSecurityGroupCommand({ GroupId })));
  },
};
