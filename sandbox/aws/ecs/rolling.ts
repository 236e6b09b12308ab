/** The arithmetic of a rolling update: how many tasks to start and which to stop, within the service's percentages. */
import type { DeploymentRow, ServiceRow, TaskRow } from './store.ts';

/** A task with desired status RUNNING, as the scheduler assesses it. */
export interface AssessedTask {
  readonly task: TaskRow;
  /** Whether the task belongs to the PRIMARY deployment. */
  readonly isPrimary: boolean;
  readonly isHealthy: boolean;
  /** Whether the task is unhealthy and must be replaced. */
  readonly mustBeReplaced: boolean;
  /** Whether neither scaling in nor a deployment may stop the task. An unhealthy task is replaced nevertheless. */
  readonly isProtected: boolean;
}

/** The tasks to stop, and the number of tasks to start. */
export interface Moves {
  readonly tasksToStop: readonly TaskRow[];
  readonly startCount: number;
  /** Whether the percentages prevent the service from stopping or starting any task, now or later. */
  readonly isStuck: boolean;
}

/**
 * Returns the next moves of a service.
 *
 * Tasks above the desired count are stopped first: those that are not healthy yet, then the newest. Tasks of other
 * deployments are stopped as soon as the minimum allows. Protected tasks are stopped in neither case. The replacements of
 * unhealthy tasks start first if the maximum allows, and the unhealthy tasks are stopped once enough others are healthy.
 * A FAILED deployment neither starts nor replaces tasks, so the tasks that served before continue to serve.
 * @param tasks the tasks with desired status RUNNING, the oldest first
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
export function nextMoves(
  { desiredCount, deploymentConfiguration }: Pick<ServiceRow, 'desiredCount' | 'deploymentConfiguration'>,
  { rolloutState }: Pick<DeploymentRow, 'rolloutState'>,
  tasks: readonly AssessedTask[],
): Moves {
  const { maximumPercent = 200, minimumHealthyPercent = 100 } = deploymentConfiguration;
  const min = Math.ceil((desiredCount * minimumHealthyPercent) / 100);
  const max = Math.floor((desiredCount * maximumPercent) / 100);
  const hasFailed = rolloutState === 'FAILED';
  const primaryTasks = tasks.filter(({ isPrimary }) => isPrimary);
  const otherTasks = tasks.filter(({ isPrimary }) => !isPrimary);
  const usable = primaryTasks
    .filter(({ mustBeReplaced }) => !mustBeReplaced)
    .sort(
      (one, other) =>
        Number(other.isProtected) - Number(one.isProtected) ||
        Number(other.isHealthy) - Number(one.isHealthy),
    );
  const unhealthy = primaryTasks.filter(({ mustBeReplaced }) => mustBeReplaced);
  const surplus = usable.slice(desiredCount).filter((one) => !one.isProtected);
  const healthyCount = usable.slice(0, desiredCount).filter(({ isHealthy }) => isHealthy).length;
  const missingCount = hasFailed ? 0 : Math.max(0, desiredCount - usable.length);
  const headroom = Math.max(0, max - (tasks.length - surplus.length));
  const stopNowCount =
    !hasFailed && healthyCount < desiredCount ? Math.max(0, missingCount - headroom) : unhealthy.length;
  const tasksToStop = [
    ...surplus,
    ...unhealthy.slice(0, stopNowCount),
    ...(hasFailed ? [] : stoppableTasks(otherTasks, healthyCount, min)),
  ].map(({ task }) => task);
  const startCount = Math.min(missingCount, Math.max(0, max - (tasks.length - tasksToStop.length)));
  const isMoving =
    startCount > 0 || tasksToStop.length > 0 || healthyCount < Math.min(usable.length, desiredCount);
  return { tasksToStop, startCount, isStuck: missingCount > 0 && !isMoving };
}

/** Returns the tasks of other deployments that may be stopped: unhealthy tasks, and healthy tasks in excess of the minimum. */
function stoppableTasks(
  others: readonly AssessedTask[],
  healthyPrimaryCount: number,
  min: number,
): AssessedTask[] {
  const healthy = others.filter((one) => one.isHealthy);
  const spareCount = Math.max(0, healthyPrimaryCount + healthy.length - min);
  const mayStop = (one: AssessedTask) => !one.isProtected;
  return [
    ...others.filter((one) => !one.isHealthy && (one.mustBeReplaced || mayStop(one))),
    ...healthy.filter(mayStop).slice(0, spareCount),
  ];
}
