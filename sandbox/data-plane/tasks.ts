/** Runs tasks: unpacks their images into folders, and runs their containers as processes on this machine. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { storedImage } from '../aws/ecr/pull.ts';
import { definitionOfTask } from '../aws/ecs/task-overrides.ts';
import { recordContainerExit } from '../aws/ecs/task-reports.ts';
import type { TaskRow } from '../aws/ecs/store.ts';
import type { DataPlane } from './data-plane.ts';
import { removeTree } from '../runtime/file-modes.ts';
import type { FindRuntime } from '../runtime/find-oci-runtime.ts';
import { parseImageConfig } from '../runtime/image.ts';
import type { ImageStore } from '../runtime/image-store.ts';
import type { Isolation } from '../runtime/isolation.ts';
import { listenedAddresses, type ListenedAddress } from '../runtime/ports.ts';
import type { Region } from '../world/region.ts';
import type { SandboxClock } from '../world/clock.ts';
import type { HealthWatch } from './container-health.ts';
import { architectureOf, taskIdOf, type TaskContainer } from './container-setup.ts';
import { denialsOf } from './execution-role.ts';
import { makeMemoryLimits } from './memory-limits.ts';
import { makeOpenRequests, type OpenRequests } from './open-requests.ts';
import { CannotStartTaskError, pullImages, signIn, startError } from './preflight.ts';
import { giveUpReported, startReported, watchReported } from './reported-starts.ts';
import { startInOrder, stopInOrder, type StartedContainer } from './start-order.ts';
import { fetchSecrets } from './task-secrets.ts';
import type { ContainerContext } from './task-container.ts';
import { makeSessions, type Sessions } from '../session/sessions.ts';
import { openTaskSession } from './task-session.ts';
import { makeUsageMeter } from './usage-meter.ts';
import { makeUsageWatch } from './usage-watch.ts';

/** How long a container may take to stop when the sandbox closes, in milliseconds. */
const CLOSE_STOP_MS = 2_000;

interface RunningTask {
  readonly region: Region;
  readonly definitions: readonly ContainerDefinition[];
  readonly containers: Map<string, TaskContainer>;
  readonly watches: HealthWatch[];
  /** Aborted when the task is stopping. No further container is started from then on. */
  readonly stopping: AbortController;
}

/** A data plane that runs tasks in subfolders of a folder. */
export interface TaskDataPlane extends DataPlane {
  /** Returns the folder of a task, in which the task's listening ports are recorded. */
  folderOf(taskArn: string): string;
  /** Returns the addresses on which the containers of a task listen, or listened if the task has stopped. */
  listenersOf(region: Region, taskArn: string): ListenedAddress[];
  /** Counts a request that a load balancer has forwarded to a target group. */
  countRequest(targetGroupArn: string): void;
  /** The requests that load balancers have forwarded and that have not ended. */
  readonly openRequests: OpenRequests;
  /** Takes a request for the WebSocket of a session. */
  readonly acceptSession: Sessions['upgrade'];
  /** Stops all tasks, because the sandbox is closing. */
  close(): Promise<void>;
}

/**
 * Makes the data plane.
 * @param folder the parent of the tasks' folders
 * @param reportError receives internal errors of the sandbox, since no call waits for a task
 * @param clock determines when memory is measured
 * @param isolation how users and read-only root file systems are enforced
 * @param store the unpacked images
 * @param runtime finds an OCI runtime for images without Node
 */
