/** Removes a security group, once no other group of the stack refers to it. */
import { DeleteSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { INGRESS, EGRESS, revokeRules } from '../../lib/aws/security-group-rule-calls.ts';
import { BALANCER, type GroupRule } from '../../lib/derive/security-group-rules.ts';
import type { Removal } from '../../lib/engine/step.ts';
import { removeWhenUnused, dependentsInVpc } from '../in-use.ts';

export const securityGroups: Removal<'securityGroups'> = {
  /**
   * The groups of the services, with their rules, are deleted before the load balancer's group. Any other rule that refers
   * to the group to remove is revoked first. Each rule has a separate call, since a call for several rules fails if one of them is
   * missing.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
   */
  async remove(context) {
    const { aws, found, alsoRemoved, key, existing } = context;
    const { groupId, vpcId } = existing;
    const revocations = [...found.securityGroups].flatMap(
      ([otherKey, { groupId: GroupId, ingress, egress }]) => {
        const refersToGroup = ({ peer }: GroupRule) => peer === groupId && GroupId !== groupId;
        const [ingressRules, egressRules] = [ingress.filter(refersToGroup), egress.filter(refersToGroup)];
        const otherGroupRemoval =
          key === BALANCER && ingressRules.length > 0 ? alsoRemoved.removalOf(otherKey) : undefined;
        return [
          otherGroupRemoval ?? revokeRules(aws, INGRESS, GroupId, ingressRules),
          revokeRules(aws, EGRESS, GroupId, egressRules),
        ];
      },
    );
    await Promise.all(revocations);
    await removeWhenUnused(
      context,
      groupId,
      () => dependentsInVpc(context, { id: groupId, vpcId }),
      (options) => aws.ec2(new DeleteSecurityGroupCommand({ GroupId: groupId }), options),
    );
  },
};
