/** The arithmetic of a rolling update: the tasks to stop and the number to start, within the service's percentages. */
import type { DeploymentRow, ServiceRow, TaskRow } from './store.ts';

/** A task with desired status RUNNING, as the scheduler sees it. */
export interface Standing {
  readonly task: TaskRow;
  /** Whether the task belongs to the PRIMARY deployment. */
  readonly mine: boolean;
  readonly healthy: boolean;
  /** Whether the task is unhealthy and must be replaced. */
  readonly condemned: boolean;
}

export interface Moves {
  readonly stop: readonly TaskRow[];
  readonly start: number;
  /** Whether nothing can be stopped or started within the percentages, now or later. */
  readonly stuck: boolean;
}

/**
 * Returns the next moves of a service.
 *
 * Tasks above the desired count are stopped first: those that are not healthy yet, then the newest. Tasks of other
 * deployments are stopped as soon as the minimum allows. Until its deployment is completed, an unhealthy task is stopped
 * immediately. After that, its replacement starts first if the maximum allows. A FAILED deployment starts and replaces
 * nothing, so the tasks that served before continue to serve.
 * @param standing the tasks with desired status RUNNING, the oldest first
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
export function nextMoves(
  { desiredCount, deploymentConfiguration }: Pick<ServiceRow, 'desiredCount' | 'deploymentConfiguration'>,
  { rolloutState }: Pick<DeploymentRow, 'rolloutState'>,
  standing: readonly Standing[],
): Moves {
  const { maximumPercent = 200, minimumHealthyPercent = 100 } = deploymentConfiguration;
  const least = Math.ceil((desiredCount * minimumHealthyPercent) / 100);
  const most = Math.floor((desiredCount * maximumPercent) / 100);
  const hasFailed = rolloutState === 'FAILED';
  const mine = standing.filter((one) => one.mine);
  const usable = mine
    .filter(({ condemned }) => !condemned)
    .sort((one, other) => Number(other.healthy) - Number(one.healthy));
  const surplus = usable.slice(desiredCount);
  const healthyMine = usable.slice(0, desiredCount).filter(({ healthy }) => healthy).length;
  const missing = hasFailed ? 0 : Math.max(0, desiredCount - usable.length);
  const condemned = mine.filter((one) => one.condemned);
  const headroom = Math.max(0, most - (standing.length - surplus.length));
  const stopNow =
    rolloutState === 'COMPLETED' && healthyMine < desiredCount
      ? Math.max(0, missing - headroom)
      : condemned.length;
  const others = standing.filter((one) => !one.mine);
  const stop = [
    ...surplus,
    ...condemned.slice(0, stopNow),
    ...(hasFailed ? [] : replaceable(others, healthyMine, least)),
  ].map(({ task }) => task);
  const start = Math.min(missing, Math.max(0, most - (standing.length - stop.length)));
  const isMoving = start > 0 || stop.length > 0 || healthyMine < Math.min(usable.length, desiredCount);
  return { stop, start, stuck: missing > 0 && !isMoving };
}

/** Returns the tasks of other deployments that may be stopped: unhealthy ones, and healthy ones in excess of the minimum. */
function replaceable(others: readonly Standing[], healthyMine: number, least: number): Standing[] {
  const healthy = others.filter((one) => one.healthy);
  const spare = Math.max(0, healthyMine + healthy.length - least);
  return [...others.filter((one) => !one.healthy), ...healthy.slice(0, spare)];
}
