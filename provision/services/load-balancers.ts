/** The target groups that the tasks of a service join. Pure. */
import type { LoadBalancer } from '@aws-sdk/client-ecs';
import { isRouted, shiftsTraffic, type Service } from '../../lib/config/config.ts';
import { alternateKey } from '../../lib/derive/target-group-pairs.ts';
import type { Ids } from '../../lib/model/architecture.ts';
import type { Items } from '../../lib/model/resources.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';

/** The resources that a service with a load balancer refers to, as far as they exist. */
interface Balancing {
  readonly targetGroups: Items<Ids['targetGroups']>;
  readonly rules: Items<Ids['rules']>;
  readonly roles: Items<Ids['roles']>;
}

/**
 * Returns ECS's `loadBalancers`: one entry per routed container. ECS considers a task healthy only if it is healthy in all its
 * target groups. If ECS shifts requests, each entry also has the alternate group, and the rule whose weights ECS changes.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AdvancedConfiguration.html
 */
export const loadBalancersOf = (service: Service, { targetGroups, rules, roles }: Balancing) =>
  service.containers.filter(isRouted).map(({ key, name, port }) => ({
    targetGroupArn: targetGroups.get(key)?.targetGroupArn,
    containerName: name,
    containerPort: port,
    ...(shiftsTraffic(service) && {
      advancedConfiguration: {
        alternateTargetGroupArn: targetGroups.get(alternateKey(key))?.targetGroupArn,
        productionListenerRule: rules.get(key)?.ruleArn,
        roleArn: roles.get('infrastructure')?.roleArn,
      },
    }),
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
  if (shiftsTraffic(service) || existing?.runningCount === 0) return [];
  const routed = service.containers.filter(isRouted);
  const desiredArns = new Set(routed.map(({ key }) => ids.targetGroups.get(key)?.targetGroupArn));
  return routed.flatMap(({ key, name, port }) => {
    const targetGroupArn = found.rules.get(key)?.targetGroupArn ?? '';
    const isAttached = existing?.targetGroupArns.includes(targetGroupArn);
    return !isAttached || desiredArns.has(targetGroupArn)
      ? []
      : [{ targetGroupArn, containerName: name, containerPort: port }];
  });
}

/** The ids of the target groups of the desired containers. */
interface OwnGroups {
  readonly ids: { readonly targetGroups: Items<Ids['targetGroups']> };
}
