/** The ECS services: each runs its task definition `count` times in the private subnets, behind the load balancer. */
import type { Service } from '../../lib/config/config.ts';
import { deploymentSettings, deploymentText } from '../../lib/derive/deployment-settings.ts';
import { loadBalancerText } from '../../lib/derive/load-balancer-text.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { taskSubnetKeys } from '../../lib/derive/shared-balancer.ts';
import { desiredTags, tagFields } from '../../lib/derive/tags.ts';
import type { Planned, Step } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { describeService, isAutoScaled, type FoundService } from '../../lib/look/services.ts';
import { compare, knownAfter, type DesiredFields } from '../../lib/model/change.ts';
import { waitForService } from '../done/wait-for-service.ts';
import {
  create,
  graceOf,
  lookForItself,
  sendUpdate,
  update,
  type SendResult,
  type ServiceContext,
  type ServiceField,
} from '../services/calls.ts';
import { ALL, registeredText, runningText } from '../services/health.ts';
import { loadBalancersOf, outgoingTargetGroups } from '../services/load-balancers.ts';
import { release, withRelease } from '../services/release.ts';
import {
  assignServices,
  interimService,
  isSwitchingTraffic,
  replacementFor,
  withServiceNames,
} from '../services/succession.ts';
import { isDefinitionField } from './task-definitions.ts';

function desiredFields(
  desired: Desired,
  found: Survey,
  planned: Planned<'taskDefinitions'>,
  service: Service,
): DesiredFields<ServiceField> {
  const { config, names } = desired;
  const { name } = service;
  const subnetIds = taskSubnetKeys(config).map((key) => found.subnets.get(key)?.subnetId);
  const balancers = loadBalancersOf(service, found);
  const grace = graceOf(service);
  const { rollout } = found.services.get(name) ?? { rollout: 'COMPLETED' };
  const definition = needsNewRevision(planned, name)
    ? undefined
    : found.taskDefinitions.get(name)?.taskDefinitionArn;
  return {
    name: withServiceNames(names, found).service(service),
    status: 'ACTIVE',
    'task definition': definition ?? knownAfter(`taskDefinitions.${name}`),
    count: service.count,
    subnets: subnetIds.includes(undefined) ? knownAfter('subnets') : subnetIds.sort().join(', '),
    'security group': found.securityGroups.get(name)?.groupId ?? knownAfter(`securityGroups.${name}`),
    'public address': false,
    'load balancers': balancersText(balancers),
    ...(grace === undefined ? {} : { 'grace seconds': grace }),
    ...(service.exec === true || found.services.get(name)?.allowsExec === true
      ? { exec: service.exec === true }
      : {}),
    deployment: deploymentText(deploymentSettings(service.deploy), isBakeCompared(service)),
    // A failed deployment is retried. If traffic will be switched, a deployment in progress counts as a change, so that this
    // step waits for it. Otherwise the run waits for it at the end.
    rollout:
      rollout === 'FAILED' || (rollout !== '' && isSwitchingTraffic(service, found)) ? 'COMPLETED' : rollout,
    'registered targets': ALL,
    'running containers': ALL,
    ...desiredTags(desired, 'services', name),
  };
}

/** Whether a new revision is about to be registered for a service. */
const needsNewRevision = (planned: Planned<'taskDefinitions'>, name: string): boolean =>
  planned
    .changesOf('taskDefinitions')
    .some(({ key, fields }) => key === name && fields.some(isDefinitionField));

/** Returns the load balancers of a service in one line, once everything that they refer to exists. */
function balancersText(balancers: ReturnType<typeof loadBalancersOf>) {
  for (const { targetGroupArn, advancedConfiguration: advanced } of balancers) {
    if (targetGroupArn === undefined) return knownAfter('targetGroups');
    if (!advanced) continue;
    if (advanced.alternateTargetGroupArn === undefined) return knownAfter('targetGroups');
    if (advanced.productionListenerRule === undefined) return knownAfter('rules');
    if (advanced.roleArn === undefined) return knownAfter('roles.infrastructure');
  }
  return balancers.map(loadBalancerText).sort().join(', ');
}

