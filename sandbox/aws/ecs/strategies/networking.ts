/** ECS's checks of the rules and target groups of a deployment that shifts traffic. They run after the call has returned. */
import type { Region } from '../../../world/region.ts';
import { forwardedGroups } from '../../elbv2/forwarding.ts';
import type { FailureReason } from '../deployment-failures.ts';
import { cannotManage, networkingFailure, RULES_NOT_FOUND } from './failures.ts';
import { assumable, mayRead } from './infrastructure-role.ts';
import type { RouteRow } from './rows.ts';

/**
 * Checks the routes of a deployment.
 * @returns the failure of the deployment; `later` if a role is too new to be assumed; undefined if everything is right
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
export function checkRoutes(
  region: Region,
  routes: readonly RouteRow[],
): FailureReason | 'later' | undefined {
  for (const route of routes) {
    const state = assumable(region, route.roleArn);
    if (state === 'later') return 'later';
    if (state === 'no' || !mayRead(region, route)) return cannotManage(route.roleArn);
  }
  for (const route of routes) {
    const failure = checkRoute(region, route);
    if (failure) return failure;
  }
  return undefined;
}

/**
 * Returns the failure of a deployment whose group for the new tasks someone has deleted meanwhile; its tasks could never become
 * healthy. The wording is that for missing rules (U).
 */
export const lostGroup = (region: Region, routes: readonly RouteRow[]): FailureReason | undefined =>
  routes.every(({ green }) => region.elbv2.targetGroups.get(green))
    ? undefined
    : networkingFailure('. One or more target groups not found');

function checkRoute(
  region: Region,
  { blue, green, productionRule, testRule }: RouteRow,
): FailureReason | undefined {
  const production = region.elbv2.rules.get(productionRule);
  const test = region.elbv2.rules.get(testRule);
  if (!production || (testRule !== undefined && !test)) return RULES_NOT_FOUND;
  const groups = forwardedGroups(production);
  const own = [blue, green];
  const foreign = groups.find(({ TargetGroupArn = '' }) => !own.includes(TargetGroupArn));
  if (foreign) {
    return networkingFailure(
      `. Production listener rule is forwarding traffic to unexpected target group ${foreign.TargetGroupArn}. Expected traffic to be forwarded to either targetGroupArn: ${blue} or alternateTargetGroupArn: ${green}`,
    );
  }
  const named = [...groups, ...(test ? forwardedGroups(test) : [])].map((one) => one.TargetGroupArn);
  const unnamed = own.find((arn) => !named.includes(arn));
  if (unnamed !== undefined) {
    return networkingFailure(
      `: Target group ${unnamed} is not associated with either productionListenerRule or testListenerRule.`,
    );
  }
  const servingCount = groups.filter(({ Weight = 1 }) => Weight > 0).length;
  if (servingCount === 1) return undefined;
  return networkingFailure(
    `. productionListenerRule ${productionRule} should have exactly one target group serving traffic but found ${servingCount} target groups which are serving traffic`,
  );
}
