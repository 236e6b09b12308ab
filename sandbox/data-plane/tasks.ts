/** Runs tasks: unpacks their images into folders, and runs their containers as processes on this machine. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { containerExited, containerHealth } from '../aws/ecs/task-reports.ts';
import type { TaskRow } from '../aws/ecs/store.ts';
import { appendLog } from '../aws/logs/append.ts';
import type { DataPlane, TaskFailure } from './data-plane.ts';
import { CannotStartContainerError } from '../runtime/command.ts';
import { startContainer, type RunningContainer } from '../runtime/container.ts';
import { unpackImage } from '../runtime/image.ts';
import type { Region } from '../world/region.ts';
import { watchContainerHealth, type HealthWatch } from './container-health.ts';
import { CannotStartTaskError, checkPrerequisites, pullContainerImage } from './preflight.ts';
import { startInOrder } from './start-order.ts';

/** Fargate's default for `stopTimeout`. */
const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

interface RunningTask {
  readonly containers: Map<string, RunningContainer>;
  readonly watches: HealthWatch[];
  /** Set when the task is stopping. No further container is started from then on. */
  stopping: boolean;
}

/** Returns the last part of a task's ARN. It is the name of the task's folder, and a part of its log streams' names. */
const idOf = (taskArn: string): string => taskArn.split('/').at(-1) ?? '';

/** A data plane that runs tasks in subfolders of a folder. */
export interface TaskDataPlane extends DataPlane {
  /** Returns the folder of a task, in which the task's listening ports are recorded. */
  folderOf(taskArn: string): string;
  /** Stops all tasks, because the sandbox is closing. */
  close(): Promise<void>;
}

/**
 * Makes the data plane.
 * @param folder the parent of the tasks' folders
 * @param reportError receives internal errors of the sandbox, since no call waits for a task
 */
export function makeTaskDataPlane(folder: string, reportError: (error: unknown) => void): TaskDataPlane {
  const runningTasks = new Map<string, RunningTask>();
  let closing = false;
  const folderOf = (taskArn: string) => join(folder, idOf(taskArn));

  async function start(region: Region, task: TaskRow): Promise<void> {
    const { taskArn } = task;
    const definition = region.ecs.taskDefinitions.get(task.taskDefinitionArn);
    if (!definition) throw new CannotStartTaskError(`The task definition ${task.taskDefinitionArn} is gone`);
    checkPrerequisites(region, task, definition);
    const state: RunningTask = { containers: new Map(), watches: [], stopping: false };
    runningTasks.set(taskArn, state);
    await mkdir(folderOf(taskArn), { recursive: true, mode: 0o700 });
    await startInOrder(definition.containerDefinitions ?? [], async (container) => {
      const started = await startOneContainer(region, task, container, state);
      const watch = container.healthCheck && watchHealth(region, taskArn, container, started);
      if (watch) state.watches.push(watch);
      return {
        ended: started.exited.then(({ exitCode }) => exitCode),
        healthy: watch?.healthy ?? Promise.resolve(),
      };
    });
  }

  async function startOneContainer(
    region: Region,
    { taskArn, privateIp = '' }: TaskRow,
    definition: ContainerDefinition,
    state: RunningTask,
  ): Promise<RunningContainer> {
    const { name = '' } = definition;
    const image = pullContainerImage(region, definition, digestOf(region, taskArn, name));
    const rootfs = join(folderOf(taskArn), name);
    const config = await unpackImage(image, rootfs);
    if (state.stopping) throw new CannotStartTaskError('Task stopped by user', name);
    const container = await startContainer(
      {
        name,
        taskDirectory: folderOf(taskArn),
        privateIp,
        rootfs,
        command: commandOf(definition, config),
        workingDirectory: definition.workingDirectory ?? config.workingDirectory,
        environment: { ...config.environment, ...environmentOf(region, definition) },
        stopSignal: config.stopSignal,
        stopTimeoutMs: (definition.stopTimeout ?? DEFAULT_STOP_TIMEOUT_SECONDS) * 1000,
      },
      { line: (_stream, text) => writeLog(region, taskArn, definition, text) },
    );
    state.containers.set(name, container);
    // When the sandbox closes, it stops the containers, so their exits are not reported.
    container.exited
      .then(({ exitCode }) => closing || containerExited(region, taskArn, name, exitCode))
      .catch(reportError);
    return container;
  }

  async function stop(taskArn: string): Promise<void> {
    const state = runningTasks.get(taskArn);
    if (state) {
      state.stopping = true;
      for (const watch of state.watches) watch.stop();
      await Promise.all([...state.containers.values()].map((container) => container.stop()));
    }
    runningTasks.delete(taskArn);
    // If a child process is still writing, the folder may remain. The sandbox removes it at its next start.
    await rm(folderOf(taskArn), { recursive: true, force: true }).catch(() => undefined);
  }

  return {
    checksTargets: true,
    folderOf,
    startTask(region, taskArn, outcome) {
      const task = region.ecs.tasks.get(taskArn);
      if (!task) return;
      start(region, task)
        .then(
          () => outcome(),
          (error: unknown) => outcome(failureOf(error)),
        )
        .catch(reportError);
    },
    stopTask(_region, taskArn, stopped) {
      stop(taskArn).then(stopped).catch(reportError);
    },
    async close() {
      closing = true;
      await Promise.all([...runningTasks.keys()].map(stop));
    },
  };
}

