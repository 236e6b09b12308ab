/** Removes a security group, once none of our other groups names it any more. */
import { DeleteSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import { INGRESS, EGRESS, revokeRules } from '../../lib/aws/security-group-rule-calls.ts';
import { BALANCER, type GroupRule } from '../../lib/derive/security-group-rules.ts';
import type { Removal } from '../../lib/engine/step.ts';
import { explainInUse } from '../in-use.ts';

export const securityGroups: Removal<'securityGroups'> = {
  /**
   * The load balancer's group waits for the groups of the services, whose rules go with them. Any other rule that names
   * a group is taken out of its own, one a call: of several, one that is gone already would keep all the others.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
   */
  async remove({ aws, found, alsoRemoved: going, key, existing: { groupId, vpcId } }) {
    const naming = [...found.securityGroups].flatMap(([other, { groupId: GroupId, ingress, egress }]) => {
      const isNaming = ({ peer }: GroupRule) => peer === groupId && GroupId !== groupId;
      const [into, out] = [ingress.filter(isNaming), egress.filter(isNaming)];
      const leaving = key === BALANCER && into.length > 0 ? going.removalOf(other) : undefined;
      return [leaving ?? revokeRules(aws, INGRESS, GroupId, into), revokeRules(aws, EGRESS, GroupId, out)];
    });
    await Promise.all(naming);
    await explainInUse(aws, { id: groupId, vpcId }, () =>
      ignoringNotFound(() => aws.ec2(new DeleteSecurityGroupCommand({ GroupId: groupId }))),
    );
  },
};
