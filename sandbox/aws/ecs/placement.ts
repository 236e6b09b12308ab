/** Starts the tasks of a service, each in the subnet with the fewest tasks. ECS must be able to assume the tasks' roles. */
import type { Tag } from '@aws-sdk/client-ecs';
import { durations } from '../../world/durations.ts';
import type { Region } from '../../world/region.ts';
import { nextProvider } from './capacity.ts';
import { shortName } from './lookups.ts';
import { taskNotLaunched, addEvent, tasksStarted } from './service-events.ts';
import type { DeploymentRow, ServiceRow, TaskDefinitionRow, TaskRow } from './store.ts';
import { groupsOf } from './strategies/groups.ts';
import { launch } from './task-life.ts';
import { assumeFailureOf } from './task-roles.ts';

/**
 * Starts tasks of a deployment.
 * @param replacedCount the number of unhealthy tasks that the started tasks should replace
 * @returns the number of started tasks. If ECS cannot assume a role, this is 0, and the deployment pauses for half a minute.
 */
export function startTasks(
  region: Region,
  service: ServiceRow,
  deployment: DeploymentRow,
  count: number,
  replacedCount: number,
): number {
  const definition = region.ecs.taskDefinitions.get(deployment.taskDefinition);
  if (!definition) return 0;
  const failure = assumeFailureOf(region, definition);
  if (failure !== undefined) {
    addEvent(region, service, taskNotLaunched(failure.reason));
    deployment.failedTasks += 1;
    const retryDelay = region.scaled(durations.taskRoleRetry);
    // At the instant pace an immediate retry would fail until the role is visible.
    deployment.pausedUntil = retryDelay > 0 ? region.now().getTime() + retryDelay : failure.until;
    return 0;
  }
  const rows = Array.from({ length: count }, () => startTask(region, service, deployment, definition));
  addEvent(region, service, tasksStarted(rows, Math.min(replacedCount, count)));
  return rows.length;
}

function startTask(
  region: Region,
  service: ServiceRow,
  deployment: DeploymentRow,
  definition: TaskDefinitionRow,
): TaskRow {
  const deploymentTasks = region.ecs.tasks.filter(
    (task) => task.deploymentId === deployment.id && task.desiredStatus === 'RUNNING',
  );
  const subnets = deployment.networkConfiguration.awsvpcConfiguration?.subnets ?? [];
  return launch(region, {
    clusterArn: service.clusterArn,
    definition,
    network: deployment.networkConfiguration,
    subnetId: emptiestSubnet(subnets, deploymentTasks),
    capacityProviderName: nextProvider(
      deployment.capacityProviderStrategy ?? [],
      deploymentTasks.map((task) => task.capacityProviderName),
    ),
    group: `service:${service.serviceName}`,
    startedBy: deployment.id,
    tags: tagsFor(service, definition),
    enableExecuteCommand: service.enableExecuteCommand,
    digests: deployment.digests,
    serviceArn: service.serviceArn,
    deploymentId: deployment.id,
    targets: deployment.loadBalancers.map(({ containerPort = 0 }, index) => ({
      targetGroupArn: groupsOf(deployment)[index] ?? '',
      port: containerPort,
    })),
  });
}

/** Returns the subnet with the fewest tasks. This spreads tasks across subnets and availability zones. */
export function emptiestSubnet(subnets: readonly string[], tasks: readonly TaskRow[]): string {
  const count = (id: string) => tasks.filter(({ subnetId }) => subnetId === id).length;
  return subnets.reduce((best, id) => (count(id) < count(best) ? id : best), subnets[0] ?? '');
}

function tagsFor(service: ServiceRow, definition: TaskDefinitionRow): Tag[] {
  const propagated = { SERVICE: service.tags, TASK_DEFINITION: definition.tags, NONE: [] };
  const managed = [
    { key: 'aws:ecs:serviceName', value: service.serviceName },
    { key: 'aws:ecs:clusterName', value: shortName(service.clusterArn) },
  ];
  return [...(service.enableECSManagedTags ? managed : []), ...propagated[service.propagateTags ?? 'NONE']];
}