/** Returns the digest that ECS pinned: the image's tag pointed to it when the deployment began. */
const digestOf = ({ ecs }: Region, taskArn: string, name: string): string | undefined =>
  ecs.tasks.get(taskArn)?.containers.find((container) => container.name === name)?.imageDigest;

function failureOf(error: unknown): TaskFailure {
  if (error instanceof CannotStartTaskError) return error.failure;
  const reason = error instanceof Error ? error.message : String(error);
  const isEcsWording = error instanceof CannotStartContainerError;
  return {
    stopCode: 'TaskFailedToStart',
    reason: isEcsWording ? reason : `ContainerRuntimeError: ${reason}`,
  };
}

/**
 * Returns the command of a container. The definition takes precedence over the image. An entry point in the definition
 * replaces both the entry point and the command of the image.
 */
function commandOf(
  { entryPoint, command }: ContainerDefinition,
  image: { readonly entrypoint: readonly string[]; readonly command: readonly string[] },
): string[] {
  if (entryPoint?.length) return [...entryPoint, ...(command ?? [])];
  return [...image.entrypoint, ...(command?.length ? command : image.command)];
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-metadata.html */
const environmentOf = (
  region: Region,
  { environment = [] }: ContainerDefinition,
): Record<string, string> => ({
  AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
  AWS_REGION: region.name,
  AWS_DEFAULT_REGION: region.name,
  ...Object.fromEntries(environment.map(({ name = '', value = '' }) => [name, value])),
});

function watchHealth(
  region: Region,
  taskArn: string,
  { name = '', healthCheck = { command: [] } }: ContainerDefinition,
  container: RunningContainer,
): HealthWatch {
  return watchContainerHealth(
    container,
    healthCheck,
    (ms) => region.scaled(ms),
    (status) => containerHealth(region, taskArn, name, status),
  );
}

/**
 * Writes a line as the awslogs driver does: to one stream per container of a task, `<prefix>/<container>/<task id>`.
 */
function writeLog(region: Region, taskArn: string, definition: ContainerDefinition, text: string): void {
  const { logDriver, options } = definition.logConfiguration ?? {};
  const group = options?.['awslogs-group'];
  if (logDriver !== 'awslogs' || group === undefined) return;
  const prefix = options?.['awslogs-stream-prefix'];
  const id = idOf(taskArn);
  const stream = prefix === undefined ? id : `${prefix}/${definition.name}/${id}`;
  try {
    appendLog(region, group, stream, text, region.now().getTime());
  } catch {
    // The log group was deleted while the task was running, so the output is lost, as on AWS.
  }
}
