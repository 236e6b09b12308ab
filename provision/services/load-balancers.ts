/** The target groups that the tasks of a service join. Pure. */
import type { LoadBalancer } from '@aws-sdk/client-ecs';
import { isRouted, type Service } from '../../lib/config/config.ts';
import type { Ids } from '../../lib/model/architecture.ts';
import type { Items } from '../../lib/model/resources.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';

/** One entry a routed container: a task counts as healthy when it is so in every one of its target groups. */
export const loadBalancersOf = ({ containers }: Service, groups: Items<Ids['targetGroups']>) =>
  containers.filter(isRouted).map(({ key, name, port }) => ({
    targetGroupArn: groups.get(key)?.targetGroupArn,
    containerName: name,
    containerPort: port,
  }));

/** AWS's limit of target groups of a service. */
const MOST_GROUPS = 5;

/**
 * The target groups that requests still go to while new ones take their place: new tasks join both, so that neither is
 * ever empty.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html
 */
export function outgoingTargetGroups(
  { existing, found, ids }: Pick<ApplyContext<'services'>, 'existing' | 'found' | 'ids'>,
  service: Service,
): LoadBalancer[] {
  const wanted = loadBalancersOf(service, ids.targetGroups);
  const names = new Set(wanted.map(({ targetGroupArn }) => targetGroupArn));
  const serving = service.containers.filter(isRouted).flatMap(({ key, name, port }) => {
    const targetGroupArn = found.rules.get(key)?.targetGroupArn;
    const isOurs = existing?.loadBalancers.some((text) => text.endsWith(` ${targetGroupArn}`));
    return !isOurs || names.has(targetGroupArn)
      ? []
      : [{ targetGroupArn, containerName: name, containerPort: port }];
  });
  return serving.slice(0, Math.max(0, MOST_GROUPS - wanted.length));
}
