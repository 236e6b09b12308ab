/** Service revisions: the settings that a deployment gives to the tasks of a service, and the tasks that have them. */
import type { ServiceRevision, ServiceRevisionSummary } from '@aws-sdk/client-ecs';
import { ownProperty } from '../../own-property.ts';
import type { Region } from '../../world/region.ts';
import { shortName } from './lookups.ts';
import type { DeploymentRow, ServiceRow } from './store.ts';
import { groupsOf } from './strategies/groups.ts';

/** Returns the ARN of a deployment's revision. It ends with the number in the id of the deployment. */
export const revisionArn = ({ serviceArn }: ServiceRow, deploymentId: string): string =>
  serviceArn.replace(':service/', ':service-revision/').concat(`/${shortName(deploymentId)}`);

/**
 * Returns the revision that a new deployment creates.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html
 */
export function newRevision(region: Region, service: ServiceRow, deployment: DeploymentRow): ServiceRevision {
  const definition = region.ecs.taskDefinitions.get(deployment.taskDefinition);
  const { loadBalancers } = deployment;
  return {
    serviceRevisionArn: revisionArn(service, deployment.id),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    taskDefinition: deployment.taskDefinition,
    launchType: deployment.launchType,
    capacityProviderStrategy: deployment.capacityProviderStrategy,
    platformVersion: deployment.platformVersion,
    platformFamily: deployment.platformFamily,
    loadBalancers,
    networkConfiguration: deployment.networkConfiguration,
    guardDutyEnabled: false,
    containerImages: definition?.containerDefinitions?.map(({ name, image = '' }) => ({
      containerName: name,
      image,
      imageDigest: ownProperty(deployment.digests, image),
    })),
    resolvedConfiguration:
      loadBalancers.length > 0
        ? {
            loadBalancers: groupsOf(deployment).map((targetGroupArn, index) => ({
              targetGroupArn,
              productionListenerRule: loadBalancers[index]?.advancedConfiguration?.productionListenerRule,
            })),
          }
        : undefined,
    createdAt: region.now(),
  };
}

/** Returns the summary of a revision with its current task counts. A failed deployment requests no tasks. */
export function withTaskCounts(
  region: Region,
  service: ServiceRow,
  summary: ServiceRevisionSummary = {},
): ServiceRevisionSummary {
  const id = `ecs-svc/${shortName(summary.arn ?? '')}`;
  const tasks = region.ecs.tasks.filter(
    (task) => task.serviceArn === service.serviceArn && task.deploymentId === id,
  );
  const deployment = service.deployments.find((one) => one.id === id);
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  const wanted = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  const isServing = deployment?.status === 'PRIMARY' && deployment.rolloutState !== 'FAILED';
  return {
    ...summary,
    requestedTaskCount: isServing ? service.desiredCount : wanted.length,
    runningTaskCount: running.length,
    pendingTaskCount: wanted.filter((task) => task.lastStatus !== 'RUNNING').length,
  };
}
