/** The calls that create an ECS service, or update an existing one. */
import {
  CreateServiceCommand,
  UpdateServiceCommand,
  type Service as EcsService,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { isCode, messageOf } from '../../lib/aws/errors.ts';
import { retagEcs } from '../../lib/aws/retag.ts';
import { isRouted, type Service } from '../../lib/config/config.ts';
import { deploymentSettings } from '../../lib/derive/deployment-settings.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { taskSubnetKeys } from '../../lib/derive/shared-balancer.ts';
import { toCamelCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { takenByOthers } from '../../lib/engine/adopt.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';
import { pending, ready, type ProbeResult } from '../../lib/engine/until.ts';
import type { FoundService } from '../../lib/look/services.ts';
import { touches, type Change, type RELEASE_FIELD } from '../../lib/model/change.ts';
import { only } from '../../lib/model/resources.ts';
import { loadBalancersOf, loadBalancersTo, outgoingTargetGroups } from './load-balancers.ts';
import { registerMissingTargets } from './register-targets.ts';
import { initialCount } from './scaling.ts';

/** The fields of a service that are compared. */
export type ServiceField =
  | 'name'
  | 'status'
  | 'task definition'
  | 'count'
  | 'subnets'
  | 'security group'
  | 'public address'
  | 'load balancers'
  | 'grace seconds'
  | 'exec'
  | 'deployment'
  | 'rollout'
  | 'registered targets'
  | 'running containers'
  | typeof RELEASE_FIELD
  | TagField;

export type ServiceContext = ApplyContext<'services', ServiceField>;

/** The outcome of a create or an update. */
export interface SendResult {
  /** The context of the call. If a create found that the service exists, this is the context of the update. */
  readonly context: ServiceContext;
  /** The service in AWS's response; undefined when nothing was sent. */
  readonly serviceInResponse: EcsService | undefined;
}

/**
 * Returns the grace period of a service; undefined without a load balancer, since the grace period only applies to the health
 * checks of the load balancer.
 */
export const graceOf = ({ containers, graceSeconds }: Service): number | undefined =>
  containers.some(isRouted) ? graceSeconds : undefined;

/** Whether a field is a setting of the service rather than a tag. A change of tags alone does not start a deployment. */
const isSetting = ({ field }: { readonly field: string }): boolean => !field.startsWith('tag.');

/** Whether the change of a field needs no update of the service. */
const isSentOtherwise = ({ field }: { readonly field: string }): boolean =>
  field === 'rollout' || field === 'registered targets';

/**
 * Creates a service. If the name is in use, there are three possible causes: the previous service is not completely deleted,
 * the client token belongs to a deleted service, or the survey did not show the existing service. In the last case, the
 * existing service is updated.
 * @throws FOREIGN when the name belongs to someone else's service
 */
export async function create(context: ServiceContext, service: Service): Promise<SendResult> {
  const name = context.names.service(service);
  let { intent } = context;
  return context.until(`the name ${name} to be free`, 'serviceName', async () => {
    try {
      return ready({ context, serviceInResponse: await sendCreate({ ...context, intent }, service) });
    } catch (error) {
      if (!/not idempotent/.test(messageOf(error))) throw error;
      const existing = await lookForItself(context, service);
      if (existing === undefined && intent === context.intent && intent.token !== '')
        intent = await context.renewIntent();
      if (existing?.status !== 'ACTIVE')
        return pending(`a service with this name is ${existing?.status ?? 'not visible'}`);
      const owner = foreignOwner(existing.tags, context.names.stack, existing.createdAt);
      if (owner !== undefined) throw takenByOthers(`the name ${name}`, owner, error);
      return updateExisting(context, service, existing);
    }
  });
}

/** Looks for a service again. A service that it replaces does not count: it has another name. */
export async function lookForItself(
  context: ServiceContext,
  service: Service,
): Promise<FoundService | undefined> {
  const existing = await context.lookAgain();
  return existing?.serviceName === context.names.service(service) ? existing : undefined;
}

/** Updates a service that the survey did not show. */
async function updateExisting(
  context: ServiceContext,
  service: Service,
  existing: FoundService,
): Promise<ProbeResult<SendResult>> {
  const noChange: Change<ServiceField> = { ...context.change, verb: 'update', fields: [] };
  const updateContext = { ...context, existing, change: context.changeOf(existing) ?? noChange };
  try {
    return ready({ context: updateContext, serviceInResponse: await update(updateContext, service) });
  } catch (error) {
    if (!isCode(error, 'ServiceNotFound', 'ServiceNotActive')) throw error;
    return pending('the service with this name is being deleted');
  }
}

/**
 * Sends a create. Its client token makes it harmless to repeat the call. A service that replaces another one is created without
 * a token.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 */
async function sendCreate(context: ServiceContext, service: Service): Promise<EcsService | undefined> {
  const response = await context.aws.ecs(
    new CreateServiceCommand({
      ...settings(context, service),
      serviceName: context.names.service(service),
      clientToken: context.intent.token || undefined,
      launchType: 'FARGATE',
      loadBalancers: loadBalancersOf(service, context.ids),
      enableECSManagedTags: true,
      propagateTags: 'SERVICE',
      tags: toCamelCaseTags(context.tags),
    }),
  );
  return response.service;
}

/** Updates an existing service. Returns undefined when there was nothing to send. */
export async function update(context: ServiceContext, service: Service): Promise<EcsService | undefined> {
  const { change, existing } = context;
  await retagEcs(context, existing?.serviceArn ?? '');
  const isFailed = existing?.rollout === 'FAILED';
  if (touches(change, 'registered targets') && !touches(change, 'load balancers'))
    await registerMissingTargets(context);
  // ECS starts no deployment for a change of `exec` alone, and tasks that run already would stay as they are.
  const isRestarted = touches(change, 'running containers') || switchesExec(existing, service);
  if (!isFailed && !isRestarted && change.fields.filter(isSetting).every(isSentOtherwise)) return undefined;
  const balancers = touches(change, 'load balancers')
    ? {
        loadBalancers: [
          ...loadBalancersOf(service, context.ids),
          ...loadBalancersTo(outgoingTargetGroups(context, service)),
        ],
      }
    : {};
  return sendUpdate(context, service, {
    ...balancers,
    forceNewDeployment: isFailed || isRestarted || undefined,
  });
}

const allowsExec = ({ exec }: Service): boolean => exec === true;

/** Whether an update switches ECS Exec on or off. */
const switchesExec = (existing: FoundService | undefined, service: Service): boolean =>
  existing?.allowsExec !== undefined && existing.allowsExec !== allowsExec(service);

/**
 * Sends an update with all settings.
 * @param extraSettings members to add to the settings
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export async function sendUpdate(
  context: ServiceContext,
  service: Service,
  extraSettings: Partial<UpdateServiceCommandInput>,
): Promise<EcsService | undefined> {
  const input = { ...settings(context, service), service: context.names.service(service), ...extraSettings };
  const response = await context.aws.ecs(new UpdateServiceCommand(input));
  return response.service;
}

/** The settings that a create and an update share. Omits an unchanged count: Application Auto Scaling may have set it. */
const settings = ({ change, config, existing, found, ids }: ServiceContext, service: Service) => ({
  cluster: only(ids.cluster)?.clusterArn,
  taskDefinition: ids.taskDefinitions.get(service.name)?.taskDefinitionArn,
  desiredCount: touches(change, 'count') ? initialCount(service, found) : undefined,
  deploymentConfiguration: deploymentSettings(service.deploy, existing?.deployment),
  healthCheckGracePeriodSeconds: graceOf(service),
  ...((allowsExec(service) || existing?.allowsExec === true) && {
    enableExecuteCommand: allowsExec(service),
  }),
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: taskSubnetKeys(config).map((key) => ids.subnets.get(key)?.subnetId ?? ''),
      securityGroups: [ids.securityGroups.get(service.name)?.groupId ?? ''],
      assignPublicIp: 'DISABLED' as const,
    },
  },
});
