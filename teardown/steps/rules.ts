/** Removes a rule, or leaves it to its listener. */
import { DeleteRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const rules: Removal<'rules'> = {
  /**
   * A listener takes its rules along: with fifty of them that is fifty calls less, of three that AWS allows a second.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html
   */
  async remove({ aws, alsoRemoved: going, existing: item }) {
    if (going.everyOneOf('listener')) return { removedWith: 'with its listener' };
    await ignoringNotFound(() => aws.elbv2(new DeleteRuleCommand({ RuleArn: item.ruleArn })));
  },
};
