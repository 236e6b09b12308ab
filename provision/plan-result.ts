/** The result of a plan: what would change, how long that usually takes, and what the stack costs. Pure. */
import type { Config } from '../lib/config/config.ts';
import { expectedProvision } from '../lib/engine/expected-duration.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import type { CommandResult } from '../lib/run/main.ts';
import { countsText, planJson } from '../lib/run/plan-text.ts';
import { paintedLine } from '../lib/run/plan/paint.ts';
import { planLines } from '../lib/run/plan/plan-lines.ts';
import { wrappedLines } from '../lib/run/plan/wrap.ts';
import { roughTime } from '../lib/run/progress/region.ts';
import type { PlanResult, StackInfo } from '../lib/run/results.ts';
import type { Plan } from './plan.ts';
import { plannedCost } from './planned-cost.ts';
import { rolledBackServices } from './services/ahead.ts';

/**
 * Returns a plan as text and as data.
 * @param stackInfo the stack, and the only service of the plan, if any
 * @param columns the width of the terminal in characters; undefined without one
 */
export function planResult(
  plan: Plan,
  config: Config,
  { service, ...stackInfo }: StackInfo & { readonly service: string | undefined },
  columns?: number,
): CommandResult<PlanResult> {
  const { changes, kept, found } = plan;
  const rollbacks = rolledBackServices(changes, found);
  const cost = plannedCost(config, found);
  const lines =
    changes.length === 0
      ? [`No changes: ${kept.length} exist.`]
      : [
          ...planLines(changes, { config, found }, { columns }),
          '',
          ...wrappedLines([...cost.lines, ...durationLines(config, changes)], columns),
          `Plan: ${countsText(changes, kept.length)}.`,
        ];
  return {
    exitCode: changes.length === 0 ? 0 : 2,
    text: lines.join('\n'),
    paint: paintedLine,
    json: {
      ...stackInfo,
      plan: planJson(changes, kept),
      cost: cost.json,
      rollbacks,
      ...(service !== undefined && { service, leftOut: leftOutJson(plan) }),
    },
  };
}

/** States how long the changes usually take on AWS. On the sandbox, that depends on its pace. */
function durationLines({ target, services }: Config, changes: readonly Change[]): string[] {
  if (target !== 'aws' || changes.length === 0) return [];
  return [`Usually takes ${roughTime(expectedProvision(changes, services))}.`];
}

/** Returns the addresses of the changes that are left for a provision. */
export const leftOutJson = ({ leftOut = [] }: Plan): string[] => leftOut.map(changeAddress);
