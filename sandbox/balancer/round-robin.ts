/** Which target of a group gets the next request. */
import type { TargetView } from './view.ts';

/** Chooses a target, or undefined when the group has none that could take a request. */
export type Rotation = (targetGroupArn: string, targets: readonly TargetView[]) => TargetView | undefined;

/** A round robin for every target group of a listener. */
export function startRotation(): Rotation {
  const turns = new Map<string, number>();
  return (targetGroupArn, targets) => {
    const candidates = routable(targets);
    const turn = turns.get(targetGroupArn) ?? 0;
    turns.set(targetGroupArn, turn + 1);
    return candidates[turn % candidates.length];
  };
}

/**
 * The targets that requests may go to: the healthy ones, or, when there are none, all that are registered, for the load
 * balancer fails open. Targets whose checks are switched off (`unavailable`) are taken for healthy.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function routable(targets: readonly TargetView[]): readonly TargetView[] {
  const healthy = targets.filter(({ state }) => state === 'healthy' || state === 'unavailable');
  return healthy.length > 0
    ? healthy
    : targets.filter(({ state }) => state === 'initial' || state === 'unhealthy');
}
