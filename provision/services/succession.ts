/** Decides whether an ECS service is updated, or is replaced by a successor beside it so that no request is interrupted. Pure. */
import type { Replacement } from '../../lib/model/change.ts';
import { isRouted, shiftsTraffic, type RoutedContainer, type Service } from '../../lib/config/config.ts';
import { configuredServiceName, type Names } from '../../lib/derive/names.ts';
import { containerOfRule } from '../../lib/derive/desired-rules.ts';
import { pairOf } from '../../lib/derive/target-group-pairs.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { KEY_TAG } from '../../lib/derive/tags.ts';
import type { Planned } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { formerServiceKey, isFormerServiceKey, type FoundService } from '../../lib/look/services.ts';
import type { FoundTargetGroup } from '../../lib/look/target-groups.ts';
import type { Items } from '../../lib/model/resources.ts';
import { isDefinitionField } from '../steps/task-definitions.ts';
import { MAX_TARGET_GROUPS, outgoingTargetGroups } from './load-balancers.ts';

/** Whether the rule of any container still sends requests to a target group other than a desired one. */
export const isSwitchingTraffic = (service: Service, { rules, targetGroups }: Survey): boolean =>
  [...rules].some(([ruleKey, { targetGroupArn: serving }]) => {
    const key = containerOfRule(ruleKey);
    if (serving === '' || !service.containers.some((container) => container.key === key)) return false;
    return shiftsTraffic(service)
      ? liveGroupOf({ rules, targetGroups }, key) === undefined && isOurs(targetGroups, serving)
      : serving !== targetGroups.get(key)?.targetGroupArn;
  });

const isOurs = (targetGroups: Survey['targetGroups'], arn: string): boolean =>
  [...targetGroups.values()].some(({ targetGroupArn }) => targetGroupArn === arn);

/**
 * Returns the one of a container's two target groups that gets requests; undefined if neither does. If ECS shifts requests, they
 * alternate between the groups with each deployment, and only the rule shows which of them is in use.
 */
export function liveGroupOf(
  { rules, targetGroups }: Pick<Survey, 'rules' | 'targetGroups'>,
  key: string,
): string | undefined {
  const arns = pairOf(targetGroups, key).map(({ targetGroupArn }) => targetGroupArn);
  return [rules.get(key), ...rules.values()]
    .flatMap((rule) => rule?.targetGroupArn ?? [])
    .find((arn) => arns.includes(arn));
}

/**
 * Returns the service as it is deployed now. A service that shifts requests is deployed by the strategy `rolling` first if its
 * new target groups replace groups that get requests: ECS refuses to shift requests while a rule names any other group.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
export const interimService = (service: Service, found: Survey): Service =>
  shiftsTraffic(service) && isSwitchingTraffic(service, found)
    ? { ...service, deploy: { ...service.deploy, strategy: 'rolling' } }
    : service;

/**
 * Returns the found services under their keys. A service that cannot be updated without an interruption gets the key of a former
 * service, so that a successor is created beside it.
 */
export function assignServices(
  { config, names }: Desired,
  found: Survey,
  planned: Planned<'taskDefinitions'>,
): Items<FoundService> {
  const former = new Set(
    config.services.flatMap((service) => {
      const existing = found.services.get(service.name);
      const isOurs = existing && foreignOwner(existing.tags, names.stack, existing.createdAt) === undefined;
      if (!isOurs || existing.status !== 'ACTIVE') return [];
      return canBeUpdated(service, existing, found, planned) ? [] : [service.name];
    }),
  );
  const items = new Map<string, FoundService>();
  for (const [key, service] of found.services) {
    const name = configuredServiceName(service.serviceName);
    const formerKey = former.has(name) ? formerServiceKey(name) : key;
    let freeKey = formerKey;
    for (let copy = 2; items.has(freeKey); copy += 1) freeKey = `${formerKey}~${copy}`;
    items.set(freeKey, service);
  }
  return items;
}

/**
 * Whether a service can be updated while its tasks serve requests. Until the rules switch, new tasks must also be healthy in the
 * old target groups, which still receive the requests. This is certain only if the old and the new groups have the same health
 * check, or if the container and its program stay the same. A service can have at most five groups.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html
 */
function canBeUpdated(
  service: Service,
  existing: FoundService,
  found: Survey,
  planned: Planned<'taskDefinitions'>,
): boolean {
  const routed = service.containers.filter(isRouted);
  const desiredArns = new Map(
    routed.map(({ key }) => [
      key,
      { targetGroupArn: found.targetGroups.get(key)?.targetGroupArn ?? `to be created for ${key}` },
    ]),
  );
  const outgoing = outgoingTargetGroups(
    { existing, found, ids: { targetGroups: desiredArns } },
    interimService(service, found),
  );
  if (outgoing.length === 0) return true;
  if (outgoing.length + routed.length > MAX_TARGET_GROUPS) return false;
  const groups = new Map([...found.targetGroups.values()].map((group) => [group.targetGroupArn, group]));
  const keepsProgram =
    existing.taskDefinitionArn === found.taskDefinitions.get(service.name)?.taskDefinitionArn &&
    !planned
      .changesOf('taskDefinitions')
      .some(({ key, fields }) => key === service.name && fields.some(isDefinitionField));
  return outgoing.every(({ targetGroupArn, container }) => {
    const group = groups.get(targetGroupArn);
    if (!group) return true;
    const isCheckedNow = keepsProgram && group.tags[KEY_TAG] === container.key;
    return group.protocol === container.protocol && (isCheckedNow || hasSameCheck(group, container));
  });
}

const hasSameCheck = ({ health }: FoundTargetGroup, container: RoutedContainer): boolean =>
  health.path === container.health.path && health.matcher === container.health.matcher;

/** Returns the replacement of a former service. Returns undefined for any other service. */
export const replacementFor = ({ serviceName }: FoundService, key: string): Replacement | undefined =>
  isFormerServiceKey(key)
    ? {
        key: configuredServiceName(serviceName),
        reason: 'no task can be healthy both in the old and in the new target groups',
      }
    : undefined;

/** Returns the names of a stack with the names of the existing services, and with free names for the services to create. */
export function withServiceNames(names: Names, { services }: Pick<Survey, 'services'>): Names {
  const taken = new Set([...services.values()].map(({ serviceName }) => serviceName));
  return {
    ...names,
    service(service) {
      const existing = services.get(service.name);
      if (existing) return existing.serviceName;
      let name = names.service(service);
      for (let attempt = 0; taken.has(name); attempt += 1) name = names.successor(service, attempt);
      return name;
    },
  };
}
