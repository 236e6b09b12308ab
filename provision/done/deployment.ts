/** Interprets ECS's description of a deployment that Slipway follows by its id. Pure. */
import type { Deployment, Service as EcsService, ServiceDeployment } from '@aws-sdk/client-ecs';
import { failed, pending, ready, type ProbeResult } from '../../lib/engine/until.ts';
import { revisionName } from '../../lib/aws/task-definition-revisions.ts';
import { shortened } from '../../lib/diagnosis/messages.ts';

/** The deployment that a run waits for. */
export interface FollowedDeployment {
  /** Its id, such as `ecs-svc/1234567890123456789`; undefined until it is known. */
  readonly id: string | undefined;
  /** When ECS created it, according to AWS's clock. */
  readonly createdAt: Date | undefined;
  readonly taskDefinitionArn: string;
  /** Whether ECS has shown it before. */
  readonly wasSeen: boolean;
}

export const isPrimary = ({ status }: Deployment): boolean => status === 'PRIMARY';

/** Returns the entry of a deployment in the description of its service. */
export const shownDeployment = (
  service: EcsService | undefined,
  { id }: Pick<FollowedDeployment, 'id'>,
): Deployment | undefined => service?.deployments?.find((deployment) => (deployment.id ?? UNNAMED) === id);

/**
 * For a run that started no deployment itself: follows the deployment that ECS is carrying out, if that deploys the desired task
 * definition.
 */
export function withId(service: EcsService | undefined, followed: FollowedDeployment): FollowedDeployment {
  const primary = service?.deployments?.find(isPrimary);
  if (followed.id !== undefined || primary?.taskDefinition !== followed.taskDefinitionArn) return followed;
  return { ...followed, id: primary.id ?? UNNAMED, createdAt: primary.createdAt };
}

/** The id of a deployment that the endpoint describes without an id. */
const UNNAMED = '';

/**
 * Returns whether the record of a deployment is needed to know its state: ECS does not show the deployment as the one that it
 * is carrying out, or the deployment has stages that only the record shows.
 */
export function needsRecord(service: EcsService | undefined, followed: FollowedDeployment): boolean {
  if (service?.status !== 'ACTIVE') return false;
  const entry = shownDeployment(service, followed);
  if (entry === undefined || !isPrimary(entry) || entry.rolloutState === 'FAILED') return true;
  const { strategy, alarms, bakeTimeInMinutes } = service.deploymentConfiguration ?? {};
  const hasStages = (strategy ?? 'ROLLING') !== 'ROLLING' || alarms?.enable === true || !!bakeTimeInMinutes;
  return hasStages && entry.rolloutState === 'IN_PROGRESS';
}

/**
 * Returns the state of a deployment. ECS's descriptions may be older than the response to the update, so a deployment that ECS
 * does not show is pending until its record, ECS's messages or a newer deployment show how it ended.
 * @param record the record of the deployment, as far as it was read
 */
export function deploymentState(
  service: EcsService | undefined,
  followed: FollowedDeployment,
  record?: ServiceDeployment,
): ProbeResult<undefined> {
  if (!service) return pending('the service is not visible yet');
  if (service.status !== 'ACTIVE')
    return failed(`the service is ${service.status}: someone else is deleting it`);
  const primary = service.deployments?.find(isPrimary);
  const entry = shownDeployment(service, followed);
  if (!primary) return pending('the deployment is not visible yet');
  if (entry === primary) return stateOfPrimary(service, primary, record);
  const reasons = [
    record?.status === 'STOPPED' ? undefined : record?.statusReason,
    entry?.rolloutState === 'FAILED' ? entry.rolloutStateReason : undefined,
    failureEvent(service, followed),
  ].filter((reason) => reason !== undefined);
  const wasRolledBack =
    isRolledBack(record) || entry?.rolloutState === 'FAILED' || isRollingBack(primary, followed);
  if (wasRolledBack || reasons.length > 0) {
    return failed([...reasons, `ECS rolled back to ${revisionText(primary)}.`].join('\n'));
  }
  if (isSuperseded(primary, followed, record, entry)) {
    return failed(`Another update of the service replaced it with ${revisionText(primary)}.`);
  }
  if (followed.wasSeen && record === undefined) {
    return failed(
      `ECS no longer shows the deployment. It shows a deployment of ${revisionText(primary)} instead.`,
    );
  }
  return pending('the deployment is not visible yet');
}

