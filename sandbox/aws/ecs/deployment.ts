/** Deployments of a service. Each deployment records its progress and the settings of its tasks. */
import type { Region } from '../../world/region.ts';
import { newDecimalId, findTaskDefinition } from './lookups.ts';
import { openRollout, settleRollout } from './rollouts.ts';
import { deploymentCompleted, deploymentFailed, rollingBack, addEvent, STEADY } from './service-events.ts';
import type { DeploymentRow, ServiceRow } from './store.ts';
import { digestsOf } from './task-row.ts';
import { wake } from './wake.ts';

export function primaryOf({ deployments }: ServiceRow): DeploymentRow | undefined {
  return deployments.find(({ status }) => status === 'PRIMARY');
}

/** Starts a deployment with the service's current settings. The new deployment replaces the PRIMARY deployment. */
export function deploy(region: Region, service: ServiceRow): DeploymentRow {
  const id = `ecs-svc/${newDecimalId(region)}`;
  const definition = findTaskDefinition(region, service.taskDefinition);
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
  };
  openRollout(region, service, deployment);
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
    deployment.failedTasks = 0;
    service.lastCompleted = { ...deployment };
    addEvent(region, service, deploymentCompleted(deployment));
    settleRollout(region, service, deployment, 'completed');
  }
  if (!service.steady) addEvent(region, service, STEADY);
  service.steady = true;
}

/**
 * Fails a deployment after the circuit breaker tripped. A failed deployment starts no more tasks. If the service enables
 * rollbacks, the last completed deployment (if there is one) replaces it. A failed rollback is not rolled back.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function failDeployment(region: Region, service: ServiceRow, deployment: DeploymentRow): void {
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
  deployment.updatedAt = region.now();
  addEvent(region, service, deploymentFailed(deployment));
  const rollbackTarget = service.deploymentConfiguration.deploymentCircuitBreaker?.rollback
    ? service.lastCompleted
    : undefined;
  if (!rollbackTarget || rollbackTarget.id === deployment.id || deployment.isRollback) {
    return settleRollout(region, service, deployment, 'failed');
  }
  rollBack(region, service, rollbackTarget);
  settleRollout(region, service, deployment, 'rolling back', rollbackTarget);
}

/**
 * Rolls back to a deployment. The restored deployment keeps its running tasks and its id. (The id is part of the ARN of a
 * service revision.)
 */
function rollBack(region: Region, service: ServiceRow, rollbackTarget: DeploymentRow): void {
  const { taskDefinition, loadBalancers, networkConfiguration } = rollbackTarget;
  Object.assign(service, { taskDefinition, loadBalancers, networkConfiguration });
  addEvent(region, service, rollingBack(rollbackTarget.id));
  makePrimary(region, service, {
    ...rollbackTarget,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${rollbackTarget.id}.`,
    updatedAt: region.now(),
    failedTasks: 0,
    pausedUntil: undefined,
    steadySince: undefined,
    isRollback: true,
  });
}
