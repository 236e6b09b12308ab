/** Removes a rule, unless its listener is removed as well. */
import { DeleteRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const rules: Removal<'rules'> = {
  /**
   * A listener is deleted with its rules. With fifty rules, this saves fifty calls; AWS allows three such calls per second.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html
   */
  async remove({ aws, alsoRemoved, existing }) {
    if (alsoRemoved.willRemoveAll('listener')) return { removedWith: 'with its listener' };
    await ignoringNotFound(() => aws.elbv2(new DeleteRuleCommand({ RuleArn: existing.ruleArn })));
  },
};
