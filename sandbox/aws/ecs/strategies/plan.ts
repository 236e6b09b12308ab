/** Plans how a new deployment shifts traffic: from which revision, between which target groups, and with which rules. */
import type { AdvancedConfiguration, LoadBalancer } from '@aws-sdk/client-ecs';
import type { Region } from '../../../world/region.ts';
import { forwardedGroups } from '../../elbv2/forwarding.ts';
import { rolloutOf } from '../rollouts.ts';
import type { DeploymentRow, ServiceRow } from '../store.ts';
import { groupsOf } from './groups.ts';
import type { ProgressRow, RouteRow } from './rows.ts';
import { firstPosition } from './stages.ts';
import { moveTrafficBack } from './traffic.ts';

/**
 * Plans the deployment that a service is about to start. Moves the traffic of an unfinished deployment back to the revision
 * that the unfinished deployment was replacing (U).
 *
 * The new revision gets the group that serves no production traffic, also on the first deployment of a service
 * [I:go-to-k/cdk-real-drift#1730]. A rolling update needs no plan, except if the previous revision serves from the alternate
 * group: then all traffic moves to the configured group as soon as the new tasks are healthy (U).
 * @returns undefined for a deployment that replaces tasks within their target groups
 */
export function planShift(region: Region, service: ServiceRow): ProgressRow | undefined {
  const source = sourceOf(service);
  const replaced = service.deployments.filter((deployment) => deployment !== source);
  for (const { id } of replaced) moveTrafficBack(region, rolloutOf(service, id));
  const isRolling = (service.deploymentConfiguration.strategy ?? 'ROLLING') === 'ROLLING';
  const routes = service.loadBalancers.flatMap((balancer) =>
    isRolling ? returnRoute(balancer, source) : shiftRoute(region, balancer, source),
  );
  if (isRolling && routes.length === 0) return undefined;
  return {
    ...firstPosition(replaced.length > 0),
    enteredAt: region.now().getTime(),
    sourceId: source?.id,
    routes,
    productionPercent: 0,
    testPercent: 0,
  };
}

/** Returns the target groups of a planned deployment's tasks. */
export const plannedGroups = (service: ServiceRow, { routes }: ProgressRow): string[] =>
  service.loadBalancers.map(({ targetGroupArn = '', advancedConfiguration }) => {
    const pair = [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn];
    return routes.find(({ green }) => pair.includes(green))?.green ?? targetGroupArn;
  });

/**
 * Returns the deployment whose tasks serve the production traffic: the last completed one, or else one that is stopping the old
 * tasks, or else one that receives all traffic although it is unfinished.
 */
function sourceOf(service: ServiceRow): DeploymentRow | undefined {
  const progressOf = ({ id }: DeploymentRow) => rolloutOf(service, id)?.progress;
  const serving = service.deployments.filter((deployment) => {
    const progress = progressOf(deployment);
    return deployment.rolloutState !== 'FAILED' && (!progress || progress.productionPercent === 100);
  });
  return (
    serving.find((deployment) => deployment.id === service.lastCompleted?.id) ??
    serving.find((deployment) => progressOf(deployment)?.stage === 'CLEAN_UP') ??
    serving[0]
  );
}

const routeOf = (
  { productionListenerRule = '', testListenerRule, roleArn = '' }: AdvancedConfiguration,
  blue: string,
  green: string,
): RouteRow => ({ blue, green, productionRule: productionListenerRule, testRule: testListenerRule, roleArn });

function shiftRoute(
  region: Region,
  { targetGroupArn = '', advancedConfiguration }: LoadBalancer,
  source: DeploymentRow | undefined,
): RouteRow[] {
  if (!advancedConfiguration) return [];
  const { alternateTargetGroupArn = '', productionListenerRule } = advancedConfiguration;
  const rule = region.elbv2.rules.get(productionListenerRule);
  const serving = (rule ? forwardedGroups(rule) : []).filter(({ Weight = 1 }) => Weight > 0);
  const used = [...(source ? groupsOf(source) : []), ...serving.map((one) => one.TargetGroupArn)];
  const pair = [targetGroupArn, alternateTargetGroupArn];
  const blue = used.find((arn) => arn !== undefined && pair.includes(arn)) ?? targetGroupArn;
  const green = blue === targetGroupArn ? alternateTargetGroupArn : targetGroupArn;
  return [routeOf(advancedConfiguration, blue, green)];
}

/** Returns the route back to the configured group, if the previous revision serves from the alternate group. */
function returnRoute(
  { targetGroupArn = '', advancedConfiguration }: LoadBalancer,
  source: DeploymentRow | undefined,
): RouteRow[] {
  const index = source?.loadBalancers.findIndex((one) => one.targetGroupArn === targetGroupArn) ?? -1;
  const previous = source?.loadBalancers[index]?.advancedConfiguration;
  const blue = source && groupsOf(source)[index];
  if (!previous || blue === undefined || blue === targetGroupArn) return [];
  return [routeOf(advancedConfiguration ?? previous, blue, targetGroupArn)];
}
