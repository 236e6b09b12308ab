/** Prepares another root for a process that sees folders which this machine does not have: everything else is mounted from here. */
import { mkdir, readdir, readlink, realpath, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** One mount. */
export interface BindMount {
  readonly from: string;
  readonly to: string;
}

/** A root whose folders are mount points. */
export interface StagedRoot {
  readonly folder: string;
  /** The folders and files of this machine, with their places in the root. */
  readonly parts: readonly BindMount[];
  /** The volumes, with their places in the root. */
  readonly volumes: readonly BindMount[];
}

/**
 * Makes the folders, links and files of a root that contains everything that this machine has, and the missing folders in addition.
 * @param folder the new root, which must not exist
 * @param missing the volumes at paths that this machine does not have; the paths are absolute
 */
export async function stageRoot(folder: string, missing: readonly BindMount[]): Promise<StagedRoot> {
  const volumes = await Promise.all(
    missing.map(async ({ from, to }) => ({ from, to: await realPathOf(to) })),
  );
  await mkdir(folder);
  const parts = await stage(
    '/',
    folder,
    volumes.map(({ to }) => to),
  );
  const places = volumes.map(({ from, to }) => ({ from, to: join(folder, to) }));
  for (const { to } of places) await mkdir(to, { recursive: true });
  return { folder, parts, volumes: places };
}

/** Returns a path with the links of its existing part resolved. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return join(await realPathOf(dirname(path)), basename(path));
  }
}

/**
 * Stages a folder of this machine.
 * @param missing paths that this machine does not have; the folders above them are made, and everything else is mounted
 */
async function stage(from: string, to: string, missing: readonly string[]): Promise<BindMount[]> {
  const mounts: BindMount[] = [];
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    const below = missing.filter((path) => path.startsWith(`${source}/`));
    if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (entry.isDirectory()) {
      await mkdir(target);
      mounts.push(
        ...(below.length > 0 ? await stage(source, target, below) : [{ from: source, to: target }]),
      );
    } else if (entry.isFile()) {
      await writeFile(target, '');
      mounts.push({ from: source, to: target });
    }
  }
  return mounts;
}
