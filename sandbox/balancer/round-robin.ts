/** Selects which target of a group receives the next request. */
import type { TargetView } from './view.ts';

/** Selects a target; returns undefined when the group has no target to which requests can go. */
export type Rotation = (targetGroupArn: string, targets: readonly TargetView[]) => TargetView | undefined;

/** Starts a round robin for each target group of a listener. */
export function startRotation(): Rotation {
  const turns = new Map<string, number>();
  return (targetGroupArn, targets) => {
    const candidates = routableTargets(targets);
    const turn = turns.get(targetGroupArn) ?? 0;
    turns.set(targetGroupArn, turn + 1);
    return candidates[turn % candidates.length];
  };
}

/**
 * Returns the targets to which requests can go: the healthy ones, or all registered ones when none is healthy, because
 * the load balancer fails open. Targets whose checks are disabled (`unavailable`) count as healthy.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function routableTargets(targets: readonly TargetView[]): readonly TargetView[] {
  const healthy = targets.filter(({ state }) => state === 'healthy' || state === 'unavailable');
  return healthy.length > 0
    ? healthy
    : targets.filter(({ state }) => state === 'initial' || state === 'unhealthy');
}
