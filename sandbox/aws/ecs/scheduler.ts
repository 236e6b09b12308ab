/** The service scheduler: counts and judges the tasks of a service, and starts and stops tasks. */
import { durations } from '../../world/durations.ts';
import type { Events, Region } from '../../world/region.ts';
import { failureThreshold, hasTripped } from './breaker.ts';
import { completeDeployment, failDeployment, primaryOf } from './deployment.ts';
import { countFailures, judge } from './judging.ts';
import { startTasks } from './placement.ts';
import { nextMoves, type Standing } from './rolling.ts';
import { addEvent, stopped, STUCK } from './service-events.ts';
import type { DeploymentRow, ServiceRow, TaskRow } from './store.ts';
import { deleteUnused } from './task-definitions.ts';
import { stop } from './task-life.ts';
import { tick, wake } from './wake.ts';

/** The states in which a task no longer serves or drains. */
const OVER = ['STOPPING', 'DEPROVISIONING', 'STOPPED'];

const isInstant = (region: Region): boolean => region.scaled(1) === 0;

/** Checks a service once, and schedules the next check while the service is not steady. */
export function schedule(region: Region, service: ServiceRow): void {
  if (service.status === 'INACTIVE') return;
  const tasks = region.ecs.tasks.filter((task) => task.serviceArn === service.serviceArn);
  const running = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  if (service.status === 'DRAINING') return drain(region, service, tasks, running);
  countFailures(region, service, tasks);
  const judged = running.map((task) => judge(region, service, task));
  const tripped = primaryOf(service);
  if (tripped && hasTripped(service, tripped)) failDeployment(region, service, tripped);
  const primary = primaryOf(service);
  if (!primary) return;
  const standing = judged.map((one) => ({ ...one, mine: one.task.deploymentId === primary.id }));
  const moved = makeMoves(region, service, primary, standing);
  dropReplaced(service, primary, tasks);
  const isSteady =
    !moved &&
    primary.rolloutState !== 'FAILED' &&
    standing.length === service.desiredCount &&
    standing.every(({ mine, healthy }) => mine && healthy) &&
    tasks.every((task) => task.desiredStatus === 'RUNNING' || OVER.includes(task.lastStatus));
  settle(region, service, primary, isSteady);
  if (!service.steady && primary.rolloutState !== 'FAILED') tick(region, service);
}

/**
 * Makes the scheduler check the services when a call reads them.
 *
 * At the instant pace waits take no time, so a scheduler that waited for a real event, such as a health check, or paused
 * between failures would loop within one run of the agenda. It therefore starts a bounded number of tasks and rests until
 * a call describes services or tasks; at any other pace its own ticks wake it. A check caused by a call also notices when
 * a target of a steady service has become unhealthy.
 */
export function lookAtServices(region: Region): void {
  for (const service of region.ecs.services.filter(({ status }) => status !== 'INACTIVE')) {
    if (!isInstant(region) && !service.steady) continue;
    const [latest] = service.events;
    service.launches = 0;
    schedule(region, service);
    if (service.events[0] !== latest) region.changed();
  }
}

/** @returns whether anything was started or stopped */
function makeMoves(
  region: Region,
  service: ServiceRow,
  primary: DeploymentRow,
  standing: readonly Standing[],
): boolean {
  const moves = nextMoves(service, primary, standing);
  if (moves.stop.length > 0) addEvent(region, service, stopped(moves.stop));
  for (const task of moves.stop) {
    const reason = task.condemned ?? `Scaling activity initiated by (deployment ${primary.id})`;
    stop(region, task, 'ServiceSchedulerInitiated', reason);
  }
  if (moves.stuck) addEvent(region, service, STUCK);
  const mayStart = region.now().getTime() >= (primary.restUntil ?? 0);
  const budget = isInstant(region)
    ? 2 * (service.desiredCount + failureThreshold(service)) - service.launches
    : Infinity;
  const count = mayStart ? Math.min(moves.start, budget) : 0;
  const replaced = standing.filter(({ condemned }) => condemned).length;
  const startedTasks = count > 0 ? startTasks(region, service, primary, count, replaced) : 0;
  service.launches += startedTasks;
  return moves.stop.length > 0 || startedTasks > 0;
}

/**
 * Removes replaced deployments whose tasks no longer serve. A failed deployment is kept until its successor is completed.
 */
function dropReplaced(service: ServiceRow, primary: DeploymentRow, tasks: readonly TaskRow[]): void {
  const isServing = ({ id }: DeploymentRow) =>
    tasks.some((task) => task.deploymentId === id && !OVER.includes(task.lastStatus));
  service.deployments = service.deployments.filter(
    (deployment) =>
      deployment === primary ||
      isServing(deployment) ||
      (deployment.rolloutState === 'FAILED' && primary.rolloutState === 'IN_PROGRESS'),
  );
}

/** Completes a deployment once the service has been steady for a while. */
function settle(region: Region, service: ServiceRow, primary: DeploymentRow, isSteady: boolean): void {
  if (!isSteady) {
    primary.steadySince = undefined;
    service.steady = false;
    return;
  }
  const now = region.now().getTime();
  primary.steadySince ??= now;
  if (now - primary.steadySince < region.scaled(durations.deploymentSettle)) return;
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
  const primary = primaryOf(service);
  if (running.length > 0) addEvent(region, service, stopped(running));
  for (const task of running) {
    stop(
      region,
      task,
      'ServiceSchedulerInitiated',
      `Scaling activity initiated by (deployment ${primary?.id})`,
    );
  }
  if (!tasks.every(({ lastStatus }) => OVER.includes(lastStatus))) return;
  service.status = 'INACTIVE';
  service.inactiveAt = region.now();
  service.deployments = [];
  deleteUnused(region);
}

export const schedulerEvents: Events = {
  'ecs:service-due'(region, arn) {
    const service = region.ecs.services.get(arn);
    if (!service) return;
    service.wakeAt = undefined;
    schedule(region, service);
  },

  /** Handles a load balancer's report that a target's health changed. The subject is the ARN of the target group. */
  'ecs:target-health-changed'(region, targetGroupArn) {
    for (const service of region.ecs.services.all()) {
      const usesIt = service.deployments.some(({ loadBalancers }) =>
        loadBalancers.some((balancer) => balancer.targetGroupArn === targetGroupArn),
      );
      if (usesIt) wake(region, service, 'taskCreate');
    }
  },
};
