/** Describes a service after its deployment has failed: which version runs, and what the failed version left behind. */
import type { Deployment, Service as EcsService, Task } from '@aws-sdk/client-ecs';
import { revisionName } from '../../lib/aws/task-definition-revisions.ts';
import { isRouted, type Service } from '../../lib/config/config.ts';
import { targetGroupArnsOf } from '../../lib/derive/load-balancer-text.ts';
import { describeService, formerServiceKey, type FoundService } from '../../lib/look/services.ts';
import { tasksOf } from '../../lib/look/tasks.ts';
import { isPrimary } from './deployment.ts';
import type { FollowedService, WaitContext } from './followed-service.ts';
import type { Restoration } from './restore.ts';
import { sight } from './sighting.ts';

/** A group of running tasks with the same task definition. */
interface Version {
  readonly revision: string;
  /** The images of its containers. */
  readonly images: readonly string[];
  readonly tasks: readonly Task[];
}

/** Returns the versions that run, those with the most tasks first. */
function versionsIn(tasks: readonly Task[]): Version[] {
  const versions = new Map<string, Task[]>();
  for (const task of tasks) {
    const revision = revisionName(task.taskDefinitionArn);
    versions.set(revision, [...(versions.get(revision) ?? []), task]);
  }
  return [...versions]
    .map(([revision, ofVersion]) => ({ revision, tasks: ofVersion, images: imagesOf(ofVersion) }))
    .sort((a, b) => b.tasks.length - a.tasks.length);
}

const imagesOf = (tasks: readonly Task[]): string[] => [
  ...new Set(
    tasks.flatMap(({ containers = [] }) =>
      containers.flatMap(({ image }) => (image ? [shortImage(image)] : [])),
    ),
  ),
];

