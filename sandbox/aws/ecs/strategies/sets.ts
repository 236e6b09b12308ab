/** The tasks of a service during a deployment: those of one revision, or two full sets while traffic is shifted. */
import { rolloutOf } from '../rollouts.ts';
import { nextMoves, type AssessedTask, type Moves } from '../rolling.ts';
import type { DeploymentRow, ServiceRow } from '../store.ts';
import { hasReached } from './stages.ts';
import type { ProgressRow } from './rows.ts';

/** The next moves within the tasks of one deployment. */
export interface SetMoves {
  /** The deployment that gets the started tasks. */
  readonly deployment: DeploymentRow;
  readonly moves: Moves;
  /** The number of unhealthy tasks that the started tasks replace. */
  readonly replacedCount: number;
}

/**
 * Returns the progress of a deployment that shifts traffic now. From CLEAN_UP on, and after a rollback, the tasks of other
 * deployments are removed as in a rolling update.
 */
export function shiftOf(service: ServiceRow, deployment: DeploymentRow): ProgressRow | undefined {
  const progress = deployment.isRollback ? undefined : rolloutOf(service, deployment.id)?.progress;
  return progress?.stage === 'CLEAN_UP' ? undefined : progress;
}

/** Whether a deployment can no longer be rolled back, because the tasks of the previous one are being stopped. */
export const isCommitted = (service: ServiceRow, { id, isRollback }: DeploymentRow): boolean =>
  !isRollback && rolloutOf(service, id)?.progress?.stage === 'CLEAN_UP';

/**
 * Returns the next moves of a service. While traffic is shifted, the old and the new revision each have the full number of
 * tasks, whatever the percentages of the service are.
 * @param tasks the tasks with desired status RUNNING, the oldest first
 */
export function movesOf(
  service: ServiceRow,
  primary: DeploymentRow,
  tasks: readonly AssessedTask[],
): readonly SetMoves[] {
  const progress = shiftOf(service, primary);
  if (!progress) return [withCount(primary, nextMoves(service, primary, tasks), tasks)];
  const source = service.deployments.find(({ id }) => id === progress.sourceId);
  const tasksOf = (deployment: DeploymentRow) =>
    tasks
      .filter(({ task }) => task.deploymentId === deployment.id)
      .map((one) => ({ ...one, isPrimary: true }));
  const sets: SetMoves[] = [];
  if (source) {
    const own = tasksOf(source);
    sets.push(withCount(source, nextMoves(service, { rolloutState: 'COMPLETED' }, own), own));
  }
  if (hasReached(progress, 'SCALE_UP')) {
    const own = tasksOf(primary);
    sets.push(withCount(primary, nextMoves(service, primary, own), own));
  } else if (!source || isFull(service, tasksOf(source))) {
    const others = tasks.filter(
      ({ task }) => task.deploymentId !== source?.id && task.deploymentId !== primary.id,
    );
    const tasksToStop = others.map(({ task }) => task);
    sets.push({
      deployment: primary,
      moves: { tasksToStop, startCount: 0, isStuck: false },
      replacedCount: 0,
    });
  }
  return sets;
}

const withCount = (deployment: DeploymentRow, moves: Moves, tasks: readonly AssessedTask[]): SetMoves => ({
  deployment,
  moves,
  replacedCount: tasks.filter(({ mustBeReplaced }) => mustBeReplaced).length,
});

/** Whether a set has as many healthy tasks as the desired count of the service. */
export const isFull = (
  { desiredCount }: Pick<ServiceRow, 'desiredCount'>,
  set: readonly Pick<AssessedTask, 'isHealthy' | 'mustBeReplaced'>[],
): boolean => set.filter((one) => one.isHealthy && !one.mustBeReplaced).length >= desiredCount;
