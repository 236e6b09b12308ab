/** The state that one wait for a service keeps between its probes. */
import type { Task } from '@aws-sdk/client-ecs';
import { factGatherer, type Gather } from '../../lib/diagnosis/gather.ts';
import { reportsTrouble } from '../../lib/diagnosis/messages.ts';
import { tasksOfDeployment } from '../../lib/look/tasks.ts';
import { newProof, type Proof } from './proof.ts';
import { shownDeployment } from './deployment.ts';
import type { FollowedService, WaitContext } from './followed-service.ts';
import type { Sighting } from './sighting.ts';

/** Everything that one wait keeps between its probes. */
export interface ServiceWait {
  readonly followed: FollowedService;
  readonly proof: Proof;
  /** Gathers the facts about the deployment. */
  readonly gather: Gather;
  /** The latest sighting, and its time in milliseconds since 1970. */
  lastSighting: Sighting | undefined;
  lastSightedAt: number;
}

export function newServiceWait(context: WaitContext, followed: FollowedService): ServiceWait {
  let gather: Gather | undefined;
  // The id of the deployment may become known only with the first probe.
  const gatherer = () => {
    const { service, deployment, groups } = followed;
    const { id: deploymentId, taskDefinitionArn } = deployment;
    return factGatherer(context, { service, taskDefinitionArn, deploymentId, targetGroups: groups });
  };
  return {
    followed,
    proof: newProof(context.proofTimes, () => followed.wasComplete),
    gather: (observed) => (gather ??= gatherer())(observed),
    lastSighting: undefined,
    lastSightedAt: Number.NEGATIVE_INFINITY,
  };
}

/** Whether a task cannot start, because one of its containers has failed or is unhealthy while others wait for it. */
const isStuck = ({ lastStatus, containers = [] }: Task): boolean =>
  lastStatus === 'PENDING' &&
  containers.some(({ exitCode = 0, healthStatus }) => exitCode !== 0 || healthStatus === 'UNHEALTHY');

/** Whether something has gone wrong, so that the facts are worth gathering. */
export const hasTrouble = (
  { messages, current, deployment }: FollowedService,
  { tasks, ended, unhealthy }: Sighting,
): boolean =>
  ended.length > 0 ||
  tasksOfDeployment(tasks, deployment).some(isStuck) ||
  (shownDeployment(current, deployment)?.failedTasks ?? 0) > 0 ||
  messages.some(reportsTrouble) ||
  unhealthy.some(({ targets }) => targets.some(({ TargetHealth }) => TargetHealth?.State === 'unhealthy'));

/** Returns the facts that the wait has already read, so that the diagnosis does not read them again. */
export const observedIn = (
  { messages, record }: FollowedService,
  sighting: Sighting | undefined,
  reason?: string,
): Parameters<Gather>[0] => ({
  reason,
  alarms: record?.alarms?.triggeredAlarmNames,
  events: messages,
  tasks: sighting?.tasks,
  targets: sighting?.targets,
});
