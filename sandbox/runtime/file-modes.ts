/** Sets file modes in tasks' folders: makes images read-only where mounts are missing, and gives other users access. */
import { chmod, lstat, readdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const WRITE_BITS = 0o222;
/** Lets the group and all other users enter a folder without listing it. */
const ENTER_BITS = 0o011;
/** The sandbox's own folders that may be opened to other users, because each file in them is private anyway. */
const OWN_FOLDERS = ['tasks', 'images', 'sandbox', '.slipway'];

/** Removes write permission from a folder and everything below. */
export async function makeReadOnly(path: string): Promise<void> {
  const { mode, isFolder, isLink } = await kindOf(path);
  if (isLink) return;
  if (isFolder) for (const name of await readdir(path)) await makeReadOnly(join(path, name));
  await chmod(path, mode & 0o777 & ~WRITE_BITS);
}

/** Removes a folder, even if folders below are read-only. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(async () => {
    await makeFoldersWritable(path);
    await rm(path, { recursive: true, force: true });
  });
}

async function makeFoldersWritable(path: string): Promise<void> {
  const { mode, isFolder } = await kindOf(path);
  if (!isFolder) return;
  await chmod(path, (mode & 0o777) | 0o700);
  for (const name of await readdir(path)) await makeFoldersWritable(join(path, name));
}

/** Lets other users enter a folder and those of its parents that belong to the sandbox. */
export async function openToOthers(folder: string): Promise<void> {
  for (let path = folder; OWN_FOLDERS.includes(basename(path)); path = dirname(path)) {
    const { mode } = await stat(path);
    await chmod(path, (mode & 0o777) | ENTER_BITS);
  }
}

/** Follows the paths from `/`. Returns the first folder that other users cannot enter; undefined when they can enter all. */
export async function blockedFolder(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const real = await realpath(path);
    const parts = real.split('/').slice(1);
    const ancestors = ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
    for (const ancestor of ancestors)
      if (((await stat(ancestor)).mode & ENTER_BITS) !== ENTER_BITS) return ancestor;
  }
  return undefined;
}

async function kindOf(path: string): Promise<{ mode: number; isFolder: boolean; isLink: boolean }> {
  const stats = await lstat(path);
  return { mode: stats.mode, isFolder: stats.isDirectory(), isLink: stats.isSymbolicLink() };
}
