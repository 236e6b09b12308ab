/** Resolves paths inside a container's root file system as chroot would: neither links nor `..` lead outside. */
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** The number of links that Linux follows before it fails with ELOOP. */
const MAX_LINKS = 40;

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
  const steps = followLinks(root, path);
  let step = steps.next();
  while (!step.done) {
    const { path: here, isLast } = step.value;
    step = steps.next(lastLink === 'keep' && isLast ? undefined : await linkTarget(here));
  }
  return step.value;
}

/** A path on this machine that may be a link. */
interface LinkQuestion {
  readonly path: string;
  /** Whether it is the last segment of the whole path. */
  readonly isLast: boolean;
}

/**
 * Follows a path and its links, and asks for the target of each. The caller reads the links, with or without blocking the process.
 * @param root the folder that is the container's `/`
 * @yields a path; it must be answered by the target of the link, or by undefined if it is not a link
 * @returns a path at or below `root`, which may not exist
 * @throws Error when links form a cycle
 */
export function* followLinks(
  root: string,
  path: string,
): Generator<LinkQuestion, string, string | undefined> {
  const ahead = segments(path);
  const behind: string[] = [];
  for (let linkCount = 0, part = ahead.shift(); part !== undefined; part = ahead.shift()) {
    if (part === '..') {
      behind.pop();
      continue;
    }
    const target = yield { path: join(root, ...behind, part), isLast: ahead.length === 0 };
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
