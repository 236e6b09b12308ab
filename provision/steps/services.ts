/** The ECS services: each runs its task definition `count` times in the private subnets, behind the load balancer. */
import { compare, knownAfter, type Change, type DesiredFields } from '../../lib/model/change.ts';
import type { Service } from '../../lib/config/config.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import type { Survey } from '../../lib/look/found.ts';
import {
  deploymentText,
  describeService,
  isAutoScaled,
  loadBalancerText,
  type FoundService,
} from '../../lib/look/services.ts';
import { foreignOwner, type Desired } from '../../lib/look/context.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, desiredTags } from '../../lib/derive/tags.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import { create, deploymentConfiguration, graceOf, send, update } from '../services/calls.ts';
import { replacementFor, isSwitchingTraffic } from '../services/succession.ts';
import { loadBalancersOf, outgoingTargetGroups } from '../services/load-balancers.ts';
import { waitForService } from '../done/wait-for-service.ts';
import { isDefinitionField, taskDefinitions } from './task-definitions.ts';

function desiredFields(desired: Desired, found: Survey, service: Service): DesiredFields {
  const { config, names } = desired;
  const { name } = service;
  const subnetIds = subnetKeys(config.network, 'private').map((key) => found.subnets.get(key)?.subnetId);
  const balancers = loadBalancersOf(service, found.targetGroups);
  const grace = graceOf(service);
  const { rollout } = found.services.get(name) ?? { rollout: 'COMPLETED' };
  const changing = taskDefinitions
    .diff(desired, found)
    .some(({ key, fields }) => key === name && fields.some(isDefinitionField));
  return {
    name: names.service(service),
    status: 'ACTIVE',
    'task definition': changing
      ? knownAfter(`taskDefinitions.${name}`)
      : (found.taskDefinitions.get(name)?.taskDefinitionArn ?? knownAfter(`taskDefinitions.${name}`)),
    count: service.count,
    subnets: subnetIds.includes(undefined) ? knownAfter('subnets') : subnetIds.sort().join(', '),
    'security group': found.securityGroups.get(name)?.groupId ?? knownAfter(`securityGroups.${name}`),
    'public address': false,
    'load balancers': balancers.some(({ targetGroupArn }) => targetGroupArn === undefined)
      ? knownAfter('targetGroups')
      : balancers.map(loadBalancerText).sort().join(', '),
    ...(grace === undefined ? {} : { 'grace seconds': grace }),
    deployment: deploymentText(deploymentConfiguration),
    // A deployment that failed is tried again; one that is under way is waited for: here, when requests are to turn to it.
    rollout:
      rollout === 'FAILED' || (rollout !== '' && isSwitchingTraffic(service, found)) ? 'COMPLETED' : rollout,
    ...desiredTags(desired, 'services', name),
  };
}

export const services: Step<'services'> = {
  diff: (desired, found) =>
    compare({
      noun: 'services',
      desired: new Map(
        desired.config.services.map((service) => [service.name, desiredFields(desired, found, service)]),
      ),
      found: found.services,
      fieldsOf: (service) => ({
        name: service.serviceName,
        status: service.status,
        'task definition': service.taskDefinitionArn,
        // What Application Auto Scaling has decided is no drift.
        count: isAutoScaled(service) ? undefined : service.desiredCount,
        subnets: [...service.subnetIds].sort().join(', '),
        'security group': service.securityGroupIds.join(', '),
        'public address': service.assignPublicIp,
        'load balancers': service.loadBalancers.join(', '),
        'grace seconds': service.graceSeconds,
        deployment: service.deployment,
        rollout: service.rollout,
        ...tagFields(service.tags),
      }),
      immutable: { status: 'a service that is being removed cannot come back' },
      replacedBy: replacementFor,
      foreign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }),

  async apply(context) {
    const service = serviceOf(context);
    const isThere = context.existing !== undefined && context.change.verb === 'update';
    if (context.existing && !isThere) await waitUntilRemoved(context);
    const { act: done, answered } = isThere
      ? { act: context, answered: await update(context, service) }
      : await create(context, service, (there) => changeOf(context, there));
    const serviceArn = answered?.serviceArn ?? done.existing?.serviceArn ?? '';
    await context.record({ serviceArn });
    if (context.waitUntilReady) await waitForService(done, service, context.ids, answered);
    return { serviceArn };
  },

  async cleanUp(context) {
    const service = serviceOf(context);
    // The survey may have missed the one that there is.
    const item =
      context.existing ??
      (isSwitchingTraffic(service, context.found) ? await context.lookAgain() : undefined);
    if (outgoingTargetGroups({ ...context, existing: item }, service).length === 0) return;
    const loadBalancers = loadBalancersOf(service, context.ids.targetGroups);
    const answered = await send(context, service, { loadBalancers });
    if (context.waitUntilReady) await waitForService(context, service, context.ids, answered);
  },
};

/** What must change in a service that the survey did not show. */
function changeOf(
  { change, found, ...desired }: ApplyContext<'services'>,
  there: FoundService,
): Change | undefined {
  const seen = { ...found, services: new Map([[change.key, there]]) };
  return services.diff(desired, seen).find(({ key }) => key === change.key);
}

function serviceOf({ config, change }: ApplyContext<'services'>): Service {
  const service = config.services.find(({ name }) => name === change.key);
  if (!service) throw new Error(`No service ${change.key} is configured`);
  return service;
}

/** A service that is being removed keeps its name until it is gone. */
async function waitUntilRemoved(context: ApplyContext<'services'>): Promise<void> {
  await context.until(`the old service ${context.change.key} to be gone`, 'serviceGone', async () => {
    const left = await describeService(context, context.names.service(serviceOf(context)));
    return left === undefined ? ready(undefined) : pending(left.status ?? 'still there');
  });
}
