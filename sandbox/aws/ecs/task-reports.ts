/** Reports of the data plane about the containers of running tasks. */
import type { Container, HealthStatus } from '@aws-sdk/client-ecs';
import type { Region } from '../../world/region.ts';
import type { TaskRow } from './store.ts';
import { stopAgent } from './execute-agent.ts';
import { markStarted, stop } from './task-life.ts';
import { wakeServiceOf } from './wake.ts';

interface ReportedContainer {
  readonly task: TaskRow;
  readonly container: Container;
}

/** Returns the container that a report is about, or undefined if its task is stopped or gone. */
function reportedContainer(region: Region, taskArn: string, name: string): ReportedContainer | undefined {
  const task = region.ecs.tasks.get(taskArn);
  const container = task?.containers.find((one) => one.name === name);
  return task && container && task.lastStatus !== 'STOPPED' ? { task, container } : undefined;
}

const definitionOf = ({ ecs }: Region, task: TaskRow, name: string | undefined) =>
  ecs.taskDefinitions
    .get(task.taskDefinitionArn)
    ?.containerDefinitions?.find((container) => container.name === name);

/** Records that the program of a container has started; the other containers of its task may still wait for something. */
export function recordContainerStart(region: Region, taskArn: string, containerName: string): void {
  const reported = reportedContainer(region, taskArn, containerName);
  if (!reported) return;
  markStarted(region, reported.task, reported.container);
  region.changed();
}

/**
 * Records that a container ended, on its own or because its task is being stopped. If an essential container ends, its task
 * is stopped.
 * @param exitCode the exit code of the process, 137 if it was killed; undefined if it never ran
 * @param reason ECS's wording for special cases, e.g. `OutOfMemoryError: Container killed due to memory usage`
 */
export function recordContainerExit(
  region: Region,
  taskArn: string,
  containerName: string,
  exitCode: number | undefined,
  reason?: string,
): void {
  const reported = reportedContainer(region, taskArn, containerName);
  if (!reported) return;
  const { task, container } = reported;
  container.lastStatus = 'STOPPED';
  stopAgent(container);
  container.exitCode = exitCode;
  container.reason = reason;
  const isEssential = definitionOf(region, task, containerName)?.essential ?? true;
  if (isEssential && task.desiredStatus === 'RUNNING') {
    task.failureKind = task.startedAt ? 'exit' : 'start';
    stop(region, task, 'EssentialContainerExited', 'Essential container in task exited');
  }
  region.changed();
}

/**
 * Records the result of a container's health check. Only the essential containers with a health check determine the health
 * of a task: it is UNHEALTHY if one of them is UNHEALTHY, and HEALTHY if all of them are HEALTHY.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
 */
export function recordContainerHealth(
  region: Region,
  taskArn: string,
  containerName: string,
  health: 'HEALTHY' | 'UNHEALTHY',
): void {
  const reported = reportedContainer(region, taskArn, containerName);
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