function stateOfPrimary(
  service: EcsService,
  primary: Deployment,
  record: ServiceDeployment | undefined,
): ProbeResult<undefined> {
  if (primary.rolloutState === 'FAILED') {
    const reasons = [record?.statusReason, primary.rolloutStateReason].filter(Boolean);
    return failed(reasons.length === 0 ? 'the deployment failed' : reasons.join('\n'));
  }
  if (record && (isRolledBack(record) || ['STOP_REQUESTED', 'STOPPED'].includes(record.status ?? '')))
    return failed(record.statusReason ?? `the deployment is ${record.status}`);
  if (primary.rolloutState === 'COMPLETED') return ready(undefined);
  return pending(progressOf(service, primary, record));
}

/** Whether a record says that its deployment is rolled back, or will be. */
export const isRolledBack = (record: ServiceDeployment | undefined): boolean =>
  record?.status?.startsWith('ROLLBACK_') === true;

/** Whether ECS gives a rollback as the reason for a deployment. */
export const isRollback = ({ rolloutStateReason }: Deployment): boolean =>
  rolloutStateReason?.includes('rolling back') === true;

/** Whether the primary deployment is the result of a rollback that began after the followed deployment. */
const isRollingBack = (primary: Deployment, { createdAt }: FollowedDeployment): boolean =>
  isRollback(primary) &&
  (createdAt === undefined || primary.updatedAt === undefined || primary.updatedAt >= createdAt);

/** Whether someone else's deployment has taken the place of the followed one. */
function isSuperseded(
  primary: Deployment,
  { id, createdAt }: FollowedDeployment,
  record: ServiceDeployment | undefined,
  entry: Deployment | undefined,
): boolean {
  // Without an id, the record is that of the newest deployment, which is not the followed one.
  if (record !== undefined && id === undefined) return true;
  if (record !== undefined) return ['STOP_REQUESTED', 'STOPPED', 'SUCCESSFUL'].includes(record.status ?? '');
  const isNewer = createdAt !== undefined && primary.createdAt !== undefined && primary.createdAt > createdAt;
  return entry !== undefined || isNewer;
}

/** Returns ECS's message about the failure of a deployment. */
function failureEvent({ events = [] }: EcsService, { id }: FollowedDeployment): string | undefined {
  if (id === undefined) return undefined;
  const message = events
    .map((event) => event.message ?? '')
    .find((text) => text.includes(`(deployment ${id}) deployment failed`));
  return message === undefined ? undefined : shortened(message).replace(`(deployment ${id}) `, '');
}

/** Formats the task definition of a deployment, such as `shop-dev-web:7`. */
const revisionText = ({ taskDefinition = 'an unknown revision' }: Deployment): string =>
  revisionName(taskDefinition);

/** Describes the progress of a deployment: its stage, its tasks, and the tasks of other deployments that still run. */
function progressOf(service: EcsService, primary: Deployment, record: ServiceDeployment | undefined): string {
  const oldCount = (service.deployments ?? [])
    .filter((deployment) => deployment !== primary)
    .reduce((sum, { runningCount = 0 }) => sum + runningCount, 0);
  const stage = record?.lifecycleStage?.toLowerCase().replaceAll('_', ' ');
  const alarms = record?.alarms?.triggeredAlarmNames ?? [];
  return [
    ...(stage === undefined ? [] : [`stage ${stage}`]),
    taskCounts(primary),
    ...(oldCount > 0 ? [`${oldCount} old running`] : []),
    ...(alarms.length > 0 ? [`alarm ${alarms.join(', ')}`] : []),
  ].join(', ');
}

/** Formats the task counts of a deployment. */
export const taskCounts = ({
  runningCount = 0,
  desiredCount = 0,
  pendingCount = 0,
  failedTasks = 0,
}: Deployment): string =>
  [
    `${runningCount}/${desiredCount} running`,
    ...(pendingCount > 0 ? [`${pendingCount} starting`] : []),
    ...(failedTasks > 0 ? [`${failedTasks} failed`] : []),
  ].join(', ');

/**
 * Makes a function that returns the messages of the events that have been added since its last call, oldest first.
 * @param baseline the events that do not count as new; by default, those of the first call
 */
export function newMessagesSince(baseline: EcsService['events']): (events: EcsService['events']) => string[] {
  let seenIds = baseline && new Set(baseline.map(({ id }) => id));
  return (events = []) => {
    const known = seenIds ?? new Set(events.map(({ id }) => id));
    const fresh = events.filter(({ id }) => !known.has(id));
    seenIds = new Set([...known, ...fresh.map(({ id }) => id)]);
    return fresh.reverse().map(({ message = '' }) => shortened(message));
  };
}
