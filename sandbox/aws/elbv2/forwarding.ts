/** Changes the weights of a rule, as ECS does it during a deployment. */
import type { TargetGroupTuple } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Region } from '../../world/region.ts';
import { changeRouting } from './routing.ts';
import type { RuleRow } from './store.ts';

/** Returns the target groups of a rule's forward action, with their weights. */
export function forwardedGroups({ Actions }: RuleRow): TargetGroupTuple[] {
  const action = Actions?.find(({ Type }) => Type === 'forward');
  return action?.ForwardConfig?.TargetGroups ?? [];
}

/**
 * Replaces the action of a rule by a weighted forward. The stickiness of its forward action is kept. The action of a default
 * rule is also that of the listener.
 */
export function forwardWeighted(region: Region, rule: RuleRow, groups: TargetGroupTuple[]): void {
  const action = rule.Actions?.find(({ Type }) => Type === 'forward');
  const { TargetGroupStickinessConfig = { Enabled: false } } = action?.ForwardConfig ?? {};
  const { Order } = action ?? {};
  const actions = [
    {
      ...(Order === undefined ? {} : { Order }),
      Type: 'forward' as const,
      ForwardConfig: { TargetGroups: groups, TargetGroupStickinessConfig },
    },
  ];
  changeRouting(region, () => {
    rule.Actions = actions;
    const listener = rule.IsDefault ? region.elbv2.listeners.get(rule.ListenerArn) : undefined;
    if (listener) listener.DefaultActions = actions;
  });
}
