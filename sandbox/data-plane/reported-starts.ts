/** Starts the containers of a task and gives them up, and reports both to ECS. A task runs without a container that is not essential. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { PulledImage } from '../aws/ecr/pull.ts';
import { recordContainerExit, recordContainerHealth, recordContainerStart } from '../aws/ecs/task-reports.ts';
import { CannotStartContainerError } from '../runtime/command.ts';
import { watchContainerHealth, type HealthWatch } from './container-health.ts';
import type { TaskContainer } from './container-setup.ts';
import { dependencyError, startError } from './preflight.ts';
import { GIVEN_UP_EXIT_CODE } from './start-order.ts';
import { startTaskContainer, type ContainerContext } from './task-container.ts';

/**
 * Starts a container.
 * @returns undefined if the container cannot start, although its task can
 * @throws CannotStartTaskError
 */
export async function startReported(
  context: ContainerContext,
  definition: ContainerDefinition,
  image: PulledImage,
): Promise<TaskContainer | undefined> {
  const { region, task } = context;
  const { name = '', essential = true } = definition;
  try {
    const container = await startTaskContainer(context, definition, image);
    recordContainerStart(region, task.taskArn, name);
    return container;
  } catch (error) {
    const startFailure = startError(error, name);
    if (essential || !(error instanceof CannotStartContainerError)) throw startFailure;
    recordContainerExit(region, task.taskArn, name, undefined, startFailure.failure.containerReason);
    return undefined;
  }
}

/**
 * Gives up a container that waits for something that can never happen.
 * @param reason ECS's reason
 * @throws CannotStartTaskError
 */
export function giveUpReported(
  { region, task }: ContainerContext,
  { name = '', essential = true }: ContainerDefinition,
  reason: string,
): undefined {
  if (essential) throw dependencyError(name, reason);
  recordContainerExit(region, task.taskArn, name, GIVEN_UP_EXIT_CODE, reason);
}

/** Checks the health of a container that has a health check. */
export const watchReported = (
  { region, task }: ContainerContext,
  { name = '', healthCheck = { command: [] } }: ContainerDefinition,
  container: TaskContainer,
): HealthWatch =>
  watchContainerHealth(
    container,
    healthCheck,
    (ms) => region.scaled(ms),
    (status) => recordContainerHealth(region, task.taskArn, name, status),
  );
