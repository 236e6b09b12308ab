/** The cost of a stack after a provision, compared with the cost of what exists. */
import type { Config } from '../lib/config/config.ts';
import { billedAsFound, billedByConfig } from '../lib/cost/billed.ts';
import { costOf } from '../lib/cost/cost.ts';
import { costText, stackCost } from '../lib/cost/cost-text.ts';
import { egressCost, egressText } from '../lib/cost/egress.ts';
import type { Survey } from '../lib/look/found.ts';
import type { PlanResult } from '../lib/run/results.ts';

/** The cost of a plan. */
interface PlannedCost {
  /** E.g. `about $74 per month ($0.101 per hour)`; undefined if no price is known. */
  readonly total: string | undefined;
  /** Sentences for a plan: the total first. */
  readonly lines: readonly string[];
  readonly json: PlanResult['cost'];
}

/** Returns the cost as lines of a plan, and as data. */
export function plannedCost(config: Config, found: Survey): PlannedCost {
  const billed = billedByConfig(config);
  const after = costOf(billed, config.region);
  const now = costOf(billedAsFound(found), config.region);
  const text = costText(after, now.perHour === 0 ? undefined : now);
  const egress = egressCost(config, billed);
  // What stays as it is needs no explanation.
  const isSame = now.perHour > 0 && text?.drivers === '';
  return {
    total: text?.total,
    lines:
      text === undefined
        ? []
        : [
            `Cost on AWS: ${text.total}`,
            ...(isSame ? [] : [`  ${text.items}`]),
            ...(text.drivers === '' ? [] : [`  the difference: ${text.drivers}`]),
            ...(isSame ? [] : text.notes.map((note) => `  ${note}`)),
            ...(egress === undefined || isSame ? [] : [egressText(egress)]),
          ],
    json: { after: stackCost(after), now: stackCost(now), egress: egress ?? null },
  };
}