/** Shortens an image reference: drops the registry, and all but twelve digits of a digest. */
const shortImage = (image: string): string =>
  image.replace(/^[^/]+\.[^/]+\//, '').replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');

/**
 * Reads the state of the service, and describes it in sentences. What cannot be read is left out rather than assumed.
 * @param restoration what was done about the failed version
 */
export async function aftermath(
  context: WaitContext,
  followed: FollowedService,
  restoration: Restoration,
): Promise<string> {
  const { service, deployment } = followed;
  const name = context.names.service(service);
  const [current, tasks] = await Promise.all([
    describeService(context, name).catch(() => undefined),
    tasksOf(context, name, 'RUNNING').catch(() => undefined),
  ]);
  if (!current) return 'Everything else is created and recorded; the service could not be read.';
  const failedRevision = revisionName(deployment.taskDefinitionArn);
  const running = tasks?.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  const versions = running && versionsIn(running);
  const primary = current.deployments?.find(isPrimary) ?? {};
  const revision = revisionName(primary.taskDefinition);
  const serving = versions?.find((version) => version.revision === revision);
  const isRestored = revision !== failedRevision;
  const former = context.found?.services.get(formerServiceKey(service.name));
  const other = former && (await otherServiceText(context, service, former));
  const sentences = [
    ...(other?.serves ? [] : [restorationText(restoration, service.name)]),
    other?.text ?? '',
    // With two ECS services, the sentence is about this one and not about the configured service.
    servingText(other ? name : service.name, primary, serving, running !== undefined),
    ...(isRestored ? [await healthText(context, followed, current)] : []),
    ...(isRestored
      ? leftovers(followed, current, failedRevision, versions ?? [])
      : [keptText(current, service.name)]),
  ];
  return sentences.filter(Boolean).join(' ');
}

/**
 * Describes the other ECS service of the configured service, if it still runs. After a failed replacement, it is the former
 * service, which serves until the rules switch to its successor. After a replacement that was given up, it is the successor that
 * failed then, and receives no requests.
 */
async function otherServiceText(
  context: WaitContext,
  service: Service,
  { serviceName, status }: FoundService,
): Promise<{ readonly text: string; readonly serves: boolean } | undefined> {
  const other = await describeService(context, serviceName).catch(() => undefined);
  if (status !== 'ACTIVE' || !other) return undefined;
  const { taskDefinition, runningCount = 0, desiredCount = 0, loadBalancers = [] } = other;
  const counts = `it runs ${revisionName(taskDefinition)} with ${runningCount} of ${desiredCount} tasks`;
  const groups = loadBalancers.flatMap(targetGroupArnsOf);
  const rules = [...(context.found?.rules.values() ?? [])];
  const serves = groups.length === 0 || rules.some(({ targetGroupArn }) => groups.includes(targetGroupArn));
  const text = serves
    ? `The former ECS service ${serviceName} still receives the requests of ${service.name}: ${counts}. Its successor ${context.names.service(service)} failed.`
    : `The ECS service ${serviceName} is left from an earlier replacement that failed, and receives no requests: ${counts}. The next provision that succeeds removes it.`;
  return { text, serves };
}

function restorationText(restoration: Restoration, name: string): string {
  switch (restoration.outcome) {
    case 'stopped':
      return 'Slipway stopped the deployment and restored the previous version.';
    case 'updated back':
      return `Slipway updated ${name} back to the previous version.`;
    case 'ended by ECS':
      return 'ECS ended the deployment.';
    case 'unchanged':
      return `This run did not change ${name}.`;
    case 'still in progress':
      return 'The deployment continues; ECS may still finish it.';
    case 'no earlier version':
      return `No earlier version of ${name} was ever deployed, so none was restored.`;
    case 'superseded':
      return `Another update of ${name} has begun meanwhile, so nothing was restored.`;
    case 'unfinished':
      return `The previous version was not restored completely: ${restoration.why.replace(/\.$/, '')}.`;
  }
}

function servingText(
  name: string,
  { desiredCount = 0, taskDefinition }: Deployment,
  serving: Version | undefined,
  areTasksKnown: boolean,
): string {
  const revision = revisionName(taskDefinition);
  if (!areTasksKnown) return `${name} is set to run ${revision}.`;
  const images = serving && serving.images.length > 0 ? ` (${serving.images.join(', ')})` : '';
  return `${name} runs ${revision}${images} with ${serving?.tasks.length ?? 0} of ${desiredCount} tasks.`;
}

/** Reports targets that are not healthy although their version is restored. */
async function healthText(
  context: WaitContext,
  followed: FollowedService,
  current: EcsService,
): Promise<string> {
  const { service, groups } = followed;
  const count = current.desiredCount ?? 0;
  const primary = current.deployments?.find(isPrimary);
  const restored = {
    id: primary?.id,
    createdAt: undefined,
    taskDefinitionArn: primary?.taskDefinition ?? '',
    wasSeen: true,
  };
  const inUse = new Map(
    [...groups].filter(([, { targetGroupArn }]) =>
      current.loadBalancers?.some((balancer) => targetGroupArnsOf(balancer).includes(targetGroupArn)),
    ),
  );
  const usable = {
    ...service,
    containers: service.containers.filter((container) => isRouted(container) && inUse.has(container.key)),
  };
  const sighting = await sight(context, usable, restored, { count, groups: inUse }).catch(() => undefined);
  return (sighting?.unhealthy ?? [])
    .map(
      ({ container, healthyCount }) =>
        `Only ${healthyCount} of ${count} targets of ${container.name} are healthy.`,
    )
    .join(' ');
}

/** Lists what the failed version left behind: tasks that are still running, its revision, and target groups without targets. */
function leftovers(
  { service, groups }: FollowedService,
  current: EcsService,
  failedRevision: string,
  versions: readonly Version[],
): string[] {
  const remaining = versions.find(({ revision }) => revision === failedRevision)?.tasks.length ?? 0;
  const unused = service.containers
    .filter(isRouted)
    .map(({ key }) => groups.get(key)?.targetGroupArn ?? '')
    .filter((arn) => !current.loadBalancers?.some(({ targetGroupArn }) => targetGroupArn === arn))
    .map((arn) => arn.split('/').at(-2) ?? arn);
  return [
    ...(remaining > 0 ? [`Tasks of ${failedRevision} that are still being stopped: ${remaining}.`] : []),
    ...(unused.length > 0 ? [`Target groups without targets: ${unused.join(', ')}.`] : []),
    `${failedRevision} stays registered; the next provision deploys the configuration again.`,
  ];
}

/** Says what ECS does with a failed version that remains in place. */
function keptText({ deployments = [] }: EcsService, name: string): string {
  const state = deployments.find(isPrimary)?.rolloutState;
  const kept =
    'Everything else is created and recorded; the failed service is kept so that you can inspect it.';
  if (state === 'FAILED') return `${kept} ECS starts no more of its tasks.`;
  if (state === 'COMPLETED')
    return `${kept} ECS keeps restarting its tasks until ${name} is corrected or removed.`;
  return `${kept} ECS keeps starting tasks until its circuit breaker ends the deployment.`;
}
