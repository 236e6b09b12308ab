/** Prepares the volumes of a container whose programs run on this machine. */
import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ContainerSpec } from './container.ts';
import { mountPointsIn, type MountSettings } from './mounts.ts';
import { resolveInside } from './rootfs.ts';
import { stageRoot } from './staged-root.ts';

/** The folder of a volume that programs see only at its path on this machine: `/tmp` of the image is not used. */
export const TEMPORARY_FOLDER = '/tmp';

/**
 * Prepares the volumes of a container. A program sees a volume at its path on this machine, and at its path in the image. Volumes may
 * hide folders that the container needs.
 */
export async function prepareVolumes({
  name,
  taskDirectory,
  rootfs,
  volumes = [],
}: ContainerSpec): Promise<Pick<MountSettings, 'volumes' | 'root' | 'neededFolders'>> {
  const needed = [taskDirectory, rootfs, import.meta.dirname, dirname(process.execPath)];
  const neededFolders = await Promise.all(needed.map((path) => realpath(path)));
  const inImage = await Promise.all(
    volumes
      .filter(({ to }) => to !== TEMPORARY_FOLDER)
      .map(async ({ from, to }) => ({ from, to: await resolveInside(rootfs, to) })),
  );
  const missing = volumes.filter(({ to }) => !existsSync(to));
  const mounted = [...inImage, ...volumes.filter((volume) => !missing.includes(volume))];
  for (const path of mountPointsIn(mounted, neededFolders)) await mkdir(path, { recursive: true });
  const root =
    missing.length === 0 ? undefined : await stageRoot(join(taskDirectory, `root-${name}`), missing);
  return { volumes: mounted, root, neededFolders };
}
