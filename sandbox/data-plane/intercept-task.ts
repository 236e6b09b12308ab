/** Runs a version of a service's program beside the deployed tasks, with the settings of their task definition. */
import { mkdir } from 'node:fs/promises';
import { definitionOfTask } from '../aws/ecs/task-overrides.ts';
import type { ServiceRow, TaskRow } from '../aws/ecs/store.ts';
import type { PulledImage } from '../aws/ecr/pull.ts';
import { removeTree } from '../runtime/file-modes.ts';
import type { FindRuntime } from '../runtime/find-oci-runtime.ts';
import type { ImageStore } from '../runtime/image-store.ts';
import type { Isolation } from '../runtime/isolation.ts';
import type { Region } from '../world/region.ts';
import { watchContainerHealth, type HealthWatch } from './container-health.ts';
import { denialsOf } from './execution-role.ts';
import type { TaskContainer } from './container-setup.ts';
import { pullImages, startError } from './preflight.ts';
import { startInOrder, stopInOrder } from './start-order.ts';
import { startTaskContainer } from './task-container.ts';

/** A version to run, and its place. */
export interface InterceptTaskSpec {
  readonly region: Region;
  readonly service: ServiceRow;
  /** The images that replace the deployed ones, by container. */
  readonly images: ReadonlyMap<string, PulledImage>;
  /** The folder of the task. */
  readonly folder: string;
  readonly isolation: Isolation;
  /** Finds an OCI runtime. */
  readonly runtime: FindRuntime;
  /** The unpacked images. */
  readonly store: ImageStore;
  /** Receives the output of the containers, line by line. */
  readonly onLine: (container: string, text: string) => void;
}

/** A container whose end ends the task. */
export interface ContainerEnd {
  readonly name: string;
  readonly exitCode: number;
}

/** A task that no service of the world knows. */
export interface InterceptTask {
  readonly folder: string;
  /** The deployed task definition that it follows. */
  readonly taskDefinitionArn: string;
  /** Resolves when the containers have started. @throws CannotStartTaskError */
  readonly started: Promise<void>;
  /** Resolves when an essential container has ended. */
  readonly ended: Promise<ContainerEnd>;
  /**
   * Stops the containers and removes the folder. A further call can only shorten the time.
   * @param maxMs how long the containers may take to stop, in milliseconds
   */
  stop(maxMs: number): Promise<void>;
}

/**
 * Returns the task of a service whose place an intercept takes: one that runs the current task definition, if there is one.
 * @throws Error if no task of the service runs
 */
export function deployedTaskOf(region: Region, service: ServiceRow): TaskRow {
  const running = region.ecs.tasks.filter(
    ({ clusterArn, group, lastStatus }) =>
      clusterArn === service.clusterArn &&
      group === `service:${service.serviceName}` &&
      lastStatus === 'RUNNING',
  );
  const task = running.find(({ taskDefinitionArn }) => taskDefinitionArn === service.taskDefinition);
  if (task ?? running[0]) return (task ?? running[0]) as TaskRow;
  throw new Error(`No task of ${service.serviceName} runs.`);
}

/**
 * Starts the containers of a service's task definition, some of them from other images. The task has its own folder, so that its
 * ports do not collide with those of the deployed task.
 * @throws Error if no task of the service runs
 */
export function startInterceptTask(spec: InterceptTaskSpec): InterceptTask {
  const { region, service, images, folder, isolation, runtime, store, onLine } = spec;
  const task = deployedTaskOf(region, service);
  const taskDefinition = definitionOfTask(region, task);
  if (!taskDefinition) throw new Error(`The task definition ${task.taskDefinitionArn} is gone.`);
  const definitions = taskDefinition.containerDefinitions ?? [];
  const containers = new Map<string, TaskContainer>();
  const watches: HealthWatch[] = [];
  let isStopping = false;
  let onEnded: (ended: ContainerEnd) => void = () => undefined;
  const ended = new Promise<ContainerEnd>((resolve) => (onEnded = resolve));

  const start = async (): Promise<void> => {
    const denial = denialsOf(region, task, taskDefinition);
    const deployed = definitions.filter(({ name = '' }) => !images.has(name));
    const pulled = pullImages(region, task, { ...taskDefinition, containerDefinitions: deployed }, denial);
    await mkdir(folder, { recursive: true, mode: isolation.hasOtherUsers ? 0o711 : 0o700 });
    const context = {
      ...{ region, task, taskDefinition, folder, isolation, runtime, store, denial },
      isStopping: () => isStopping,
    };
    await startInOrder(definitions, async (definition) => {
      const { name = '', essential = true, healthCheck } = definition;
      const image = images.get(name) ?? pulled.get(name);
      if (!image) throw new Error(`The container ${name} has no image.`);
      const writeLine = (text: string) => onLine(name, text);
      const container = await startTaskContainer({ ...context, writeLine }, definition, image).catch(
        (error: unknown) => {
          throw startError(error, name);
        },
      );
      containers.set(name, container);
      const exit = container.exited.then(({ exitCode }) => exitCode);
      if (essential) void exit.then((exitCode) => onEnded({ name, exitCode }));
      const watch =
        healthCheck &&
        watchContainerHealth(
          container,
          healthCheck,
          (ms) => region.scaled(ms),
          () => undefined,
        );
      if (watch) watches.push(watch);
      return { ended: exit, healthy: watch?.healthy ?? Promise.resolve() };
    });
  };

  const started = start();
  started.catch(() => undefined);
  return {
    folder,
    taskDefinitionArn: task.taskDefinitionArn,
    started,
    ended,
    async stop(maxMs) {
      isStopping = true;
      for (const watch of watches) watch.stop();
      await started.catch(() => undefined);
      const timer = setTimeout(() => containers.forEach((container) => container.kill()), maxMs);
      await stopInOrder(definitions, async (name) => containers.get(name)?.stop());
      clearTimeout(timer);
      await removeTree(folder).catch(() => undefined);
    },
  };
}
