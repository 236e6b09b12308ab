/** Deployments of a service. Each deployment records its progress and the settings of its tasks. */
import type { Region } from '../../world/region.ts';
import { newDecimalId, findTaskDefinition } from './lookups.ts';
import { triggeredAlarms } from './deployment-alarms.ts';
import type { FailureReason } from './deployment-failures.ts';
import {
  beginRollback,
  closeRollout,
  NO_CANDIDATE,
  openRollout,
  rolloutOf,
  unfinishedRollout,
} from './rollouts.ts';
import { deploymentCompleted, deploymentFailed, rollingBack, addEvent, STEADY } from './service-events.ts';
import type { DeploymentRow, ServiceRow } from './store.ts';
import { plannedGroups, planShift } from './strategies/plan.ts';
import { moveTrafficBack } from './strategies/traffic.ts';
import { digestsOf } from './task-row.ts';
import { wake } from './wake.ts';

export function primaryOf({ deployments }: ServiceRow): DeploymentRow | undefined {
  return deployments.find(({ status }) => status === 'PRIMARY');
}

/** Starts a deployment with the service's current settings. The new deployment replaces the PRIMARY deployment. */
export function deploy(region: Region, service: ServiceRow): DeploymentRow {
  const id = `ecs-svc/${newDecimalId(region)}`;
  const definition = findTaskDefinition(region, service.taskDefinition);
  const progress = planShift(region, service);
  const deployment: DeploymentRow = {
    id,
    status: 'PRIMARY',
    taskDefinition: service.taskDefinition,
    failedTasks: 0,
    createdAt: region.now(),
    updatedAt: region.now(),
    launchType: service.launchType,
    capacityProviderStrategy: service.capacityProviderStrategy,
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    networkConfiguration: service.networkConfiguration,
    loadBalancers: service.loadBalancers,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    digests: definition ? digestsOf(region, definition) : {},
    ...(progress ? { targetGroups: plannedGroups(service, progress) } : {}),
  };
  deployment.ignoresAlarms = triggeredAlarms(region, service).length > 0;
  openRollout(region, service, deployment, progress);
  makePrimary(region, service, deployment);
  return deployment;
}

function makePrimary(region: Region, service: ServiceRow, deployment: DeploymentRow): void {
  const others = service.deployments.filter((other) => other.id !== deployment.id);
  for (const other of others) other.status = 'ACTIVE';
  service.deployments = [deployment, ...others];
  service.steady = false;
  service.launchCount = 0;
  wake(region, service, 'taskCreate');
}

/** Completes a deployment whose tasks are all running and healthy, and reports the service as steady. */
export function completeDeployment(region: Region, service: ServiceRow, deployment: DeploymentRow): void {
  if (deployment.rolloutState === 'IN_PROGRESS') {
    deployment.rolloutState = 'COMPLETED';
    deployment.rolloutStateReason = `ECS deployment ${deployment.id} completed.`;
    deployment.updatedAt = region.now();
    const rollout = unfinishedRollout(service);
    if (rollout && deployment.isRollback) {
      closeRollout(region, service, rollout, 'ROLLBACK_SUCCESSFUL', rollout.statusReason);
    } else if (rollout) closeRollout(region, service, rollout, 'SUCCESSFUL');
    deployment.isRollback = undefined;
    deployment.failedTasks = 0;
    service.lastCompleted = { ...deployment };
    // In recordings, this event is always a millisecond older than the one about the steady state.
    const at = new Date(region.now().getTime() - 1);
    addEvent(region, service, deploymentCompleted(deployment), undefined, at);
  }
  if (!service.steady) addEvent(region, service, STEADY);
  service.steady = true;
}

/**
 * Fails a deployment. A failed deployment starts no more tasks. If the failure requires a rollback, the last completed
 * deployment (if there is one) replaces the failed one. A failed rollback is not rolled back.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function failDeployment(
  region: Region,
  service: ServiceRow,
  deployment: DeploymentRow,
  failure: FailureReason,
): void {
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = failure.rolloutStateReason;
  deployment.updatedAt = region.now();
  addEvent(region, service, deploymentFailed(deployment, failure.event));
  const rollout = deployment.isRollback ? unfinishedRollout(service) : rolloutOf(service, deployment.id);
  if (deployment.isRollback) {
    if (rollout) closeRollout(region, service, rollout, 'ROLLBACK_FAILED', NO_CANDIDATE);
    return;
  }
  if (rollout) {
    rollout.failedBy = failure.failedBy;
    rollout.triggeredAlarmNames = failure.triggeredAlarmNames;
  }
  const reason = `Service deployment ${failure.rollsBack ? 'rolled back' : 'stopped'} because ${failure.because}`;
  if (!failure.rollsBack) {
    if (rollout) closeRollout(region, service, rollout, 'STOPPED', reason);
    return;
  }
  const rollbackTarget = service.lastCompleted;
  if (!rollbackTarget || rollbackTarget.id === deployment.id) {
    if (rollout) closeRollout(region, service, rollout, 'ROLLBACK_FAILED', NO_CANDIDATE);
    return;
  }
  moveTrafficBack(region, rollout);
  rollBack(region, service, rollbackTarget, failure.detector);
  if (rollout) beginRollback(region, service, rollout, reason, rollbackTarget);
}

/**
 * Rolls back to a deployment. The restored deployment keeps its running tasks and its id. (The id is part of the ARN of a
 * service revision.)
 * @param detector what has found the failure, as the reason of the rollback begins
 */
function rollBack(
  region: Region,
  service: ServiceRow,
  rollbackTarget: DeploymentRow,
  detector: string,
): void {
  const { taskDefinition, loadBalancers, networkConfiguration } = rollbackTarget;
  Object.assign(service, { taskDefinition, loadBalancers, networkConfiguration });
  addEvent(region, service, rollingBack(rollbackTarget.id));
  makePrimary(region, service, {
    ...rollbackTarget,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `${detector}: rolling back to deploymentId ${rollbackTarget.id}.`,
    updatedAt: region.now(),
    failedTasks: 0,
    pausedUntil: undefined,
    steadySince: undefined,
    isRollback: true,
  });
}
