/** The folder of the image cache, which all projects of a user share: a base image is downloaded once per machine. */
import { stat, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { cacheNotPrivate } from './image-problems.ts';

/** The bits of a mode that allow the group and others to write. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Returns the folder: SLIPWAY_CACHE, or `slipway` in the user's folder for caches.
 * @param home the user's home folder
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function imageCacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const own = env['SLIPWAY_CACHE'];
  if (own) return resolve(own);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'slipway');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'slipway');
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'slipway');
}

/**
 * Checks that no other user can write to folders: such a user could replace what the cache remembers. Folders may be missing.
 * @throws CACHE_FOLDER
 */
export async function requirePrivateFolders(folders: readonly string[]): Promise<void> {
  const user = process.getuid?.();
  // Windows has neither users by number nor modes.
  if (user === undefined) return;
  for (const folder of folders) {
    const found = await stat(folder).catch(() => undefined);
    if (found === undefined) continue;
    if (found.uid !== user) throw cacheNotPrivate(folder, 'owner');
    if (found.mode & WRITABLE_BY_OTHERS) throw cacheNotPrivate(folder, 'mode');
  }
}

/** Returns how much space the disk of a folder has left for this user, bytes. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
