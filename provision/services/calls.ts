/** The calls that make an ECS service, or bring one that is there to what it should be. */
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

/** Always sent whole: AWS fills what a sent block leaves out with its own defaults. */
export const deploymentConfiguration: DeploymentConfiguration = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  deploymentCircuitBreaker: { enable: true, rollback: true },
};

/** Without a load balancer there is no health check that a grace period could be for. */
export const graceOf = ({ containers, graceSeconds }: Service): number | undefined =>
  containers.some(isRouted) ? graceSeconds : undefined;

/** New tags alone make no new revision. */
const isSetting = ({ field }: { readonly field: string }): boolean => !field.startsWith('tag.');

/** What a create came to. */
interface Created {
  readonly answered: EcsService | undefined;
  /** The act, as what it turned out to be: an update when the service was there. */
  readonly act: ApplyContext<'services'>;
}

/**
 * Makes a service. That its name is in use means one of three things: the service before it is not quite gone, the token
 * is that of a service that is, or a look did not show yet the one that is there, which is then brought to what it should
 * be.
 * @param compared what must change in a service that is there after all
 * @throws FOREIGN when somebody else's service has the name
 */
export async function create(
  context: ApplyContext<'services'>,
  service: Service,
  compared: (there: FoundService) => Change | undefined,
): Promise<Created> {
  const name = context.names.service(service);
  let { intent } = context;
  return context.until(`the name ${name} to be free`, 'serviceName', async () => {
    try {
      return ready({ act: context, answered: await sendCreate({ ...context, intent }, service) });
    } catch (error) {
      if (!/not idempotent/.test(messageOf(error))) throw error;
      const there = await context.lookAgain();
      if (there === undefined && intent === context.intent && intent.token !== '')
        intent = await context.renewIntent();
      if (there?.status !== 'ACTIVE') return pending(`what has it is ${there?.status ?? 'not shown'}`);
      const owner = foreignOwner(there.tags, context.names.stack, there.createdAt);
      if (owner !== undefined) throw takenByOthers(`the name ${name}`, owner, error);
      return updateExisting(context, service, there, compared(there));
    }
  });
}

/** Takes on a service that is there after all. */
async function updateExisting(
  context: ApplyContext<'services'>,
  service: Service,
  item: FoundService,
  change: Change = { ...context.change, verb: 'update', fields: [] },
): Promise<ProbeResult<Created>> {
  const updating = { ...context, existing: item, change };
  try {
    return ready({ act: updating, answered: await update(updating, service) });
  } catch (error) {
    if (!isCode(error, 'ServiceNotFound', 'ServiceNotActive')) throw error;
    return pending('what has it is gone in a moment');
  }
}

/**
 * The token makes a repeat of this very call harmless; a service that takes the place of another goes without.
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

/** Brings a service that is there to what it should be. @returns undefined when there was nothing to send */
export async function update(
  context: ApplyContext<'services'>,
  service: Service,
): Promise<EcsService | undefined> {
  const { change, existing: item } = context;
  await retagEcs(context, item?.serviceArn ?? '');
  const isFailed = item?.rollout === 'FAILED';
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

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
export async function send(
  context: ApplyContext<'services'>,
  service: Service,
  more: Partial<UpdateServiceCommandInput>,
): Promise<EcsService | undefined> {
  const input = { ...settings(context, service), service: context.names.service(service), ...more };
  const answer = await context.aws.ecs(new UpdateServiceCommand(input));
  return answer.service;
}

/** What a create and an update have in common; a count that is not to change may be Application Auto Scaling's. */
const settings = ({ change, config, found, ids: made }: ApplyContext<'services'>, service: Service) => ({
  cluster: only(made.cluster)?.clusterArn,
  taskDefinition: made.taskDefinitions.get(service.name)?.taskDefinitionArn,
  desiredCount: touches(change, 'count') ? initialCount(service, found) : undefined,
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
