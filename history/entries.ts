/** Derives the history of a service from the facts that ECS records: one entry per deployment. Pure. */
import type { ServiceDeployment, ServiceRevision } from '@aws-sdk/client-ecs';
import { revisionNumber, type Revision } from '../lib/aws/task-definition-revisions.ts';
import { callerName } from '../lib/derive/caller-name.ts';
import { changesBetween } from '../lib/derive/revision-words.ts';
import { BY_TAG, RESTORES_TAG } from '../lib/derive/tags.ts';
import { definitionFields } from '../lib/derive/task-definition.ts';
import type { DeploymentOutcome } from '../lib/run/results.ts';
import type { HistoryFacts } from './read.ts';
import { sharesIn } from './shares.ts';

/** The image of a container. */
export interface DeployedImage {
  readonly container: string;
  /** The reference in the task definition. */
  readonly reference: string;
  /** The digest that the deployment used, e.g. `sha256:…`; undefined if it is not known. */
  readonly digest: string | undefined;
}

/** One deployment of a revision, or a revision of which no deployment is known. */
export interface HistoryEntry {
  /** The number of the task definition's revision. */
  readonly revision: number;
  readonly taskDefinitionArn: string;
  /** The start of the deployment, or else the registration of the revision. */
  readonly at: Date | undefined;
  /** The caller that registered the revision; undefined if it is not known, and for later deployments of the same revision. */
  readonly by: string | undefined;
  /** The changes compared with the previous revision, in words. */
  readonly changes: readonly string[];
  /** The revision that this one restores, if a rollback registered it. */
  readonly restores: number | undefined;
  readonly images: readonly DeployedImage[];
  readonly outcome: DeploymentOutcome;
  /** The reason for the outcome, in ECS's words. */
  readonly reason: string | undefined;
  /** Whether tasks of this deployment are in service. While ECS shifts requests, tasks without a share are not. */
  readonly isServing: boolean;
  /** The share of the requests that its tasks get while ECS shifts requests, 1 to 99. */
  readonly trafficPercent: number | undefined;
}

const OUTCOMES: Readonly<Record<string, DeploymentOutcome>> = {
  SUCCESSFUL: 'successful',
  ROLLBACK_REQUESTED: 'in progress',
  ROLLBACK_IN_PROGRESS: 'rolled back',
  ROLLBACK_SUCCESSFUL: 'rolled back',
  ROLLBACK_FAILED: 'rolled back',
  STOPPED: 'stopped',
  STOP_REQUESTED: 'in progress',
  PENDING: 'in progress',
  IN_PROGRESS: 'in progress',
};

/** Milliseconds for which ECS keeps the record of a deployment. */
const KEPT_MS = 90 * 86_400_000;

/** One deployment or registration, before it is compared with the others. */
interface Event {
  readonly at: Date | undefined;
  readonly deployment: ServiceDeployment | undefined;
  readonly serviceRevision: ServiceRevision | undefined;
  readonly definition: Revision;
}

/**
 * Returns the history of a service, the newest deployment first.
 * @param now milliseconds since 1970
 */
export function historyOf(facts: HistoryFacts, now: number): HistoryEntry[] {
  const events = eventsIn(facts);
  const serving = servingEvents(facts, events);
  const shares = sharesIn(facts);
  const definitions = [...facts.definitions].sort((a, b) => revisionNumber(a.arn) - revisionNumber(b.arn));
  return events
    .map((event, index): HistoryEntry => {
      const { arn, tags, taskDefinition } = event.definition;
      const share = shares.get(event.serviceRevision?.serviceRevisionArn ?? '') ?? 100;
      const isServing = serving.has(event) && share > 0;
      const earlier = events.slice(0, index);
      const isRepeat = earlier.some(({ definition }) => definition.arn === arn);
      return {
        revision: revisionNumber(arn),
        taskDefinitionArn: arn,
        at: event.at,
        by: isRepeat ? undefined : (tags[BY_TAG] ?? callerName(taskDefinition.registeredBy ?? '')),
        changes: [
          ...(isRepeat ? [] : definitionChanges(event.definition, definitions)),
          ...settingChanges(
            event,
            earlier.findLast(({ deployment }) => deployment !== undefined),
          ),
        ],
        restores: tags[RESTORES_TAG] === undefined ? undefined : Number(tags[RESTORES_TAG]),
        images: imagesOf(event),
        ...endingOf(event, facts, now),
        isServing,
        trafficPercent: isServing && share < 100 ? share : undefined,
      };
    })
    .reverse();
}

