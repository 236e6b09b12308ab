/** Reports of the data plane about the containers of running tasks. */
import type { Container, HealthStatus } from '@aws-sdk/client-ecs';
import type { Region } from '../../world/region.ts';
import type { TaskRow } from './store.ts';
import { stop } from './task-life.ts';
import { wakeServiceOf } from './wake.ts';

interface Reported {
  readonly task: TaskRow;
  readonly container: Container;
}

/** Returns the container that a report is about, or undefined when its task is gone. */
function reportedOn(region: Region, taskArn: string, name: string): Reported | undefined {
  const task = region.ecs.tasks.get(taskArn);
  const container = task?.containers.find((one) => one.name === name);
  return task && container && task.lastStatus !== 'STOPPED' ? { task, container } : undefined;
}

const definitionOf = ({ ecs }: Region, task: TaskRow, name: string | undefined) =>
  ecs.taskDefinitions
    .get(task.taskDefinitionArn)
    ?.containerDefinitions?.find((container) => container.name === name);

/**
 * Records that a container ended, on its own or because its task is being stopped. The end of an essential container ends
 * its task.
 * @param exitCode the exit code of the process, 137 if it was killed; undefined if it never ran
 * @param reason ECS's wording for special cases, e.g. `OutOfMemoryError: Container killed due to memory usage`
 */
export function containerExited(
  region: Region,
  taskArn: string,
  containerName: string,
  exitCode: number | undefined,
  reason?: string,
): void {
  const reported = reportedOn(region, taskArn, containerName);
  if (!reported) return;
  const { task, container } = reported;
  container.lastStatus = 'STOPPED';
  container.exitCode = exitCode;
  container.reason = reason;
  const isEssential = definitionOf(region, task, containerName)?.essential ?? true;
  if (isEssential && task.desiredStatus === 'RUNNING') {
    task.failed = task.startedAt ? 'exit' : 'start';
    stop(region, task, 'EssentialContainerExited', 'Essential container in task exited');
  }
  region.changed();
}

/**
 * Records a change of a container's health check. A task is as healthy as its essential containers with a health check:
 * UNHEALTHY if one of them is, HEALTHY if all are.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
 */
export function containerHealth(
  region: Region,
  taskArn: string,
  containerName: string,
  health: 'HEALTHY' | 'UNHEALTHY',
): void {
  const reported = reportedOn(region, taskArn, containerName);
  if (!reported || reported.container.healthStatus === health) return;
  const { task, container } = reported;
  container.healthStatus = health;
  const checked = task.containers.filter(({ name }) => {
    const definition = definitionOf(region, task, name);
    return definition?.essential && definition.healthCheck;
  });
  task.healthStatus = overallHealth(checked.map(({ healthStatus }) => healthStatus));
  wakeServiceOf(region, task);
  region.changed();
}

function overallHealth(states: readonly (HealthStatus | undefined)[]): HealthStatus {
  if (states.includes('UNHEALTHY')) return 'UNHEALTHY';
  return states.length > 0 && states.every((state) => state === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}
