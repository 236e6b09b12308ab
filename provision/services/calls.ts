/** The calls that create and update an ECS service. */
import {
  CreateServiceCommand,
  UpdateServiceCommand,
  type DeploymentConfiguration,
  type Service as EcsService,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { takenByOthers } from '../../lib/engine/adopt.ts';
import { isCode, messageOf } from '../../lib/aws/errors.ts';
import { touches, type Change } from '../../lib/model/change.ts';
import { isRouted, type Service } from '../../lib/config/config.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import type { FoundService } from '../../lib/look/services.ts';
import { foreignOwner } from '../../lib/look/context.ts';
import { only } from '../../lib/model/resources.ts';
import { retagEcs } from '../../lib/aws/retag.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';
import { toCamelCaseTags } from '../../lib/derive/tags.ts';
import { pending, ready, type ProbeResult } from '../../lib/engine/until.ts';
import { initialCount } from './scaling.ts';
import { loadBalancersOf, outgoingTargetGroups } from './load-balancers.ts';

/** Always sent as a whole: AWS resets omitted fields of a sent block to its defaults. */
export const deploymentConfiguration: DeploymentConfiguration = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  deploymentCircuitBreaker: { enable: true, rollback: true },
};

/** Returns the health check grace period, in seconds; undefined without a load balancer, where ECS does not accept one. */
export const graceOf = ({ containers, graceSeconds }: Service): number | undefined =>
  containers.some(isRouted) ? graceSeconds : undefined;

/** Whether a field is a setting of the service: new tags alone need no update. */
const isSetting = ({ field }: { readonly field: string }): boolean => !field.startsWith('tag.');

/** The result of a create. */
interface Created {
  readonly answered: EcsService | undefined;
  /** The context of what was done: an update if the service existed already. */
  readonly act: ApplyContext<'services'>;
}

/**
 * Creates a service. If its name is in use, there are three possible reasons: the previous service is not completely
 * deleted yet, the client token was used for a deleted service, or the survey did not show an existing service yet, which is
 * then updated.
 * @param changeOf returns the change that an existing service needs
 * @throws FOREIGN if someone else's service has the name
 */
export async function create(
  context: ApplyContext<'services'>,
  service: Service,
  changeOf: (existing: FoundService) => Change | undefined,
): Promise<Created> {
  const name = context.names.service(service);
  let { intent } = context;
  return context.until(`the name ${name} to be free`, 'serviceName', async () => {
    try {
      return ready({ act: context, answered: await sendCreate({ ...context, intent }, service) });
    } catch (error) {
      if (!/not idempotent/.test(messageOf(error))) throw error;
      const existing = await context.lookAgain();
      if (existing === undefined && intent === context.intent && intent.token !== '')
        intent = await context.renewIntent();
      if (existing?.status !== 'ACTIVE')
        return pending(`a service with this name is ${existing?.status ?? 'not visible'}`);
      const owner = foreignOwner(existing.tags, context.names.stack, existing.createdAt);
      if (owner !== undefined) throw takenByOthers(`the name ${name}`, owner, error);
      return updateExisting(context, service, existing, changeOf(existing));
    }
  });
}

/** Updates a service that exists although the survey did not show it. */
async function updateExisting(
  context: ApplyContext<'services'>,
  service: Service,
  existing: FoundService,
  change: Change = { ...context.change, verb: 'update', fields: [] },
): Promise<ProbeResult<Created>> {
  const updating = { ...context, existing, change };
  try {
    return ready({ act: updating, answered: await update(updating, service) });
  } catch (error) {
    if (!isCode(error, 'ServiceNotFound', 'ServiceNotActive')) throw error;
    return pending('the service with this name is being deleted');
  }
}

/**
 * Sends the create. The client token makes repeating it harmless; a service that replaces another has no token.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 */
async function sendCreate(
  context: ApplyContext<'services'>,
  service: Service,
): Promise<EcsService | undefined> {
  const answer = await context.aws.ecs(
    new CreateServiceCommand({
      ...settings(context, service),
      serviceName: context.names.service(service),
      clientToken: context.intent.token || undefined,
      launchType: 'FARGATE',
      loadBalancers: loadBalancersOf(service, context.ids.targetGroups),
      enableECSManagedTags: true,
      propagateTags: 'SERVICE',
      tags: toCamelCaseTags(context.tags),
    }),
  );
  return answer.service;
}

/** Updates an existing service. @returns undefined if nothing had to be sent */
export async function update(
  context: ApplyContext<'services'>,
  service: Service,
): Promise<EcsService | undefined> {
  const { change, existing } = context;
  await retagEcs(context, existing?.serviceArn ?? '');
  const isFailed = existing?.rollout === 'FAILED';
  if (!isFailed && change.fields.filter(isSetting).every(({ field }) => field === 'rollout'))
    return undefined;
  const balancers = touches(change, 'load balancers')
    ? {
        loadBalancers: [
          ...loadBalancersOf(service, context.ids.targetGroups),
          ...outgoingTargetGroups(context, service),
        ],
      }
    : {};
  return send(context, service, { ...balancers, forceNewDeployment: isFailed || undefined });
}

/**
 * Sends an update with all settings.
 * @param more further settings
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export async function send(
  context: ApplyContext<'services'>,
  service: Service,
  more: Partial<UpdateServiceCommandInput>,
): Promise<EcsService | undefined> {
  const input = { ...settings(context, service), service: context.names.service(service), ...more };
  const answer = await context.aws.ecs(new UpdateServiceCommand(input));
  return answer.service;
}

/** The settings that a create and an update share. The count is sent only if it changes: Application Auto Scaling may control it. */
const settings = ({ change, config, found, ids }: ApplyContext<'services'>, service: Service) => ({
  cluster: only(ids.cluster)?.clusterArn,
  taskDefinition: ids.taskDefinitions.get(service.name)?.taskDefinitionArn,
  desiredCount: touches(change, 'count') ? initialCount(service, found) : undefined,
  deploymentConfiguration,
  healthCheckGracePeriodSeconds: graceOf(service),
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: subnetKeys(config.network, 'private').map((key) => ids.subnets.get(key)?.subnetId ?? ''),
      securityGroups: [ids.securityGroups.get(service.name)?.groupId ?? ''],
      assignPublicIp: 'DISABLED' as const,
    },
  },
});
