/** Changes to listeners and rules. Rules determine which target groups are in use, and therefore which targets are checked. */
import type { Region } from '../../world/region.ts';
import { durations } from '../../world/durations.ts';
import { updateAllTargets } from './target-health.ts';
import { targetGroupArnsIn } from './usage.ts';

const groupsInUse = (region: Region): Set<string> =>
  new Set(region.elbv2.rules.all().flatMap(({ Actions }) => targetGroupArnsIn(Actions)));

/**
 * Changes listeners or rules, and then updates target groups and targets. A group still counts as in use for a while after
 * the last rule stops naming it.
 */
export function changeRouting(region: Region, change: () => void): void {
  const groupsBefore = groupsInUse(region);
  change();
  const groupsAfter = groupsInUse(region);
  for (const arn of groupsBefore) {
    const group = region.elbv2.targetGroups.get(arn);
    if (!group || groupsAfter.has(arn)) continue;
    group.inUseUntil = new Date(region.now().getTime() + region.scaled(durations.targetGroupRelease));
  }
  updateAllTargets(region);
}
