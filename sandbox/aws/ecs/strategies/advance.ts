/** Carries a deployment through its lifecycle stages: does the work of each stage, and enters the next one when it is due. */
import { durations } from '../../../world/durations.ts';
import type { Region } from '../../../world/region.ts';
import type { FailureReason } from '../deployment-failures.ts';
import { rolloutOf } from '../rollouts.ts';
import type { AssessedTask } from '../rolling.ts';
import { addEvent, healthNotDescribed } from '../service-events.ts';
import type { DeploymentRow, RolloutRow, ServiceRow } from '../store.ts';
import { awaitHooks } from './hooks.ts';
import { denialOfHealth } from './infrastructure-role.ts';
import { checkRoutes, lostGroup } from './networking.ts';
import { scaledMinutes } from './pauses.ts';
import type { ProgressRow } from './rows.ts';
import { isFull, shiftOf } from './sets.ts';
import { nextPosition, shownStage } from './stages.ts';
import { shiftTraffic } from './traffic.ts';
import { trafficSteps } from './traffic-steps.ts';

type Outcome = FailureReason | 'waiting' | 'done';

/** What the work of a stage needs. */
interface Context {
  readonly region: Region;
  readonly service: ServiceRow;
  readonly deployment: DeploymentRow;
  readonly rollout: RolloutRow;
  readonly progress: ProgressRow;
  /** All tasks of the service with desired status RUNNING. */
  readonly tasks: readonly Assessment[];
}
type Assessment = Pick<AssessedTask, 'task' | 'isHealthy' | 'mustBeReplaced'>;

/**
 * Advances a deployment as far as possible.
 * @param tasks the tasks of the service with desired status RUNNING
 * @returns the failure of the deployment, if it must be rolled back
 */
export function advance(
  region: Region,
  service: ServiceRow,
  deployment: DeploymentRow,
  tasks: readonly Assessment[],
): FailureReason | undefined {
  if (deployment.rolloutState !== 'IN_PROGRESS') return undefined;
  for (;;) {
    const progress = shiftOf(service, deployment);
    const rollout = rolloutOf(service, deployment.id);
    if (!progress || rollout?.status !== 'IN_PROGRESS') return undefined;
    const outcome = carryOut({ region, service, deployment, rollout, progress, tasks });
    if (outcome === 'waiting') return undefined;
    if (outcome !== 'done') return outcome;
    enterNext(region, service, deployment, rollout, progress);
  }
}

/** Does the work of the current stage, and then awaits its hooks and its end. */
function carryOut(context: Context): Outcome {
  const { region, rollout, progress } = context;
  const now = region.now().getTime();
  if (progress.doneAt === undefined) {
    const outcome = doWork(context);
    if (outcome !== 'done') return outcome;
    progress.doneAt = now;
  }
  const hooks = awaitHooks(region, rollout, progress);
  if (hooks !== 'done') return hooks;
  const isDue =
    now >= progress.enteredAt + region.scaled(durations.lifecycleStage) &&
    now >= progress.doneAt + bakeMsAfter(context);
  return isDue ? 'done' : 'waiting';
}

function doWork(context: Context): Outcome {
  const { region, service, deployment, rollout, progress } = context;
  const green = context.tasks.filter(({ task }) => task.deploymentId === deployment.id);
  const isGreenFull = isFull(service, green);
  switch (progress.stage) {
    case 'RECONCILE_SERVICE':
      return reconcile(context);
    case 'PRE_SCALE_UP': {
      const failure = checkRoutes(region, progress.routes);
      return failure === 'later' ? 'waiting' : (failure ?? 'done');
    }
    case 'SCALE_UP':
      return isGreenFull && mayReadHealth(context) ? 'done' : 'waiting';
    case 'PRE_PRODUCTION_TRAFFIC_SHIFT':
    case 'POST_PRODUCTION_TRAFFIC_SHIFT':
      return lostGroup(region, progress.routes) ?? (isGreenFull ? 'done' : 'waiting');
    case 'TEST_TRAFFIC_SHIFT':
      return shift(region, progress, 'test', 100);
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return shift(region, progress, 'production', stepsOf(rollout)[progress.step]?.percent ?? 100);
    default:
      return 'done';
  }
}

/** Waits until only the tasks of the revision that the deployment replaces are left. */
const reconcile = ({ deployment, progress, tasks }: Context): Outcome =>
  tasks.every(({ task }) => [deployment.id, progress.sourceId].includes(task.deploymentId))
    ? 'done'
    : 'waiting';

/** Whether the infrastructure role may read the health of targets. If not, an event reports it, and no task counts as healthy. */
function mayReadHealth({ region, service, progress }: Context): boolean {
  for (const route of progress.routes) {
    const denial = denialOfHealth(region, route);
    if (denial === undefined) continue;
    addEvent(region, service, healthNotDescribed(route.green, denial));
    return false;
  }
  return true;
}

function shift(
  region: Region,
  progress: ProgressRow,
  traffic: 'production' | 'test',
  percent: number,
): Outcome {
  const failure = shiftTraffic(region, progress, traffic, percent);
  if (failure) return failure;
  const hasTestRule = progress.routes.some(({ testRule }) => testRule !== undefined);
  if (traffic === 'production') progress.productionPercent = percent;
  else if (hasTestRule) progress.testPercent = percent;
  return 'done';
}

const stepsOf = ({ deploymentConfiguration }: RolloutRow) => trafficSteps(deploymentConfiguration ?? {});

/** Returns the bake time of the current stage: how long it lasts after its work is done, in milliseconds. */
function bakeMsAfter({ region, rollout, progress }: Context): number {
  const { strategy, bakeTimeInMinutes = 0 } = rollout.deploymentConfiguration ?? {};
  if (progress.stage === 'PRODUCTION_TRAFFIC_SHIFT')
    return scaledMinutes(region, stepsOf(rollout)[progress.step]?.bakeMinutes ?? 0);
  if (progress.stage !== 'BAKE_TIME' || strategy === 'ROLLING') return 0;
  return scaledMinutes(region, bakeTimeInMinutes);
}

function enterNext(
  region: Region,
  service: ServiceRow,
  deployment: DeploymentRow,
  rollout: RolloutRow,
  progress: ProgressRow,
): void {
  const position = nextPosition(progress, stepsOf(rollout).length);
  const enteredAt = region.now().getTime();
  Object.assign(progress, position, { enteredAt, doneAt: undefined, hookIds: undefined });
  rollout.lifecycleStage = shownStage(position.stage);
  rollout.updatedAt = region.now();
  // From now on the tasks of the previous revision are stopped, so a later rollback returns to this deployment.
  if (position.stage === 'CLEAN_UP') service.lastCompleted = { ...deployment, rolloutState: 'COMPLETED' };
  region.changed();
}
