/** Provides the root file system of a container: shared if it is read-only, otherwise unpacked for this container alone. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Isolation } from '../runtime/isolation.ts';
import { unpackImage, type ImageBlobs } from '../runtime/image.ts';
import type { ImageStore, SharedRoot } from '../runtime/image-store.ts';
import { resolveInside } from '../runtime/rootfs.ts';
import { resolveUser } from '../runtime/user.ts';

/** The root file system of one container. */
export interface ContainerRoot extends SharedRoot {
  /** Whether other containers use it, so that it must not be changed. */
  readonly isShared: boolean;
}

/** The settings of a container that concern its root. */
export interface RootSettings {
  /** The user as the task definition or the image names it. */
  readonly user: string;
  readonly workingDirectory: string;
  readonly readOnlyRoot: boolean;
  /** The paths at which volumes are mounted; as container runtimes do, the sandbox creates those that the image lacks. */
  readonly mountPaths: readonly string[];
}

/**
 * Unpacks an image for a container, unless its layers are unpacked already. A container that could write to its root in spite of
 * `readOnlyRoot`, because this machine cannot prevent it, or that mounts volumes at paths that the image lacks, gets a separate root.
 * @param privateFolder the folder for a root that is not shared
 * @throws LayerError for a layer that cannot be read
 * @throws CannotStartContainerError when the user is not in the image
 */
export async function openContainerRoot(
  { store, isolation }: { readonly store: ImageStore; readonly isolation: Isolation },
  image: ImageBlobs,
  { user, workingDirectory, readOnlyRoot, mountPaths }: RootSettings,
  privateFolder: string,
): Promise<ContainerRoot> {
  if (readOnlyRoot) {
    const shared = await store.open(image, workingDirectory);
    const ids = await resolveUser(shared.rootfs, user).catch((error: unknown) => {
      shared.release();
      throw error;
    });
    const isComplete = (await missingIn(shared.rootfs, mountPaths)).length === 0;
    if (isComplete && isolation.protectsFrom(ids)) return { ...shared, isShared: true };
    shared.release();
  }
  await unpackImage(image, privateFolder, isolation.hasOtherUsers);
  for (const path of await missingIn(privateFolder, mountPaths)) await mkdir(path, { recursive: true });
  return { rootfs: privateFolder, isShared: false, release: () => undefined };
}

/** Returns the places of the paths that a root lacks. */
async function missingIn(rootfs: string, paths: readonly string[]): Promise<string[]> {
  const places = await Promise.all(paths.map((path) => resolveInside(rootfs, path)));
  return places.filter((place) => !existsSync(place));
}
