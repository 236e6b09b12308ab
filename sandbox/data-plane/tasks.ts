/** Runs tasks: unpacks their images into folders, and runs their containers as processes on this machine. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { definitionOfTask } from '../aws/ecs/task-overrides.ts';
import { recordContainerExit, recordContainerHealth } from '../aws/ecs/task-reports.ts';
import type { TaskDefinitionRow, TaskRow } from '../aws/ecs/store.ts';
import type { DataPlane } from './data-plane.ts';
import { startContainer } from '../runtime/container.ts';
import { removeTree } from '../runtime/file-modes.ts';
import { unpackImage } from '../runtime/image.ts';
import { noIsolation, type Isolation } from '../runtime/isolation.ts';
import { listenedAddresses, type ListenedAddress } from '../runtime/ports.ts';
import type { Region } from '../world/region.ts';
import type { SandboxClock } from '../world/clock.ts';
import { watchContainerHealth, type HealthWatch } from './container-health.ts';
import {
  architectureOf,
  commandOf,
  containerOfOtherArchitecture,
  environmentOf,
  taskIdOf,
  writeLog,
  type TaskContainer,
} from './container-setup.ts';
import { makeMemoryLimits } from './memory-limits.ts';
import { makeOpenRequests, type OpenRequests } from './open-requests.ts';
import { CannotStartTaskError, checkPrerequisites, failureOf, pullContainerImage } from './preflight.ts';
import { startInOrder } from './start-order.ts';
import { makeUsageMeter } from './usage-meter.ts';
import { makeUsageWatch } from './usage-watch.ts';

/** Fargate's default for `stopTimeout`. */
const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

interface RunningTask {
  readonly region: Region;
  readonly containers: Map<string, TaskContainer>;
  readonly watches: HealthWatch[];
  /** Set when the task is stopping. No further container is started from then on. */
  isStopping: boolean;
}

/** A data plane that runs tasks in subfolders of a folder. */
export interface TaskDataPlane extends DataPlane {
  /** Returns the folder of a task, in which the task's listening ports are recorded. */
  folderOf(taskArn: string): string;
  /** Returns the addresses on which the containers of a task listen, or listened if the task has stopped. */
  listenersOf(region: Region, taskArn: string): Promise<ListenedAddress[]>;
  /** Counts a request that a load balancer has forwarded to a target group. */
  countRequest(targetGroupArn: string): void;
  /** The requests that load balancers have forwarded and that have not ended. */
  readonly openRequests: OpenRequests;
  /** Stops all tasks, because the sandbox is closing. */
  close(): Promise<void>;
}

/**
 * Makes the data plane.
 * @param folder the parent of the tasks' folders
 * @param reportError receives internal errors of the sandbox, since no call waits for a task
 * @param clock determines when memory is measured
 * @param isolation how users and read-only root file systems are enforced
 */
