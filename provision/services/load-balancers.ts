/** The target groups that the tasks of a service join. Pure. */
import type { LoadBalancer } from '@aws-sdk/client-ecs';
import { isRouted, shiftsTraffic, type RoutedContainer, type Service } from '../../lib/config/config.ts';
import { containerOfRule } from '../../lib/derive/desired-rules.ts';
import { KEY_TAG } from '../../lib/derive/tags.ts';
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

/** An old target group, and the container whose new tasks join it. */
export interface OutgoingGroup {
  readonly targetGroupArn: string;
  readonly container: RoutedContainer;
}

/** A service as found, and the target groups of the desired containers. */
type Transition = Pick<ApplyContext<'services'>, 'existing' | 'found'> & {
  readonly ids: { readonly targetGroups: Items<Ids['targetGroups']> };
};

/**
 * Returns the old target groups, which still receive requests while new groups replace them. New tasks join both the old and
 * the new groups, so that no group is ever empty. If no task runs, the old groups receive no requests.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html
 */
export function outgoingTargetGroups(
  { existing, found, ids }: Transition,
  service: Service,
): OutgoingGroup[] {
  if (!existing || existing.runningCount === 0 || shiftsTraffic(service)) return [];
  const routed = service.containers.filter(isRouted);
  const desiredArns = new Set(routed.map(({ key }) => ids.targetGroups.get(key)?.targetGroupArn));
  const keysByArn = new Map(
    [...found.targetGroups.values()].map(({ targetGroupArn, tags }) => [targetGroupArn, tags[KEY_TAG]]),
  );
  const outgoing = new Map<string, OutgoingGroup>();
  for (const [ruleKey, { targetGroupArn }] of found.rules) {
    const isAttached = existing.targetGroupArns.includes(targetGroupArn);
    if (targetGroupArn === '' || !isAttached || desiredArns.has(targetGroupArn)) continue;
    // The container that serves the path from now on; if the path is no longer configured, the container that served it.
    const container =
      routed.find(({ key }) => key === containerOfRule(ruleKey)) ??
      routed.find(({ key }) => key === keysByArn.get(targetGroupArn));
    if (container && !outgoing.has(targetGroupArn))
      outgoing.set(targetGroupArn, { targetGroupArn, container });
  }
  return [...outgoing.values()];
}

/** Returns ECS's `loadBalancers` for outgoing groups. */
export const loadBalancersTo = (outgoing: readonly OutgoingGroup[]): LoadBalancer[] =>
  outgoing.map(({ targetGroupArn, container: { name, port } }) => ({
    targetGroupArn,
    containerName: name,
    containerPort: port,
  }));
