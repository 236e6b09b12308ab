/** Services as calls return them, with task counts for the service and each of its deployments. */
import type { Service, ServiceField } from '@aws-sdk/client-ecs';
import type { Region } from '../../world/region.ts';
import { revisionArn } from './revisions.ts';
import { unfinishedRollout } from './rollouts.ts';
import type { DeploymentRow, ServiceRow, TaskRow } from './store.ts';

const PENDING = ['PROVISIONING', 'PENDING', 'ACTIVATING'];

const taskCounts = (tasks: readonly TaskRow[]) => ({
  runningCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
  pendingCount: tasks.filter(
    ({ lastStatus, desiredStatus }) => desiredStatus === 'RUNNING' && PENDING.includes(lastStatus),
  ).length,
});

/** Returns the desired count of a deployment. After a rollback, the failed deployment wants no tasks any more. */
function desiredCountOf(row: ServiceRow, deployment: DeploymentRow, wantedCount: number): number {
  if (deployment.status === 'PRIMARY') return row.desiredCount;
  return deployment.rolloutState === 'FAILED' ? 0 : wantedCount;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html */
export function serviceView(region: Region, row: ServiceRow, include: readonly ServiceField[] = []): Service {
  const tasks = region.ecs.tasks.filter(({ serviceArn }) => serviceArn === row.serviceArn);
  const deployments = row.deployments.map((deployment) => {
    const deploymentTasks = tasks.filter(({ deploymentId }) => deploymentId === deployment.id);
    const wantedCount = deploymentTasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length;
    return {
      ...deployment,
      desiredCount: desiredCountOf(row, deployment, wantedCount),
      ...taskCounts(deploymentTasks),
    };
  });
  return {
    ...row,
    ...taskCounts(tasks),
    deployments,
    currentServiceDeployment: unfinishedRollout(row)?.serviceDeploymentArn,
    currentServiceRevisions: deployments.map(({ id, desiredCount, runningCount, pendingCount }) => ({
      arn: revisionArn(row, id),
      requestedTaskCount: desiredCount,
      runningTaskCount: runningCount,
      pendingTaskCount: pendingCount,
    })),
    tags: include.includes('TAGS') ? row.tags : undefined,
  };
}