/** Returns the deployments, and the revisions without a deployment, the oldest first. */
function eventsIn({ deployments = [], serviceRevisions, definitions }: HistoryFacts): Event[] {
  const revisions = new Map(serviceRevisions.map((row) => [row.serviceRevisionArn, row]));
  const byArn = new Map(definitions.map((row) => [row.arn, row]));
  const deployed = deployments.flatMap((deployment): Event[] => {
    const serviceRevision = revisions.get(deployment.targetServiceRevision?.arn);
    const definition = byArn.get(serviceRevision?.taskDefinition ?? '');
    return definition ? [{ at: deployment.createdAt, deployment, serviceRevision, definition }] : [];
  });
  const deployedArns = new Set(deployed.map(({ definition }) => definition.arn));
  const registered = definitions
    .filter(({ arn }) => !deployedArns.has(arn))
    .map((definition): Event => ({
      at: definition.taskDefinition.registeredAt,
      deployment: undefined,
      serviceRevision: undefined,
      definition,
    }));
  const order = ({ at, definition }: Event) => [at?.getTime() ?? 0, revisionNumber(definition.arn)] as const;
  return [...deployed, ...registered].sort((a, b) => {
    const [[timeA, numberA], [timeB, numberB]] = [order(a), order(b)];
    return timeA - timeB || numberA - numberB;
  });
}

/**
 * Selects the events whose tasks are in service. The id of a deployment ends like the ARN of its service revision. After ECS has
 * rolled a deployment back, an earlier deployment of the same revision is in service.
 */
function servingEvents({ current }: HistoryFacts, events: readonly Event[]): ReadonlySet<Event> {
  const running = current.filter(({ runningCount = 0 }) => runningCount > 0);
  const inService = running.length > 0 ? running : current.filter(({ status }) => status === 'PRIMARY');
  return new Set(
    inService.flatMap(({ id = '', taskDefinition }) => {
      const number = id.split('/').at(-1) ?? '';
      const isSame = ({ serviceRevision }: Event) =>
        number !== '' && serviceRevision?.serviceRevisionArn?.endsWith(`/${number}`) === true;
      const candidates = events.filter(({ definition }) => definition.arn === taskDefinition);
      return events.findLast(isSame) ?? candidates.at(-1) ?? [];
    }),
  );
}

/** Compares a revision with the previous one. */
function definitionChanges({ arn, taskDefinition }: Revision, definitions: readonly Revision[]): string[] {
  const before = definitions[definitions.findIndex((other) => other.arn === arn) - 1];
  return before === undefined
    ? []
    : changesBetween(definitionFields(before.taskDefinition), definitionFields(taskDefinition));
}

/** Compares the settings of two deployments that are not part of the task definition. */
function settingChanges({ deployment, serviceRevision }: Event, before: Event | undefined): string[] {
  if (!deployment || !before?.serviceRevision || !serviceRevision) return [];
  const network = ({ networkConfiguration }: ServiceRevision) => networkConfiguration?.awsvpcConfiguration;
  const text = (value: unknown) => JSON.stringify(value) ?? '';
  const sorted = (values: readonly string[] = []) => text([...values].sort());
  const former = before.serviceRevision;
  const count = (other: ServiceDeployment | undefined) => other?.targetServiceRevision?.requestedTaskCount;
  const isSettled = [deployment, before.deployment].every((other) => other?.status === 'SUCCESSFUL');
  const counts = [count(before.deployment), count(deployment)];
  return [
    ...(isSettled && counts.every((value) => value) && counts[0] !== counts[1] ? ['count'] : []),
    ...(sorted(network(former)?.subnets) === sorted(network(serviceRevision)?.subnets) ? [] : ['subnets']),
    ...(sorted(network(former)?.securityGroups) === sorted(network(serviceRevision)?.securityGroups)
      ? []
      : ['security group']),
    ...(text(former.loadBalancers) === text(serviceRevision.loadBalancers) ? [] : ['load balancers']),
  ];
}

/** Returns the images of an event. A reference may contain the digest; otherwise ECS has resolved it for the deployment. */
const imagesOf = ({ definition, serviceRevision }: Event): DeployedImage[] =>
  (definition.taskDefinition.containerDefinitions ?? []).map(({ name = '', image = '' }) => ({
    container: name,
    reference: image,
    digest:
      /@(\w+:[0-9a-f]+)$/.exec(image)?.[1] ??
      serviceRevision?.containerImages?.find(({ containerName }) => containerName === name)?.imageDigest,
  }));

function endingOf(
  { at, deployment }: Event,
  { deployments, createdAt }: HistoryFacts,
  now: number,
): Pick<HistoryEntry, 'outcome' | 'reason'> {
  if (deployment) {
    const outcome = OUTCOMES[deployment.status ?? ''] ?? 'unknown';
    return { outcome, reason: outcome === 'successful' ? undefined : deployment.statusReason };
  }
  const recordedSince = Math.max(now - KEPT_MS, createdAt?.getTime() ?? 0);
  const isRecorded = deployments !== undefined && at !== undefined && at.getTime() > recordedSince;
  return { outcome: isRecorded ? 'not deployed' : 'unknown', reason: undefined };
}
