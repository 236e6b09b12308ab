/** Starts the containers of a task in the order of their `dependsOn`, and stops them in the reverse order. */
import type { ContainerDefinition, ContainerDependency } from '@aws-sdk/client-ecs';

/** The events of one container. Other containers can wait for these events. */
export interface ContainerProgress {
  /** Resolves when the container has started. */
  readonly started: Promise<void>;
  /** Resolves with the exit code when the container has ended. */
  readonly ended: Promise<number>;
  /** Resolves when the container's health check passes for the first time. */
  readonly healthy: Promise<undefined>;
}

/** A container that has started; undefined if it does not run, although the rest of its task does. */
export type StartedContainer = Omit<ContainerProgress, 'started'> | undefined;

/** The functions that start the containers of a task. */
export interface Starting {
  /** Starts a container; rejects when its task cannot run without it. */
  readonly start: (definition: ContainerDefinition) => Promise<StartedContainer>;
  /**
   * Gives up a container that waits for something that can never happen.
   * @param reason ECS's reason for it
   * @throws if the task cannot run without it
   */
  readonly giveUp: (definition: ContainerDefinition, reason: string) => StartedContainer;
  /** Aborted when the task stops: nothing waits any longer. */
  readonly signal: AbortSignal;
}

/**
 * Starts every container as soon as its dependencies meet their conditions.
 * @throws the first error of `start` and `giveUp`; the signal's reason
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 */
export async function startInOrder(
  definitions: readonly ContainerDefinition[],
  { start, giveUp, signal }: Starting,
): Promise<void> {
  const launches = new Map<string, Promise<StartedContainer>>();
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
  aborted.catch(() => undefined);
  const launch = (definition: ContainerDefinition): Promise<StartedContainer> => {
    const name = definition.name ?? '';
    const existing = launches.get(name);
    if (existing) return existing;
    const obstacles = Promise.all((definition.dependsOn ?? []).map((one) => obstacleOf(one, definition)));
    const launched = Promise.race([obstacles, aborted]).then((reasons) => {
      signal.throwIfAborted();
      const reason = reasons.find((text) => text !== undefined);
      return reason === undefined ? start(definition) : giveUp(definition, reason);
    });
    launches.set(name, launched);
    return launched;
  };
  /** Waits for a condition; resolves with a reason if it can no longer be met. */
  const obstacleOf = async (
    { containerName, condition }: ContainerDependency,
    target: ContainerDefinition,
  ): Promise<string | undefined> => {
    const definition = definitions.find(({ name }) => name === containerName);
    if (!definition) return undefined;
    const progress = await launch(definition);
    if (!progress) return unmetText(definition, target, 'because dependency will never start');
    const { ended, healthy } = progress;
    if (condition === 'HEALTHY') {
      const exitCode = await Promise.race([healthy, ended]);
      if (exitCode !== undefined) return unmetText(definition, target, 'as dependency has ended.', exitCode);
    }
    if (condition === 'COMPLETE') await ended;
    const exitCode = condition === 'SUCCESS' ? await ended : 0;
    return exitCode === 0
      ? undefined
      : unmetText(definition, target, 'as dependency did not exit successfully.', exitCode);
  };
  await Promise.all(definitions.map(launch));
}

/** The exit code that ECS gives to a container that does not start because of another one. */
export const GIVEN_UP_EXIT_CODE = 143;

/** Returns the reason in the words of ECS's container agent; those for HEALTHY are not verified. */
function unmetText(
  { name, image }: ContainerDefinition,
  target: ContainerDefinition,
  why: string,
  exitCode?: number,
): string {
  const dependency = `${name}(${image}) (${exitCode === undefined ? 'NONE' : 'STOPPED'}->RUNNING)${exitCode === undefined ? '' : ` - Exit: ${exitCode}`}`;
  return `CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [${dependency}] for target [${target.name}(${target.image}) (NONE->RUNNING)] ${why}`;
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
