/** Plans a rollback: chooses the service and the revision, and checks that the revision can be restored. */
import { describeRevision } from '../lib/aws/task-definition-revisions.ts';
import { STACK_TAG } from '../lib/derive/tags.ts';
import type { Survey } from '../lib/look/found.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import type { Session } from '../lib/run/session.ts';
import { historyOf } from '../history/entries.ts';
import { checkDeployed, deployedServices } from '../history/named-service.ts';
import { readHistory } from '../history/read.ts';
import { chooseRevision, isInService, noSuchRevision } from './choose.ts';
import { checkPorts, serviceAfterRollback } from './deployed-service.ts';
import { checkImages, pinnedImages } from './images.ts';
import type { Rollback } from './restore.ts';

/**
 * Plans a rollback: chooses the revision, and checks that it can be restored.
 * @throws NO_HISTORY, ARGUMENTS, ROLLBACK_REFUSED
 */
export async function planRollback(
  session: Session,
  found: Survey,
  service: string | undefined,
  to: number | undefined,
): Promise<Rollback> {
  const { config, run } = session;
  const context = session.lookContext();
  const { aws, names } = context;
  const deployed = deployedServices(found);
  checkDeployed(config, names.stack, deployed, service);
  const active = deployed.filter((name) => found.services.get(name)?.status === 'ACTIVE');
  const { rollback: unfinished } = run.state.data;
  const key = service ?? unfinished?.service ?? (active.length === 1 ? active[0] : undefined);
  if (key === undefined) throw whichService(active.length > 0 ? active : deployed);
  const existing = found.services.get(key);
  if (existing?.status !== 'ACTIVE') throw notInService(key);
  const facts = await readHistory(context, key, existing.serviceName);
  const entries = historyOf(facts, run.clock.now());
  const currentArn = existing.taskDefinitionArn;
  const revision = chooseRevision({
    service: key,
    entries,
    currentArn,
    to,
    unfinished: unfinished?.service === key ? unfinished.to : undefined,
    isRecorded: facts.deployments !== undefined,
  });
  const wasRestored = isInService({ entries, currentArn }, revision);
  const current =
    facts.definitions.find(({ arn }) => arn === currentArn) ?? (await describeRevision(aws, currentArn));
  // The revision in service has the content already.
  const source = wasRestored
    ? current
    : (facts.definitions.find(({ taskDefinition }) => taskDefinition.revision === revision) ??
      (await describeRevision(aws, `${names.family(key)}:${revision}`)));
  const isOurs = source?.tags[STACK_TAG] === names.stack || source?.arn === currentArn;
  if (!source || !current || !isOurs) throw noSuchRevision(key, revision, entries);
  const definition = source.taskDefinition;
  checkPorts(key, revision, existing, definition);
  const images = wasRestored ? new Map<string, string>() : pinnedImages(key, revision, entries);
  await checkImages(aws, key, revision, images, config.region);
  return {
    key,
    existing,
    revision,
    definition,
    images,
    tags: current.tags,
    caller: context.caller,
    rolePath: names.rolePath,
    roles: current.taskDefinition,
    deployed: serviceAfterRollback(config, key, existing, definition, found),
    isInService: wasRestored,
  };
}

const whichService = (services: readonly string[]) =>
  problem('ARGUMENTS', {
    what: 'The rollback needs the name of a service.',
    why: `The services are ${services.join(', ')}, each with its own revisions.`,
    now: NOTHING_CHANGED,
    fix: services.map((name, index) => `${index === 0 ? '' : 'or '}npm run rollback -- ${name}`),
  });

const notInService = (service: string) =>
  problem('ROLLBACK_REFUSED', {
    what: `${service} is not in service.`,
    why: 'Its ECS service does not exist, or is being deleted.',
    now: NOTHING_CHANGED,
    fix: ['npm run provision'],
  });