/** Whether the configuration decides the bake time. Otherwise the time that ECS uses for a rolling deployment is not drift. */
const isBakeCompared = (service: Service | undefined): boolean => service?.deploy.bakeMinutes !== undefined;

export const services: Step<'services', ServiceField> = {
  assign: assignServices,

  diff: (desired, found, planned) =>
    compare<FoundService, ServiceField>({
      noun: 'services',
      desired: new Map(
        desired.config.services.map((service) => [
          service.name,
          desiredFields(desired, found, planned, service),
        ]),
      ),
      found: found.services,
      fieldsOf: (service, key) => ({
        name: service.serviceName,
        status: service.status,
        'task definition': service.taskDefinitionArn,
        // A count that Application Auto Scaling decided is not drift.
        count: isAutoScaled(service) ? undefined : service.desiredCount,
        subnets: [...service.subnetIds].sort().join(', '),
        'security group': service.securityGroupIds.join(', '),
        'public address': service.assignPublicIp,
        'load balancers': service.loadBalancers.join(', '),
        'grace seconds': service.graceSeconds,
        exec: service.allowsExec,
        deployment:
          service.deployment &&
          deploymentText(
            service.deployment,
            isBakeCompared(desired.config.services.find(({ name }) => name === key)),
          ),
        rollout: service.rollout,
        'registered targets': registeredText(service.health),
        'running containers': runningText(service.health),
        ...tagFields(service.tags),
      }),
      immutable: { status: 'a service that is being deleted cannot come back' },
      replacedBy: replacementFor,
      whyForeign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }).map((change) => withRelease(desired, found, change, needsNewRevision(planned, change.key))),

  /** Runs the release commands. If one fails, no service is deployed. */
  prepare: (context) => release(context, serviceOf(context)),

  /** A service that is being deleted keeps its name until it is gone. */
  async create(context) {
    const service = interimService(serviceOf(context), context.found);
    if (context.existing) await waitUntilDeleted(context, service);
    return toApplied(service, await create(context, service));
  },

  async update(context) {
    const service = interimService(serviceOf(context), context.found);
    return toApplied(service, { context, serviceInResponse: await update(context, service) });
  },

  async cleanUp(context) {
    const service = serviceOf(context);
    const deployed = interimService(service, context.found);
    // The survey may not have shown the existing service.
    const existing =
      context.existing ??
      (isSwitchingTraffic(service, context.found) ? await lookForItself(context, service) : undefined);
    if (deployed === service && outgoingTargetGroups({ ...context, existing }, service).length === 0) return;
    const loadBalancers = loadBalancersOf(service, context.ids);
    const response = await sendUpdate(context, service, { loadBalancers });
    if (context.waitUntilReady) await waitForService(context, service, context.ids, response);
  },
};

/** Returns the ids of a service, and a function that waits until the service runs as configured. */
const toApplied = (service: Service, { context, serviceInResponse }: SendResult) => ({
  ids: { serviceArn: serviceInResponse?.serviceArn ?? context.existing?.serviceArn ?? '' },
  wait: async (onUsable: () => void) => {
    if (context.waitUntilReady)
      await waitForService(context, service, context.ids, serviceInResponse, onUsable);
  },
});

function serviceOf({ config, change }: ServiceContext): Service {
  const service = config.services.find(({ name }) => name === change.key);
  if (!service) throw new Error(`No service ${change.key} is configured`);
  return service;
}

const waitUntilDeleted = (context: ServiceContext, service: Service): Promise<void> =>
  context.until(`the old service ${service.name} to be gone`, 'serviceGone', async () => {
    const old = await describeService(context, context.names.service(service));
    return old === undefined ? ready(undefined) : pending(old.status ?? 'still listed');
  });
