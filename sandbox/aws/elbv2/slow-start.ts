/** Slow start: a target that becomes healthy beside others gets more and more requests for a while. */
import type { TargetHealth } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Region } from '../../world/region.ts';
import type { TargetGroupRow, TargetRow } from './store.ts';

/** Returns the duration of a group's slow start on the sandbox's clock, in milliseconds. */
const durationMs = (region: Region, { attributes }: TargetGroupRow): number =>
  region.scaled(Number(attributes['slow_start.duration_seconds'] ?? 0) * 1000);

/**
 * Returns a target's part of a full share of the requests; undefined if it gets a full share.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
 */
export function slowStartShare(
  region: Region,
  group: TargetGroupRow,
  { slowStartAt }: TargetRow,
): number | undefined {
  if (!slowStartAt) return undefined;
  const elapsedMs = region.now().getTime() - slowStartAt.getTime();
  const duration = durationMs(region, group);
  return elapsedMs < duration ? elapsedMs / duration : undefined;
}

/**
 * Puts a target that becomes healthy into slow start, and takes one that becomes unhealthy out of it. A target enters slow start
 * only if the group has another healthy target that gets its full share.
 * @param health the health of the target from now on
 */
export function updateSlowStart(
  region: Region,
  group: TargetGroupRow,
  target: TargetRow,
  health: TargetHealth,
): void {
  if (health.State !== 'healthy') target.slowStartAt = undefined;
  else if (target.health.State !== 'healthy' && durationMs(region, group) > 0) {
    const hasWarmTarget = group.targets.some(
      (other) =>
        other !== target &&
        other.health.State === 'healthy' &&
        slowStartShare(region, group, other) === undefined,
    );
    target.slowStartAt = hasWarmTarget ? region.now() : undefined;
  }
}