export function makeTaskDataPlane(
  folder: string,
  reportError: (error: unknown) => void,
  clock: SandboxClock,
  isolation: Isolation,
  store: ImageStore,
  runtime: FindRuntime = () => undefined,
): TaskDataPlane {
  const memory = makeMemoryLimits(clock, reportError);
  const meter = makeUsageMeter(clock);
  const openRequests = makeOpenRequests();
  const watchUsage = makeUsageWatch(memory, meter);
  const runningTasks = new Map<string, RunningTask>();
  const unpacking = new Set<Promise<void>>();
  const sessions = makeSessions(reportError);
  let isClosing = false;
  const folderOf = (taskArn: string) => join(folder, taskIdOf(taskArn));

  async function start(region: Region, task: TaskRow): Promise<void> {
    const { taskArn } = task;
    const taskDefinition = definitionOfTask(region, task);
    if (!taskDefinition)
      throw new CannotStartTaskError(`The task definition ${task.taskDefinitionArn} is gone`);
    const definitions = taskDefinition.containerDefinitions ?? [];
    const state: RunningTask = {
      region,
      definitions,
      containers: new Map(),
      watches: [],
      stopping: new AbortController(),
    };
    runningTasks.set(taskArn, state);
    const denial = denialsOf(region, task, taskDefinition);
    const secrets = fetchSecrets(region, task, taskDefinition, denial);
    signIn(region, task, taskDefinition, denial);
    const images = pullImages(region, task, taskDefinition, denial);
    const taskFolder = folderOf(taskArn);
    await mkdir(taskFolder, { recursive: true, mode: isolation.hasOtherUsers ? 0o711 : 0o700 });
    const context: ContainerContext = {
      ...{ region, task, taskDefinition, folder: taskFolder, isolation, store, runtime, denial, secrets },
      isStopping: () => state.stopping.signal.aborted,
    };
    const start = async (definition: ContainerDefinition): Promise<StartedContainer> => {
      const { name = '' } = definition;
      const image = images.get(name);
      if (!image) throw new CannotStartTaskError(`The container ${name} has no image`);
      const container = await startReported(context, definition, image);
      if (!container) return undefined;
      state.containers.set(name, container);
      const endUsageWatch = watchUsage(taskDefinition, taskArn, definition, container);
      // When the sandbox closes, it stops the containers, so their exits are not reported.
      container.exited
        .then(
          ({ exitCode }) =>
            isClosing || recordContainerExit(region, taskArn, name, exitCode, endUsageWatch()),
        )
        .catch(reportError);
      const watch = definition.healthCheck && watchReported(context, definition, container);
      if (watch) state.watches.push(watch);
      return {
        ended: container.exited.then(({ exitCode }) => exitCode),
        healthy: watch?.healthy ?? Promise.resolve(undefined),
      };
    };
    const giveUp = (definition: ContainerDefinition, reason: string) =>
      giveUpReported(context, definition, reason);
    await startInOrder(definitions, { start, giveUp, signal: state.stopping.signal });
  }

  /** Unpacks the images that containers share. */
  async function unpackShared(region: Region, taskDefinitionArn: string): Promise<void> {
    const { containerDefinitions = [], runtimePlatform } =
      region.ecs.taskDefinitions.get(taskDefinitionArn) ?? {};
    for (const { image: reference = '', readonlyRootFilesystem, workingDirectory } of containerDefinitions) {
      const image = storedImage(region, reference, architectureOf(runtimePlatform));
      if (!image || !readonlyRootFilesystem) continue;
      const root = await store.open(
        image,
        workingDirectory ?? parseImageConfig(image.config).workingDirectory,
      );
      root.release();
    }
  }

  function listenersOf(region: Region, taskArn: string): ListenedAddress[] {
    const { listened } = region.ecs.tasks.get(taskArn) ?? {};
    return (
      listened?.map((address) => ({ ...address, isOpen: false })) ?? listenedAddresses(folderOf(taskArn))
    );
  }

  /** @param maxStopMs a shorter stop timeout for all containers, in milliseconds */
  async function stop(region: Region, taskArn: string, maxStopMs?: number): Promise<void> {
    const state = runningTasks.get(taskArn);
    if (state) {
      state.stopping.abort(new CannotStartTaskError('Task stopped by user'));
      for (const watch of state.watches) watch.stop();
      await stopInOrder(state.definitions, async (name) => state.containers.get(name)?.stop(maxStopMs));
    }
    runningTasks.delete(taskArn);
    const listened = listenedAddresses(folderOf(taskArn));
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
    unpackImages(region, taskDefinitionArn) {
      // The start meets the same failure, and reports it.
      const unpacked = unpackShared(region, taskDefinitionArn).catch(() => undefined);
      unpacking.add(unpacked);
      void unpacked.then(() => unpacking.delete(unpacked));
    },
    startTask(region, taskArn, onOutcome) {
      const task = region.ecs.tasks.get(taskArn);
      if (!task) return;
      start(region, task)
        .then(
          () => onOutcome(),
          (error: unknown) => onOutcome(startError(error).failure),
        )
        .catch(reportError);
    },
    acceptSession: (...request) => sessions.upgrade(...request),
    openSession: (region, request) =>
      openTaskSession(sessions, region, runningTasks.get(request.taskArn)?.containers, request),
    stopTask(region, taskArn, onStopped) {
      stop(region, taskArn).then(onStopped).catch(reportError);
    },
    async close() {
      isClosing = true;
      await sessions.close();
      await Promise.all(unpacking);
      await Promise.all(
        [...runningTasks].map(([taskArn, { region }]) => stop(region, taskArn, CLOSE_STOP_MS)),
      );
    },
  };
}
