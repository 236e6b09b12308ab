/** References between resources, such as the target groups of actions and the load balancer of a target group. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Region } from '../../world/region.ts';
import type { ListenerRow, LoadBalancerRow, RuleRow } from './store.ts';

/** Returns the rules of a listener in the order of evaluation: by priority, with the default rule last. */
export function rulesOf(region: Region, listenerArn: string): RuleRow[] {
  const rankOf = ({ Priority }: RuleRow) => (Priority === 'default' ? Infinity : Number(Priority));
  return region.elbv2.rules
    .filter((rule) => rule.ListenerArn === listenerArn)
    .sort((one, other) => rankOf(one) - rankOf(other));
}

export function listenersOf(region: Region, loadBalancerArn: string): ListenerRow[] {
  return region.elbv2.listeners.filter((listener) => listener.LoadBalancerArn === loadBalancerArn);
}

/** Returns all rules of all listeners of a load balancer, including default rules. */
export function rulesOfBalancer(region: Region, loadBalancerArn: string): RuleRow[] {
  return listenersOf(region, loadBalancerArn).flatMap(({ ListenerArn }) => rulesOf(region, ListenerArn));
}

/** Returns the ARNs of the target groups that actions forward to, without duplicates. */
export function targetGroupArnsIn(actions: readonly Action[] | undefined): string[] {
  const named = (actions ?? []).flatMap(({ TargetGroupArn, ForwardConfig }) => [
    TargetGroupArn,
    ...(ForwardConfig?.TargetGroups ?? []).map((tuple) => tuple.TargetGroupArn),
  ]);
  return [...new Set(named)].filter((arn) => arn !== undefined);
}

/** Returns the load balancer that forwards to a target group, or undefined if no rule names the group. */
export function loadBalancerOf(region: Region, targetGroupArn: string): LoadBalancerRow | undefined {
  const rule = region.elbv2.rules.find(({ Actions }) => targetGroupArnsIn(Actions).includes(targetGroupArn));
  const listener = region.elbv2.listeners.get(rule?.ListenerArn);
  return region.elbv2.loadBalancers.get(listener?.LoadBalancerArn);
}
