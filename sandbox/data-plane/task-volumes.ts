/** Creates the ephemeral volumes of a task, with the owner and the permissions that ECS gives them. */
import { chmod, chown, cp, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerDefinition, MountPoint } from '@aws-sdk/client-ecs';
import { CannotStartContainerError } from '../runtime/command.ts';
import type { ImageConfig } from '../runtime/image.ts';
import type { Isolation } from '../runtime/isolation.ts';
import { resolveInside } from '../runtime/rootfs.ts';
import type { BindMount } from '../runtime/staged-root.ts';
import { TEMPORARY_FOLDER } from '../runtime/volumes.ts';

/** ECS's permissions for a volume at a folder that the image does not declare as a volume. Its owner is root. */
const DEFAULT_MODE = 0o755;

/** A container's image, as far as its volumes depend on it. */
interface VolumeImage extends Pick<ImageConfig, 'volumes'> {
  readonly rootfs: string;
}

/** Returns the paths at which a container mounts volumes, without `/tmp`. */
export const mountPathsOf = ({ mountPoints = [] }: Pick<ContainerDefinition, 'mountPoints'>): string[] =>
  mountPoints.flatMap(({ containerPath = '' }) =>
    containerPath === TEMPORARY_FOLDER ? [] : [containerPath],
  );

/**
 * Returns the folders that a container sees as its volumes. The first container that mounts a volume determines its content: that of
 * the folder in the image, if the image declares the folder as a volume. A machine that cannot mount volumes has its own /tmp.
 * @param taskFolder the folder of the task
 * @throws CannotStartContainerError for a volume elsewhere, if this machine cannot mount it
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 */
export async function openVolumes(
  taskFolder: string,
  definition: Pick<ContainerDefinition, 'mountPoints'>,
  image: VolumeImage,
  { hasVolumes, hasOtherUsers }: Pick<Isolation, 'hasVolumes' | 'hasOtherUsers'>,
): Promise<BindMount[]> {
  const [path] = mountPathsOf(definition);
  if (!hasVolumes && path !== undefined)
    throw new CannotStartContainerError(
      `error mounting a volume at "${path}" (sandbox: only Linux with user namespaces can mount it)`,
    );
  const volumes: BindMount[] = [];
  for (const mounted of hasVolumes ? (definition.mountPoints ?? []) : [])
    volumes.push({
      from: await openVolume(taskFolder, mounted, image, hasOtherUsers),
      to: mounted.containerPath ?? '',
    });
  return volumes;
}

async function openVolume(
  taskFolder: string,
  { sourceVolume = '', containerPath = '' }: MountPoint,
  { volumes, rootfs }: VolumeImage,
  hasOtherUsers: boolean,
): Promise<string> {
  const folder = join(taskFolder, 'volumes', sourceVolume);
  const isNew = await mkdir(folder, { recursive: true });
  if (isNew === undefined) return folder;
  if (hasOtherUsers) await chmod(join(taskFolder, 'volumes'), 0o711);
  const declared = volumes.includes(containerPath) ? await resolveInside(rootfs, containerPath) : undefined;
  const stats = declared === undefined ? undefined : await stat(declared).catch(() => undefined);
  if (declared !== undefined && stats) await cp(declared, folder, { recursive: true });
  if (stats && hasOtherUsers) await chown(folder, stats.uid, stats.gid);
  await chmod(folder, stats ? stats.mode & 0o1777 : DEFAULT_MODE);
  return folder;
}
