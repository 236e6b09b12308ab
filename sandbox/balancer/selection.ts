/** Selects which target of a group receives the next request. */
import type { ListenerView, TargetView } from './view.ts';

/** Selects a target; returns undefined when the group has no target to which requests can go. */
export type Selection = (targetGroupArn: string, targets: readonly TargetView[]) => TargetView | undefined;

/** The state of a group's round robin. */
interface Rotation {
  turn: number;
  /** What each target still has a claim to, while targets have different shares. */
  readonly claims: Map<string, number>;
}

/**
 * Starts the selection for the groups of a listener, by the algorithm of each group.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
 * @param draw returns a random number in [0, 1)
 */
export function startSelection(
  view: Pick<ListenerView, 'groupAttribute' | 'openRequestsAt'>,
  draw: () => number,
): Selection {
  const rotations = new Map<string, Rotation>();
  return (targetGroupArn, targets) => {
    const candidates = routableTargets(targets);
    let rotation = rotations.get(targetGroupArn);
    if (!rotation) rotations.set(targetGroupArn, (rotation = { turn: 0, claims: new Map() }));
    const turn = rotation.turn++;
    switch (view.groupAttribute(targetGroupArn, 'load_balancing.algorithm.type')) {
      case 'weighted_random':
        return candidates[Math.floor(draw() * candidates.length)];
      case 'least_outstanding_requests': {
        const counts = candidates.map((target) => view.openRequestsAt(targetGroupArn, target));
        const least = Math.min(...counts);
        const idlest = candidates.filter((_, index) => counts[index] === least);
        return idlest[turn % idlest.length];
      }
      default:
        return candidates.some(({ share }) => share !== undefined)
          ? byShare(candidates, rotation.claims)
          : candidates[turn % candidates.length];
    }
  };
}

/**
 * Selects the target with the largest claim. With each request, every target's claim grows by its share, and the selected target
 * pays for the request. So each target gets its share of the requests, evenly spread.
 */
function byShare(candidates: readonly TargetView[], claims: Map<string, number>): TargetView | undefined {
  let selected: { readonly target: TargetView; readonly key: string; readonly claim: number } | undefined;
  let total = 0;
  for (const target of candidates) {
    const { id, port, share = 1 } = target;
    const key = `${id}:${port}`;
    const claim = (claims.get(key) ?? 0) + share;
    claims.set(key, claim);
    total += share;
    if (!selected || claim > selected.claim) selected = { target, key, claim };
  }
  if (selected) claims.set(selected.key, selected.claim - total);
  return selected?.target;
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
