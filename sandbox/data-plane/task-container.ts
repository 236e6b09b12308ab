/** Starts one container of a task: opens its log, unpacks its image, and runs its program. */
import { join } from 'node:path';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { PulledImage } from '../aws/ecr/pull.ts';
import type { TaskDefinitionRow, TaskRow } from '../aws/ecs/store.ts';
import { startContainer } from '../runtime/container.ts';
import { unpackImage } from '../runtime/image.ts';
import type { Isolation } from '../runtime/isolation.ts';
import type { Region } from '../world/region.ts';
import {
  architectureOf,
  commandOf,
  containerOfOtherArchitecture,
  environmentOf,
  type TaskContainer,
} from './container-setup.ts';
import type { RoleDenial } from './execution-role.ts';
import { openLog, type WriteLine } from './log-driver.ts';
import { CannotStartTaskError } from './preflight.ts';

/** Fargate's default for `stopTimeout`. */
const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

/** The common input of the starts of a task's containers. */
export interface ContainerContext {
  readonly region: Region;
  readonly task: TaskRow;
  readonly taskDefinition: TaskDefinitionRow;
  /** The folder of the task. */
  readonly folder: string;
  readonly isolation: Isolation;
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
  const { region, task, taskDefinition, folder, isolation, denial, isStopping } = context;
  const { name = '' } = definition;
  const rootfs = join(folder, name);
  const config = await unpackImage(image, rootfs, isolation.hasOtherUsers);
  if (isStopping()) throw new CannotStartTaskError('Task stopped by user', { container: name });
  const writeLine = context.writeLine ?? openLog(region, task.taskArn, definition, denial);
  const command = commandOf(definition, config);
  const architecture = architectureOf(taskDefinition.runtimePlatform);
  const canRun = config.architecture === undefined || config.architecture === architecture;
  if (!canRun) return containerOfOtherArchitecture(command[0] ?? '', writeLine);
  return startContainer(
    {
      name,
      taskDirectory: folder,
      privateIp: task.privateIp ?? '',
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
  );
}
