/** The target groups that the tasks of a service join. Pure. */
import type { LoadBalancer } from '@aws-sdk/client-ecs';
import { isRouted, type Service } from '../../lib/config/config.ts';
import type { Ids } from '../../lib/model/architecture.ts';
import type { Items } from '../../lib/model/resources.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';

/**
 * Returns ECS's `loadBalancers`: one entry per routed container. ECS considers a task healthy only if it is healthy in all its
 * target groups.
 */
export const loadBalancersOf = ({ containers }: Service, groups: Items<Ids['targetGroups']>) =>
  containers.filter(isRouted).map(({ key, name, port }) => ({
    targetGroupArn: groups.get(key)?.targetGroupArn,
    containerName: name,
    containerPort: port,
  }));

/** The maximum number of target groups that ECS allows per service. */
export const MAX_TARGET_GROUPS = 5;

/**
 * Returns the old target groups, which still receive requests while new groups replace them. New tasks join both the old and
 * the new groups, so that no group is ever empty. If no task runs, the old groups receive no requests.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html
 */
export function outgoingTargetGroups(
  { existing, found, ids }: Pick<ApplyContext<'services'>, 'existing' | 'found'> & OwnGroups,
  service: Service,
): LoadBalancer[] {
  if (existing?.runningCount === 0) return [];
  const desired = loadBalancersOf(service, ids.targetGroups);
  const desiredArns = new Set(desired.map(({ targetGroupArn }) => targetGroupArn));
  return service.containers.filter(isRouted).flatMap(({ key, name, port }) => {
    const targetGroupArn = found.rules.get(key)?.targetGroupArn;
    const isAttached = existing?.loadBalancers.some((entry) => entry.endsWith(` ${targetGroupArn}`));
    return !isAttached || desiredArns.has(targetGroupArn)
      ? []
      : [{ targetGroupArn, containerName: name, containerPort: port }];
  });
}

/** The ids of the target groups of the desired containers. */
interface OwnGroups {
  readonly ids: { readonly targetGroups: Items<Ids['targetGroups']> };
}
