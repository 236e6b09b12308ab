/** Removes a rule. */
import { DeleteRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { gone } from '../lib/gone.ts';
import type { Removal } from '../lib/step.ts';

export const rules: Removal<'rules'> = {
  /** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html */
  remove: ({ aws, item }) => gone(() => aws.elbv2(new DeleteRuleCommand({ RuleArn: item.ruleArn }))),
};
