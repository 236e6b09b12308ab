/** Service deployments and service revisions: the history of a service's deployments and their outcomes. */
import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import { ownProperty } from '../../own-property.ts';
import type { Region } from '../../world/region.ts';
import { shortName } from './lookups.ts';
import type { DeploymentRow, RolloutRow, ServiceRow } from './store.ts';

const MAX_KEPT = 50;
const TRIPPED_TEXT = 'the circuit breaker threshold was exceeded.';

export const revisionArn = ({ serviceArn }: ServiceRow, deploymentId: string): string =>
  serviceArn.replace(':service/', ':service-revision/').concat(`/${shortName(deploymentId)}`);

/** Records a new deployment, and marks any unfinished deployment as STOPPED. */
export function openRollout(region: Region, service: ServiceRow, deployment: DeploymentRow): void {
  const now = region.now();
  for (const unfinished of service.rollouts.filter((row) => row.status === 'IN_PROGRESS')) {
    closeRollout(
      region,
      service,
      unfinished.deploymentId,
      'STOPPED',
      'A newer service deployment took its place.',
    );
  }
  const arnOf = (id: string) => revisionArn(service, id);
  const definition = region.ecs.taskDefinitions.get(deployment.taskDefinition);
  const rollout: RolloutRow = {
    serviceDeploymentArn: service.serviceArn
      .replace(':service/', ':service-deployment/')
      .concat(`/${region.id('d', 21).slice(2)}`),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    deploymentId: deployment.id,
    status: 'IN_PROGRESS',
    createdAt: now,
    startedAt: now,
    updatedAt: now,
    sourceServiceRevisions: service.deployments.map(({ id }) => ({ arn: arnOf(id) })),
    targetServiceRevision: { arn: arnOf(deployment.id) },
    deploymentConfiguration: service.deploymentConfiguration,
    revision: {
      serviceRevisionArn: arnOf(deployment.id),
      serviceArn: service.serviceArn,
      clusterArn: service.clusterArn,
      taskDefinition: deployment.taskDefinition,
      launchType: deployment.launchType,
      capacityProviderStrategy: deployment.capacityProviderStrategy,
      platformVersion: deployment.platformVersion,
      platformFamily: deployment.platformFamily,
      loadBalancers: deployment.loadBalancers,
      networkConfiguration: deployment.networkConfiguration,
      containerImages: definition?.containerDefinitions?.map(({ name, image = '' }) => ({
        containerName: name,
        image,
        imageDigest: ownProperty(deployment.digests, image),
      })),
      createdAt: now,
    },
  };
  service.rollouts = [rollout, ...service.rollouts].slice(0, MAX_KEPT);
}

/** Records the outcome of a deployment. @param rollbackTarget the deployment that replaces a failed deployment */
export function settleRollout(
  region: Region,
  service: ServiceRow,
  { id, isRollback }: DeploymentRow,
  outcome: 'completed' | 'failed' | 'rolling back',
  rollbackTarget?: DeploymentRow,
): void {
  const rolledBackRow = service.rollouts.find(({ status }) => status === 'ROLLBACK_IN_PROGRESS');
  if (isRollback && rolledBackRow) {
    const status = outcome === 'completed' ? 'ROLLBACK_SUCCESSFUL' : 'ROLLBACK_FAILED';
    return closeRollout(region, service, rolledBackRow.deploymentId, status, rolledBackRow.statusReason);
  }
  if (outcome === 'completed') return closeRollout(region, service, id, 'SUCCESSFUL');
  if (!rollbackTarget) {
    return closeRollout(region, service, id, 'STOPPED', `Service deployment stopped because ${TRIPPED_TEXT}`);
  }
  const row = service.rollouts.find(({ deploymentId }) => deploymentId === id);
  if (!row) return;
  const reason = `Service deployment rolled back because ${TRIPPED_TEXT}`;
  row.status = 'ROLLBACK_IN_PROGRESS';
  row.statusReason = reason;
  row.updatedAt = region.now();
  row.rollback = {
    reason,
    startedAt: region.now(),
    serviceRevisionArn: revisionArn(service, rollbackTarget.id),
  };
}

function closeRollout(
  region: Region,
  { rollouts }: ServiceRow,
  id: string,
  status: ServiceDeploymentStatus,
  reason?: string,
): void {
  const row = rollouts.find(({ deploymentId }) => deploymentId === id);
  if (!row) return;
  Object.assign(row, { status, statusReason: reason, updatedAt: region.now() });
  Object.assign(row, status === 'STOPPED' ? { stoppedAt: region.now() } : { finishedAt: region.now() });
}
