/** The cost of a stack after a provision, compared with the cost of what exists. */
import type { Config } from '../lib/config/config.ts';
import { billedAsFound, billedByConfig } from '../lib/cost/billed.ts';
import { costOf } from '../lib/cost/cost.ts';
import { costText, stackCost } from '../lib/cost/cost-text.ts';
import type { Survey } from '../lib/look/found.ts';
import type { PlanResult } from '../lib/run/results.ts';

/** Returns the cost as lines of a plan, and as data. */
export function plannedCost(
  config: Config,
  found: Survey,
): { readonly lines: readonly string[]; readonly json: PlanResult['cost'] } {
  const after = costOf(billedByConfig(config), config.region);
  const now = costOf(billedAsFound(found), config.region);
  const [cost, ...notes] = costText(after, now.perHour === 0 ? undefined : now);
  return {
    lines: cost === undefined ? [] : [`Cost on AWS: ${cost};`, ...notes.map((note) => `  ${note}`)],
    json: { after: stackCost(after), now: stackCost(now) },
  };
}
