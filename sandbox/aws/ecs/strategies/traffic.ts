/** Moves traffic between the two target groups of a deployment, by changing the weights of its rules. */
import type { Region } from '../../../world/region.ts';
import { forwardedGroups, forwardWeighted } from '../../elbv2/forwarding.ts';
import type { RuleRow } from '../../elbv2/store.ts';
import type { FailureReason } from '../deployment-failures.ts';
import type { RolloutRow } from '../store.ts';
import { hookFailure, RULES_NOT_FOUND } from './failures.ts';
import { denialOfChange } from './infrastructure-role.ts';
import type { ProgressRow, RouteRow } from './rows.ts';
import { weightsFor } from './traffic-steps.ts';

/** The two kinds of traffic, with the member of a route that names the rule for it. */
const RULES = { production: 'productionRule', test: 'testRule' } as const;
type Traffic = keyof typeof RULES;

/**
 * Gives the new revision a share of the traffic. Either all rules are changed or none.
 * @param percent a multiple of 0.1
 * @returns the failure of the deployment if ECS cannot or may not change a rule
 */
export function shiftTraffic(
  region: Region,
  progress: ProgressRow,
  traffic: Traffic,
  percent: number,
): FailureReason | undefined {
  const changes: { readonly rule: RuleRow; readonly route: RouteRow }[] = [];
  for (const route of progress.routes) {
    const arn = route[RULES[traffic]];
    if (arn === undefined) continue;
    const rule = region.elbv2.rules.get(arn);
    if (!rule) return RULES_NOT_FOUND;
    const denial = denialOfChange(region, route.roleArn, rule);
    if (denial !== undefined) return hookFailure(progress.stage, denial);
    changes.push({ rule, route });
  }
  for (const { rule, route } of changes) setWeights(region, rule, route, percent);
  return undefined;
}

/** Moves all traffic of an unfinished deployment back, at once, as far as the rules exist and the role may change them. */
export function moveTrafficBack(region: Region, rollout: RolloutRow | undefined): void {
  const { progress } = rollout ?? {};
  if (!progress || progress.stage === 'CLEAN_UP') return;
  if (progress.productionPercent > 0 && !shiftTraffic(region, progress, 'production', 0))
    progress.productionPercent = 0;
  if (progress.testPercent > 0 && !shiftTraffic(region, progress, 'test', 0)) progress.testPercent = 0;
}

/** Sets the weights of a route's two groups in a rule. The groups keep their places in the rule; a deleted group is left out. */
function setWeights(region: Region, rule: RuleRow, { blue, green }: RouteRow, percent: number): void {
  const weights = weightsFor(percent);
  const named = forwardedGroups(rule).map(({ TargetGroupArn }) => TargetGroupArn);
  const arns = [...named.filter((arn) => arn === blue || arn === green), blue, green];
  const existing = [...new Set(arns)].filter((arn) => region.elbv2.targetGroups.get(arn));
  const groups = existing.map((arn) => ({
    TargetGroupArn: arn,
    Weight: arn === green ? weights.green : weights.blue,
  }));
  if (groups.length > 0) forwardWeighted(region, rule, groups);
}