export function makeTaskDataPlane(
  folder: string,
  reportError: (error: unknown) => void,
  clock: SandboxClock,
  isolation: Isolation = noIsolation,
): TaskDataPlane {
  const memory = makeMemoryLimits(clock, reportError);
  const meter = makeUsageMeter(clock);
  const openRequests = makeOpenRequests();
  const watchUsage = makeUsageWatch(memory, meter);
  const runningTasks = new Map<string, RunningTask>();
  let isClosing = false;
  const folderOf = (taskArn: string) => join(folder, taskIdOf(taskArn));

  async function start(region: Region, task: TaskRow): Promise<void> {
    const { taskArn } = task;
    const definition = definitionOfTask(region, task);
    if (!definition) throw new CannotStartTaskError(`The task definition ${task.taskDefinitionArn} is gone`);
    checkPrerequisites(region, task, definition);
    const state: RunningTask = { region, containers: new Map(), watches: [], isStopping: false };
    runningTasks.set(taskArn, state);
    await mkdir(folderOf(taskArn), { recursive: true, mode: isolation.hasOtherUsers ? 0o711 : 0o700 });
    await startInOrder(definition.containerDefinitions ?? [], async (container) => {
      const started = await startOneContainer(region, task, definition, container, state);
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
    task: TaskRow,
    taskDefinition: TaskDefinitionRow,
    definition: ContainerDefinition,
    state: RunningTask,
  ): Promise<TaskContainer> {
    const { taskArn, privateIp = '' } = task;
    const { name = '' } = definition;
    const digest = task.containers.find((container) => container.name === name)?.imageDigest;
    const architecture = architectureOf(taskDefinition.runtimePlatform);
    // ECS pinned the digest to which the image's tag pointed when the deployment began.
    const image = pullContainerImage(region, definition, digest, architecture);
    const rootfs = join(folderOf(taskArn), name);
    const config = await unpackImage(image, rootfs, isolation.hasOtherUsers);
    if (state.isStopping) throw new CannotStartTaskError('Task stopped by user', name);
    const command = commandOf(definition, config);
    const writeLine = (text: string) => writeLog(region, taskArn, definition, text);
    const canRun = config.architecture === undefined || config.architecture === architecture;
    const container = canRun
      ? await startContainer(
          {
            name,
            taskDirectory: folderOf(taskArn),
            privateIp,
            rootfs,
            command,
            workingDirectory: definition.workingDirectory ?? config.workingDirectory,
            environment: { ...config.environment, ...environmentOf(region, definition) },
            user: definition.user ?? config.user,
            readOnlyRoot: definition.readonlyRootFilesystem ?? false,
            isolation,
            stopSignal: config.stopSignal,
            hasInitProcess: definition.linuxParameters?.initProcessEnabled ?? false,
            stopTimeoutMs: (definition.stopTimeout ?? DEFAULT_STOP_TIMEOUT_SECONDS) * 1000,
          },
          { line: (_stream, text) => writeLine(text) },
        )
      : containerOfOtherArchitecture(command[0] ?? '', writeLine);
    state.containers.set(name, container);
    const endUsageWatch = watchUsage(taskDefinition, taskArn, definition, container);
    // When the sandbox closes, it stops the containers, so their exits are not reported.
    container.exited
      .then(
        ({ exitCode }) => isClosing || recordContainerExit(region, taskArn, name, exitCode, endUsageWatch()),
      )
      .catch(reportError);
    return container;
  }

  async function listenersOf(region: Region, taskArn: string): Promise<ListenedAddress[]> {
    const { listened } = region.ecs.tasks.get(taskArn) ?? {};
    return (
      listened?.map((address) => ({ ...address, isOpen: false })) ?? listenedAddresses(folderOf(taskArn))
    );
  }

  async function stop(region: Region, taskArn: string): Promise<void> {
    const state = runningTasks.get(taskArn);
    if (state) {
      state.isStopping = true;
      for (const watch of state.watches) watch.stop();
      await Promise.all([...state.containers.values()].map((container) => container.stop()));
    }
    runningTasks.delete(taskArn);
    const listened = await listenedAddresses(folderOf(taskArn));
    const task = region.ecs.tasks.get(taskArn);
    if (task) task.listened = listened.map(({ container, host, port }) => ({ container, host, port }));
    // If a child process is still writing, the folder may remain. The sandbox removes it at its next start.
    await removeTree(folderOf(taskArn)).catch(() => undefined);
  }

  return {
    checksTargets: true,
    runsPrograms: true,
    openRequests,
    whenIdle: openRequests.whenNone,
    folderOf,
    listenersOf,
    countRequest: (targetGroupArn) => meter.countRequest(targetGroupArn),
    measureUsage: meter.isSupported
      ? ({ name }, maxAgeMs, onMeasured) =>
          void meter.measure(name, maxAgeMs).then(onMeasured).catch(reportError)
      : undefined,
    startTask(region, taskArn, onOutcome) {
      const task = region.ecs.tasks.get(taskArn);
      if (!task) return;
      start(region, task)
        .then(
          () => onOutcome(),
          (error: unknown) => onOutcome(failureOf(error)),
        )
        .catch(reportError);
    },
    stopTask(region, taskArn, onStopped) {
      stop(region, taskArn).then(onStopped).catch(reportError);
    },
    async close() {
      isClosing = true;
      await Promise.all([...runningTasks].map(([taskArn, { region }]) => stop(region, taskArn)));
    },
  };
}

function watchHealth(
  region: Region,
  taskArn: string,
  { name = '', healthCheck = { command: [] } }: ContainerDefinition,
  container: TaskContainer,
): HealthWatch {
  return watchContainerHealth(
    container,
    healthCheck,
    (ms) => region.scaled(ms),
    (status) => recordContainerHealth(region, taskArn, name, status),
  );
}
