/** Resolves paths inside a container's root file system as chroot would: neither links nor `..` lead outside. */
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** The number of links that Linux follows before it fails with ELOOP. */
export const MAX_LINKS = 40;

/**
 * Maps a path of the container to its path on this machine.
 * @param root the folder that is the container's `/`
 * @param path a path as the container sees it, absolute or relative to `/`
 * @param lastLink whether to follow a link in the last segment, or to return the path of the link itself
 * @returns a path at or below `root`, which may not exist
 * @throws Error when links form a cycle
 */
export async function resolveInside(
  root: string,
  path: string,
  lastLink: 'follow' | 'keep' = 'follow',
): Promise<string> {
  const ahead = segments(path);
  const behind: string[] = [];
  for (let linkCount = 0, part = ahead.shift(); part !== undefined; part = ahead.shift()) {
    if (part === '..') {
      behind.pop();
      continue;
    }
    const target =
      lastLink === 'keep' && ahead.length === 0 ? undefined : await linkTarget(join(root, ...behind, part));
    if (target === undefined) {
      behind.push(part);
      continue;
    }
    if (++linkCount > MAX_LINKS) throw new Error(`too many levels of symbolic links: ${path}`);
    if (target.startsWith('/')) behind.length = 0;
    ahead.unshift(...segments(target));
  }
  return join(root, ...behind);
}

/** Returns the segments of a path, without empty ones and `.`. */
export function segments(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

async function linkTarget(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}
