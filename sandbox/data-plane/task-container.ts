/** Starts one container of a task: opens its log, unpacks its image, and runs its program. */
import { join } from 'node:path';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { PulledImage } from '../aws/ecr/pull.ts';
import type { TaskDefinitionRow, TaskRow } from '../aws/ecs/store.ts';
import { cloneTree } from '../runtime/clone-tree.ts';
import { CannotStartContainerError, DEFAULT_PATH } from '../runtime/command.ts';
import { startContainer, type ContainerOutput, type ContainerSpec } from '../runtime/container.ts';
import { parseImageConfig, type ImageConfig } from '../runtime/image.ts';
import type { ImageStore } from '../runtime/image-store.ts';
import { needsOwnSystem } from '../runtime/image-system.ts';
import type { Isolation } from '../runtime/isolation.ts';
import type { FindRuntime } from '../runtime/find-oci-runtime.ts';
import { startOciContainer } from '../runtime/oci-runtime.ts';
import type { Region } from '../world/region.ts';
import {
  architectureOf,
  commandOf,
  containerOfOtherArchitecture,
  environmentOf,
  type TaskContainer,
} from './container-setup.ts';
import { openContainerRoot, type ContainerRoot, type RootSettings } from './container-root.ts';
import type { RoleDenial } from './execution-role.ts';
import { openLog, type WriteLine } from './log-driver.ts';
import { CannotStartTaskError } from './preflight.ts';
import { openTemporaryFolder } from './task-volumes.ts';

/** Fargate's default for `stopTimeout`. */
const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

/** The reason why a container with another system than Node's does not start on this machine. */
const NO_RUNTIME =
  'exec: the image has its own system instead of Node (sandbox: to run it, install runc or crun, on Linux)';

/** The common input of the starts of a task's containers. */
export interface ContainerContext {
  readonly region: Region;
  readonly task: TaskRow;
  readonly taskDefinition: TaskDefinitionRow;
  /** The folder of the task. */
  readonly folder: string;
  readonly isolation: Isolation;
  /** Finds an OCI runtime. */
  readonly runtime: FindRuntime;
  /** The unpacked images. */
  readonly store: ImageStore;
  readonly denial: RoleDenial;
  /** Whether the task is stopping, so that no further container may start. */
  readonly isStopping: () => boolean;
  /** Receives the output line by line, in place of the log driver of the task definition. */
  readonly writeLine?: WriteLine;
}

/**
 * Starts a container.
 * @throws CannotStartTaskError, CannotStartContainerError
 */
export async function startTaskContainer(
  context: ContainerContext,
  definition: ContainerDefinition,
  image: PulledImage,
): Promise<TaskContainer> {
  const { name = '' } = definition;
  const config = parseImageConfig(image.config);
  const settings: RootSettings = {
    user: definition.user ?? config.user,
    workingDirectory: definition.workingDirectory ?? config.workingDirectory,
    readOnlyRoot: definition.readonlyRootFilesystem ?? false,
  };
  const root = await openContainerRoot(context, image, settings, join(context.folder, name));
  try {
    const container = await startIn(root, context, definition, config, settings);
    container.exited.finally(() => root.release()).catch(() => undefined);
    return container;
  } catch (error) {
    root.release();
    throw error;
  }
}

async function startIn(
  { rootfs, isShared }: ContainerRoot,
  context: ContainerContext,
  definition: ContainerDefinition,
  config: ImageConfig,
  settings: RootSettings,
): Promise<TaskContainer> {
  const { region, task, taskDefinition, folder, isolation, denial, isStopping } = context;
  const { name = '' } = definition;
  if (isStopping()) throw new CannotStartTaskError('Task stopped by user', { container: name });
  const writeLine = context.writeLine ?? openLog(region, task.taskArn, definition, denial);
  const command = commandOf(definition, config);
  const architecture = architectureOf(taskDefinition.runtimePlatform);
  const canRun = config.architecture === undefined || config.architecture === architecture;
  if (!canRun) return containerOfOtherArchitecture(command[0] ?? '', writeLine);
  const environment = { ...config.environment, ...environmentOf(region, definition) };
  const search = { ...settings, rootfs, path: environment.PATH ?? DEFAULT_PATH };
  const isForeign = await needsOwnSystem(command, search);
  const runtime = isForeign ? context.runtime() : undefined;
  if (isForeign && runtime === undefined) throw new CannotStartContainerError(NO_RUNTIME);
  // A runtime mounts volumes on every machine.
  const volumes = isForeign ? { ...isolation, hasVolumes: true } : isolation;
  const spec: ContainerSpec = {
    ...settings,
    name,
    taskDirectory: folder,
    privateIp: task.privateIp ?? '',
    rootfs,
    hasSharedRoot: isShared,
    command,
    environment,
    temporaryFolder: await openTemporaryFolder(folder, definition, config, rootfs, volumes),
    isolation,
    stopSignal: config.stopSignal,
    hasInitProcess: definition.linuxParameters?.initProcessEnabled ?? false,
    stopTimeoutMs: (definition.stopTimeout ?? DEFAULT_STOP_TIMEOUT_SECONDS) * 1000,
  };
  const output: ContainerOutput = { line: (_stream, text) => writeLine(text) };
  if (runtime === undefined) return startContainer(spec, output);
  if (!isShared) return startOciContainer(runtime, spec, output);
  // The runtime adds its mount points to the root.
  const separate = join(folder, name);
  await cloneTree(rootfs, separate, isolation.hasOtherUsers);
  return startOciContainer(runtime, { ...spec, rootfs: separate }, output);
}
