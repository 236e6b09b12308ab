/** The ECS services: each runs its task definition `count` times in the private subnets, behind the load balancer. */
import { compare, later, type Change, type WantedFields } from '../../lib/model/change.ts';
import type { Service } from '../../lib/config/config.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import type { Survey } from '../../lib/look/found.ts';
import {
  deploymentText,
  describeService,
  isScaled,
  loadBalancerText,
  type FoundService,
} from '../../lib/look/services.ts';
import { foreignOwner, type Want } from '../../lib/look/context.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, wantedTags } from '../../lib/derive/tags.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import { create, deploymentConfiguration, graceOf, send, update } from '../services/calls.ts';
import { heirOf, isTurning } from '../services/succession.ts';
import { loadBalancersOf, outgoing } from '../services/load-balancers.ts';
import { settled } from '../done/wait-for-service.ts';
import { isPart as isPartOfDefinition, taskDefinitions } from './task-definitions.ts';

function wanted(want: Want, found: Survey, service: Service): WantedFields {
  const { config, names } = want;
  const { name } = service;
  const subnetIds = subnetKeys(config.network, 'private').map((key) => found.subnets.get(key)?.subnetId);
  const balancers = loadBalancersOf(service, found.targetGroups);
  const grace = graceOf(service);
  const { rollout } = found.services.get(name) ?? { rollout: 'COMPLETED' };
  const changing = taskDefinitions
    .diff(want, found)
    .some(({ key, fields }) => key === name && fields.some(isPartOfDefinition));
  return {
    name: names.service(service),
    status: 'ACTIVE',
    'task definition': changing
      ? later(`taskDefinitions.${name}`)
      : (found.taskDefinitions.get(name)?.taskDefinitionArn ?? later(`taskDefinitions.${name}`)),
    count: service.count,
    subnets: subnetIds.includes(undefined) ? later('subnets') : subnetIds.sort().join(', '),
    'security group': found.securityGroups.get(name)?.groupId ?? later(`securityGroups.${name}`),
    'public address': false,
    'load balancers': balancers.some(({ targetGroupArn }) => targetGroupArn === undefined)
      ? later('targetGroups')
      : balancers.map(loadBalancerText).sort().join(', '),
    ...(grace === undefined ? {} : { 'grace seconds': grace }),
    deployment: deploymentText(deploymentConfiguration),
    // A deployment that failed is tried again; one that is under way is waited for: here, when requests are to turn to it.
    rollout: rollout === 'FAILED' || (rollout !== '' && isTurning(service, found)) ? 'COMPLETED' : rollout,
    ...wantedTags(want, 'services', name),
  };
}

export const services: Step<'services'> = {
  diff: (want, found) =>
    compare({
      step: 'services',
      wanted: new Map(want.config.services.map((service) => [service.name, wanted(want, found, service)])),
      found: found.services,
      fieldsOf: (service) => ({
        name: service.serviceName,
        status: service.status,
        'task definition': service.taskDefinitionArn,
        // What Application Auto Scaling has decided is no drift.
        count: isScaled(service) ? undefined : service.desiredCount,
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
      heir: heirOf,
      foreign: ({ tags, createdAt }) => foreignOwner(tags, want.names.stack, createdAt),
    }),

  async apply(act) {
    const service = serviceOf(act);
    const isThere = act.item !== undefined && act.change.verb === 'update';
    if (act.item && !isThere) await untilGone(act);
    const { act: done, answered } = isThere
      ? { act, answered: await update(act, service) }
      : await create(act, service, (there) => compared(act, there));
    const serviceArn = answered?.serviceArn ?? done.item?.serviceArn ?? '';
    await act.record({ serviceArn });
    if (act.patient) await settled(done, service, act.made, answered);
    return { serviceArn };
  },

  async tidy(act) {
    const service = serviceOf(act);
    // The survey may have missed the one that there is.
    const item = act.item ?? (isTurning(service, act.found) ? await act.again() : undefined);
    if (outgoing({ ...act, item }, service).length === 0) return;
    const loadBalancers = loadBalancersOf(service, act.made.targetGroups);
    const answered = await send(act, service, { loadBalancers });
    if (act.patient) await settled(act, service, act.made, answered);
  },
};

/** What must change in a service that the survey did not show. */
function compared({ change, found, ...want }: Act<'services'>, there: FoundService): Change | undefined {
  const seen = { ...found, services: new Map([[change.key, there]]) };
  return services.diff(want, seen).find(({ key }) => key === change.key);
}

function serviceOf({ config, change }: Act<'services'>): Service {
  const service = config.services.find(({ name }) => name === change.key);
  if (!service) throw new Error(`No service ${change.key} is configured`);
  return service;
}

/** A service that is being removed keeps its name until it is gone. */
async function untilGone(act: Act<'services'>): Promise<void> {
  await act.until(`the old service ${act.change.key} to be gone`, 'serviceGone', async () => {
    const left = await describeService(act, act.names.service(serviceOf(act)));
    return left === undefined ? ready(undefined) : pending(left.status ?? 'still there');
  });
}
