/** Starts the containers of a task in the order of their `dependsOn`, and stops them in the reverse order. */
import type { ContainerDefinition, ContainerDependency } from '@aws-sdk/client-ecs';

/** The events of one container. Other containers can wait for these events. */
export interface ContainerProgress {
  /** Resolves when the container has started. */
  readonly started: Promise<void>;
  /** Resolves with the exit code when the container has ended. */
  readonly ended: Promise<number>;
  /** Resolves when the container's health check passes for the first time. */
  readonly healthy: Promise<void>;
}

/**
 * Starts every container as soon as its dependencies meet their conditions.
 * @param start starts a container; rejects when the container cannot start
 * @throws the error of the first container that cannot start, or of a dependency that can no longer meet its condition
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 */
export async function startInOrder(
  definitions: readonly ContainerDefinition[],
  start: (definition: ContainerDefinition) => Promise<Omit<ContainerProgress, 'started'>>,
): Promise<void> {
  const launches = new Map<string, Promise<Omit<ContainerProgress, 'started'>>>();
  const launch = (definition: ContainerDefinition): Promise<Omit<ContainerProgress, 'started'>> => {
    const name = definition.name ?? '';
    const existing = launches.get(name);
    if (existing) return existing;
    const launched = Promise.all((definition.dependsOn ?? []).map(waitFor)).then(() => start(definition));
    launches.set(name, launched);
    return launched;
  };
  const waitFor = async ({ containerName, condition }: ContainerDependency): Promise<void> => {
    const definition = definitions.find(({ name }) => name === containerName);
    if (!definition) return;
    const { ended, healthy } = await launch(definition);
    if (condition === 'HEALTHY')
      await Promise.race([healthy, ended.then(() => throwNotReached(containerName))]);
    if (condition === 'COMPLETE') await ended;
    if (condition === 'SUCCESS' && (await ended) !== 0) throwNotReached(containerName);
  };
  await Promise.all(definitions.map(launch));
}

/**
 * Stops every container once the containers that depend on it have ended.
 * @param stop stops a container, and resolves when it has ended
 */
export async function stopInOrder(
  definitions: readonly ContainerDefinition[],
  stop: (name: string) => Promise<unknown>,
): Promise<void> {
  const stops = new Map<string, Promise<unknown>>();
  const stopAfterDependents = (name: string): Promise<unknown> => {
    const existing = stops.get(name);
    if (existing) return existing;
    const dependents = definitions.filter(({ dependsOn }) =>
      dependsOn?.some(({ containerName }) => containerName === name),
    );
    const stopped = Promise.all(
      dependents.map(({ name: dependent = '' }) => stopAfterDependents(dependent)),
    ).then(() => stop(name));
    stops.set(name, stopped);
    return stopped;
  };
  await Promise.all(definitions.map(({ name = '' }) => stopAfterDependents(name)));
}

const throwNotReached = (name: string | undefined): never => {
  throw new Error(`dependency container ${name} did not reach the condition that other containers wait for`);
};
