/** The ECS services: each runs its task definition `count` times in the private subnets, behind the load balancer. */
import {
  CreateServiceCommand,
  UpdateServiceCommand,
  type DeploymentConfiguration,
  type Service as EcsService,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { adoptNamed } from '../lib/adopt-named.ts';
import { messageOf } from '../lib/aws-error.ts';
import { compare, later, touches, type WantedFields } from '../lib/change.ts';
import { isRouted, type Service } from '../lib/config/config.ts';
import { subnetKeys } from '../lib/layout.ts';
import type { Survey } from '../lib/look/found.ts';
import { deploymentText, describeService, isScaled, loadBalancerText } from '../lib/look/services.ts';
import { foreignOwner, type Want } from '../lib/look/see.ts';
import { only } from '../lib/resources.ts';
import { retagEcs } from '../lib/retag.ts';
import type { Act, Step } from '../lib/step.ts';
import { lower, tagFields, wantedTags } from '../lib/tags.ts';
import { pending, ready } from '../lib/until.ts';
import { firstCount } from './scaling.ts';
import { heirOf, isTurning } from './service-succession.ts';
import { loadBalancersOf, outgoing } from './service-targets.ts';
import { settled } from './settle.ts';
import { isPart as isPartOfDefinition, taskDefinitions } from './task-definitions.ts';

/** Always sent whole: AWS fills what a sent block leaves out with its own defaults. */
const deploymentConfiguration: DeploymentConfiguration = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  deploymentCircuitBreaker: { enable: true, rollback: true },
};

/** Without a load balancer there is no health check that a grace period could be for. */
const graceOf = ({ containers, graceSeconds }: Service): number | undefined =>
  containers.some(isRouted) ? graceSeconds : undefined;

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

/** New tags alone make no new revision. */
const isPart = ({ field }: { readonly field: string }): boolean => !field.startsWith('tag.');

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
    const answered = isThere ? await update(act, service) : await create(act, service);
    const serviceArn = answered?.serviceArn ?? act.item?.serviceArn ?? '';
    await act.record({ serviceArn });
    if (act.patient) await settled(act, service, act.made, answered);
    return { serviceArn };
  },

  async tidy(act) {
    const service = serviceOf(act);
    if (outgoing(act, service).length === 0) return;
    const loadBalancers = loadBalancersOf(service, act.made.targetGroups);
    const answered = await send(act, service, { loadBalancers });
    if (act.patient) await settled(act, service, act.made, answered);
  },
};

function serviceOf({ config, change }: Act<'services'>): Service {
  const service = config.services.find(({ name }) => name === change.key);
  if (!service) throw new Error(`No service ${change.key} is configured`);
  return service;
}

/**
 * The token makes a repeat of this very call harmless; a service that takes the place of another goes without.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 */
async function create(act: Act<'services'>, service: Service): Promise<EcsService | undefined> {
  try {
    const answer = await act.aws.ecs(
      new CreateServiceCommand({
        ...settings(act, service),
        serviceName: act.names.service(service),
        clientToken: act.intent.token || undefined,
        launchType: 'FARGATE',
        loadBalancers: loadBalancersOf(service, act.made.targetGroups),
        enableECSManagedTags: true,
        propagateTags: 'SERVICE',
        tags: lower(act.tags),
      }),
    );
    return answer.service;
  } catch (error) {
    if (!/not idempotent/.test(messageOf(error))) throw error;
    const place = `the name ${act.names.service(service)}`;
    const { serviceArn } = await adoptNamed(act, error, 'InvalidParameter', place);
    return { serviceArn };
  }
}

async function update(act: Act<'services'>, service: Service): Promise<EcsService | undefined> {
  const { change, item } = act;
  await retagEcs(act, item?.serviceArn ?? '');
  const isFailed = item?.rollout === 'FAILED';
  if (!isFailed && change.fields.filter(isPart).every(({ field }) => field === 'rollout')) return undefined;
  const balancers = touches(change, 'load balancers')
    ? { loadBalancers: [...loadBalancersOf(service, act.made.targetGroups), ...outgoing(act, service)] }
    : {};
  return send(act, service, { ...balancers, forceNewDeployment: isFailed || undefined });
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
async function send(
  act: Act<'services'>,
  service: Service,
  more: Partial<UpdateServiceCommandInput>,
): Promise<EcsService | undefined> {
  const input = { ...settings(act, service), service: act.names.service(service), ...more };
  const answer = await act.aws.ecs(new UpdateServiceCommand(input));
  return answer.service;
}

/** What a create and an update have in common; a count that is not to change may be Application Auto Scaling's. */
const settings = ({ change, config, found, made }: Act<'services'>, service: Service) => ({
  cluster: only(made.cluster)?.clusterArn,
  taskDefinition: made.taskDefinitions.get(service.name)?.taskDefinitionArn,
  desiredCount: touches(change, 'count') ? firstCount(service, found) : undefined,
  deploymentConfiguration,
  healthCheckGracePeriodSeconds: graceOf(service),
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: subnetKeys(config.network, 'private').map((key) => made.subnets.get(key)?.subnetId ?? ''),
      securityGroups: [made.securityGroups.get(service.name)?.groupId ?? ''],
      assignPublicIp: 'DISABLED' as const,
    },
  },
});

/** A service that is being removed keeps its name until it is gone. */
async function untilGone(act: Act<'services'>): Promise<void> {
  await act.until(`the old service ${act.change.key} to be gone`, 'serviceGone', async () => {
    const left = await describeService(act, act.names.service(serviceOf(act)));
    return left === undefined ? ready(undefined) : pending(left.status ?? 'still there');
  });
}
