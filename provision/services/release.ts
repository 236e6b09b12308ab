/** The release commands of a service: they run once per deployment, with the new version, before its tasks start. */
import { TagResourceCommand } from '@aws-sdk/client-ecs';
import {
  describeRevision,
  registrableContent,
  revisionName,
} from '../../lib/aws/task-definition-revisions.ts';
import type { Container, Service } from '../../lib/config/config.ts';
import { taskSubnetKeys } from '../../lib/derive/shared-balancer.ts';
import { RELEASED_TAG, tagsOf } from '../../lib/derive/tags.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { RELEASE_FIELD, type Change } from '../../lib/model/change.ts';
import { problem, type Problem } from '../../lib/model/problem.ts';
import { endingOf } from '../../lib/one-off/ending.ts';
import { runTask, type RunTaskContext, type TaskEnd } from '../../lib/one-off/run-task.ts';
import type { OneOffRequest } from '../../lib/one-off/start-task.ts';
import { shownCommand } from '../../lib/program/shown-text.ts';
import type { ServiceContext, ServiceField } from './calls.ts';

/** A container with a release command. */
type Released = Container & { readonly release: readonly string[] };

const isReleased = (container: Container): container is Released => container.release !== undefined;

/** E.g. `node migrate.js`, without what looks like a secret. */
const commandText = ({ release }: Released): string => shownCommand(release.join(' '));

/**
 * Adds the release commands to the change of a service that deploys a revision for which they have not succeeded. Whether they have
 * is a tag of the revision, so neither drift nor a repeated run runs them again.
 * @param isNewRevision whether a new revision is about to be registered
 */
export function withRelease(
  { config }: Desired,
  found: Survey,
  change: Change<ServiceField>,
  isNewRevision: boolean,
): Change<ServiceField> {
  const service = config.services.find(({ name }) => name === change.key);
  const commands = (service?.containers ?? []).filter(isReleased);
  const revision = found.taskDefinitions.get(change.key);
  const isDeployed = revision?.taskDefinitionArn === found.services.get(change.key)?.taskDefinitionArn;
  const isDue = isNewRevision || !revision || (!isDeployed && revision.tags[RELEASED_TAG] === undefined);
  if (!isDue || commands.length === 0 || !['create', 'update', 'replace'].includes(change.verb))
    return change;
  const runs = commands
    .map((container) => `runs ${commandText(container)} in ${container.name}`)
    .join(', then ');
  const field = { field: RELEASE_FIELD, from: undefined, to: `${runs} before the new tasks start` } as const;
  return { ...change, fields: [...change.fields, field] };
}

/**
 * Runs the release commands of a service in sequence, and tags the revision once all have succeeded. A run that is killed
 * before that runs them again.
 * @throws RELEASE if a command fails; TASK if ECS starts no task
 */
export async function release(context: ServiceContext, service: Service): Promise<void> {
  const { aws, change, ids } = context;
  if (!change.fields.some(({ field }) => field === RELEASE_FIELD)) return;
  const resourceArn = ids.taskDefinitions.get(service.name)?.taskDefinitionArn ?? '';
  const revision = await describeRevision(aws, resourceArn);
  const definition = registrableContent(revision?.taskDefinition ?? {});
  for (const container of service.containers.filter(isReleased))
    await releaseContainer(context, service, container, definition);
  const value = new Date(context.clock.now()).toISOString();
  await aws.ecs(new TagResourceCommand({ resourceArn, tags: [{ key: RELEASED_TAG, value }] }));
}

async function releaseContainer(
  context: ServiceContext,
  service: Service,
  container: Released,
  definition: OneOffRequest['definition'],
): Promise<void> {
  const { config, ids, names } = context;
  const request: OneOffRequest = {
    ...{ service, container: container.name, command: container.release, startedBy: 'release', definition },
    network: {
      subnets: taskSubnetKeys(config).map((key) => ids.subnets.get(key)?.subnetId ?? ''),
      securityGroups: [ids.securityGroups.get(service.name)?.groupId ?? ''],
      assignPublicIp: 'DISABLED',
    },
    tags: tagsOf(config, names.stack, 'taskDefinitions', service.name),
  };
  const runContext: RunTaskContext = {
    ...context,
    wait: (what, probe) => context.until(what, 'oneOff', probe),
  };
  const end = await runTask(runContext, request, {
    onStarted: ({ id }) => context.note(`${service.name}: task ${id} runs ${commandText(container)}`),
    onWarning: (text) => context.note(text),
    onLines: () => undefined,
  });
  if (end.exitCode === 0 && !end.wasStopped)
    return context.note(`${service.name}: ${commandText(container)} has succeeded`);
  throw await releaseFailed(context, request, container, end);
}

async function releaseFailed(
  context: ServiceContext,
  request: OneOffRequest,
  container: Released,
  { task, started, exitCode, wasStopped }: TaskEnd,
): Promise<Problem> {
  const { cause, evidence } = await endingOf(context, request, task);
  const { service } = request;
  const inService = context.existing?.taskDefinitionArn;
  const ending = wasStopped
    ? 'was stopped'
    : exitCode === undefined
      ? 'did not start'
      : `failed with exit code ${exitCode}`;
  return problem('RELEASE', {
    what: `The release command of ${service.name} ${ending}: ${commandText(container)}.`,
    why: [...(cause ? [`${cause.what}.`] : []), ...evidence].join('\n') || 'ECS gives no reason.',
    now: `Task ${started.id} has ended, and no service was deployed: ${
      inService === undefined
        ? `${service.name} does not run yet`
        : `${revisionName(inService)} keeps serving`
    }. What the command itself has changed stays.`,
    fix: [
      ...(cause?.fix ?? []),
      'npm run provision, once the cause is fixed; it runs the command again',
      context.awsCommand(
        `aws logs tail ${context.names.logGroup} --log-stream-names ${service.name}/${container.name}/${started.id}`,
      ) + ', for the complete log',
    ],
  });
}
