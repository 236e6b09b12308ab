/** The service scheduler: assesses the tasks of a service, and starts and stops tasks. */
import { durations } from '../../world/durations.ts';
import type { Events, Region } from '../../world/region.ts';
import { failureThreshold } from './breaker.ts';
import { completeDeployment, failDeployment, primaryOf } from './deployment.ts';
import { bakeTimeOf } from './deployment-alarms.ts';
import { failureOf } from './deployment-failures.ts';
import { assessTask, countFailures } from './assessment.ts';
import { startTasks } from './placement.ts';
import { stopTasks } from './scheduled-stops.ts';
import { addEvent, STUCK } from './service-events.ts';
import type { DeploymentRow, ServiceRow, TaskRow } from './store.ts';
import { advance } from './strategies/advance.ts';
import { groupsOf } from './strategies/groups.ts';
import { isCommitted, movesOf, shiftOf, type SetMoves } from './strategies/sets.ts';
import { deleteUnusedDefinitions } from './task-definitions.ts';
import { tick, wake } from './wake.ts';

/** The states of a task that has finished serving and draining. */
const NO_LONGER_SERVING = ['STOPPING', 'DEPROVISIONING', 'STOPPED'];

const isInstantPace = (region: Region): boolean => region.scaled(1) === 0;

/** Checks a service once, and schedules the next check while the service is not steady. */
export function checkService(region: Region, service: ServiceRow): void {
  if (service.status === 'INACTIVE') return;
  const tasks = region.ecs.tasks.filter((task) => task.serviceArn === service.serviceArn);
  const running = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  if (service.status === 'DRAINING') return drain(region, service, tasks, running);
  countFailures(region, service, tasks);
  const assessments = running.map((task) => assessTask(region, service, task));
  const deployment = primaryOf(service);
  const failure =
    deployment &&
    (failureOf(region, service, deployment) ?? advance(region, service, deployment, assessments));
  if (failure) failDeployment(region, service, deployment, failure);
  // After a rollback, another deployment is the PRIMARY one.
  const primary = primaryOf(service);
  if (!primary) return;
  const assessed = assessments.map((one) => ({ ...one, isPrimary: one.task.deploymentId === primary.id }));
  const hasMoved = movesOf(service, primary, assessed)
    .map((set) => makeMoves(region, service, primary, set))
    .some(Boolean);
  dropReplaced(service, primary, tasks);
  const isSteady =
    !hasMoved &&
    !shiftOf(service, primary) &&
    primary.rolloutState !== 'FAILED' &&
    assessed.length === service.desiredCount &&
    assessed.every(({ isPrimary, isHealthy }) => isPrimary && isHealthy) &&
    tasks.every((task) => task.desiredStatus === 'RUNNING' || NO_LONGER_SERVING.includes(task.lastStatus));
  settle(region, service, primary, isSteady);
  if (!service.steady && primary.rolloutState !== 'FAILED') tick(region, service);
}

/**
 * Makes the scheduler check the services when a call reads them.
 *
 * At the instant pace, waits take no time. If the scheduler waited at this pace for a real event such as a health check,
 * or paused between failures, it would loop indefinitely. It therefore starts a bounded number of tasks, and then does nothing
 * until a call describes services or tasks. At any other pace, the scheduler's own ticks wake it.
 *
 * At every pace, a check on a read also notices that a target of a steady service has become unhealthy.
 */
export function checkServicesOnRead(region: Region): void {
  for (const service of region.ecs.services.filter(({ status }) => status !== 'INACTIVE')) {
    if (!isInstantPace(region) && !service.steady) continue;
    const [latest] = service.events;
    service.launchCount = 0;
    checkService(region, service);
    if (service.events[0] !== latest) region.changed();
  }
}

/** Starts and stops tasks. @returns whether any task was started or stopped */
function makeMoves(
  region: Region,
  service: ServiceRow,
  primary: DeploymentRow,
  { deployment, moves, replacedCount }: SetMoves,
): boolean {
  stopTasks(region, service, moves.tasksToStop, primary.id);
  if (moves.isStuck) addEvent(region, service, STUCK);
  const mayStart = region.now().getTime() >= (deployment.pausedUntil ?? 0);
  const budget = isInstantPace(region)
    ? 2 * (service.desiredCount + failureThreshold(service)) - service.launchCount
    : Infinity;
  const count = mayStart ? Math.min(moves.startCount, budget) : 0;
  const startedCount = count > 0 ? startTasks(region, service, deployment, count, replacedCount) : 0;
  service.launchCount += startedCount;
  return moves.tasksToStop.length > 0 || startedCount > 0;
}

/**
 * Removes replaced deployments whose tasks no longer serve. A failed deployment is kept while its successor is in progress.
 */
function dropReplaced(service: ServiceRow, primary: DeploymentRow, tasks: readonly TaskRow[]): void {
  const isServing = ({ id }: DeploymentRow) =>
    tasks.some((task) => task.deploymentId === id && !NO_LONGER_SERVING.includes(task.lastStatus));
  service.deployments = service.deployments.filter(
    (deployment) =>
      deployment === primary ||
      isServing(deployment) ||
      (deployment.rolloutState === 'FAILED' && primary.rolloutState === 'IN_PROGRESS'),
  );
}

/** Completes a deployment once the service has been steady for a while, which includes the bake time. */
function settle(region: Region, service: ServiceRow, primary: DeploymentRow, isSteady: boolean): void {
  if (!isSteady) {
    primary.steadySince = undefined;
    service.steady = false;
    return;
  }
  const now = region.now().getTime();
  primary.steadySince ??= now;
  const settleTime = region.scaled(durations.deploymentSettle);
  const mustBake = primary.rolloutState === 'IN_PROGRESS' && !isCommitted(service, primary);
  const bakeTime = mustBake ? bakeTimeOf(region, service, primary) : 0;
  if (now - primary.steadySince < settleTime + bakeTime) return;
  completeDeployment(region, service, primary);
  service.deployments = [primary];
}

/** Stops the tasks of a deleted service. The service becomes INACTIVE when all its tasks are stopping or stopped. */
function drain(
  region: Region,
  service: ServiceRow,
  tasks: readonly TaskRow[],
  running: readonly TaskRow[],
): void {
  stopTasks(region, service, running, primaryOf(service)?.id);
  if (!tasks.every(({ lastStatus }) => NO_LONGER_SERVING.includes(lastStatus))) return;
  service.status = 'INACTIVE';
  service.inactiveAt = region.now();
  service.deployments = [];
  // ECS deletes the history of a service together with the service.
  service.rollouts = [];
  deleteUnusedDefinitions(region);
}

export const schedulerEvents: Events = {
  'ecs:service-due'(region, arn) {
    const service = region.ecs.services.get(arn);
    if (!service) return;
    service.wakeAt = undefined;
    checkService(region, service);
  },

  /** Handles a load balancer's report that the health of a target in the group has changed. */
  'ecs:target-health-changed'(region, targetGroupArn) {
    for (const service of region.ecs.services.all()) {
      const usesGroup = service.deployments.some((deployment) =>
        groupsOf(deployment).includes(targetGroupArn),
      );
      if (usesGroup) wake(region, service, 'taskCreate');
    }
  },
};
