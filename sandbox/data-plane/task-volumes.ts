/** Creates the ephemeral volumes of a task, with the owner and the permissions that ECS gives them. */
import { chmod, chown, cp, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { ImageConfig } from '../runtime/image.ts';
import type { Isolation } from '../runtime/isolation.ts';
import { TEMPORARY_FOLDER } from '../runtime/mounts.ts';
import { resolveInside } from '../runtime/rootfs.ts';

/** ECS's permissions for a volume at a folder that the image does not declare as a volume. Its owner is root. */
const DEFAULT_MODE = 0o755;

/**
 * Returns the folder that a container sees as /tmp. The first container that mounts a volume determines its content: that of the
 * folder in the image, if the image declares the folder as a volume.
 * @param taskFolder the folder of the task
 * @param rootfs the root file system of the container
 * @returns undefined if the container mounts no volume, or if this machine cannot mount one
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 */
export async function openTemporaryFolder(
  taskFolder: string,
  { mountPoints = [] }: Pick<ContainerDefinition, 'mountPoints'>,
  { volumes }: Pick<ImageConfig, 'volumes'>,
  rootfs: string,
  { hasVolumes, hasOtherUsers }: Pick<Isolation, 'hasVolumes' | 'hasOtherUsers'>,
): Promise<string | undefined> {
  const mounted = mountPoints.find(({ containerPath }) => containerPath === TEMPORARY_FOLDER);
  if (!mounted || !hasVolumes) return undefined;
  const folder = join(taskFolder, 'volumes', mounted.sourceVolume ?? '');
  const isNew = await mkdir(folder, { recursive: true });
  if (isNew === undefined) return folder;
  if (hasOtherUsers) await chmod(join(taskFolder, 'volumes'), 0o711);
  const declared = volumes.includes(TEMPORARY_FOLDER)
    ? await resolveInside(rootfs, TEMPORARY_FOLDER)
    : undefined;
  const stats = declared === undefined ? undefined : await stat(declared).catch(() => undefined);
  if (declared !== undefined && stats) await cp(declared, folder, { recursive: true });
  if (stats && hasOtherUsers) await chown(folder, stats.uid, stats.gid);
  await chmod(folder, stats ? stats.mode & 0o1777 : DEFAULT_MODE);
  return folder;
}
