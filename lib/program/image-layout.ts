/** The layout of a program in its image: where its folder is, and which parts of it a Dockerfile copies elsewhere. Pure. */
import { posix } from 'node:path';
import type { CopiedPath } from './start.ts';

export interface ImageLayout {
  /** The place of the program's folder in the image. */
  readonly folder: string;
  /** The place of the workspace's root: paths outside it are not the program's. */
  readonly workspaceFolder: string;
  readonly copies: readonly CopiedPath[];
}

/** Returns the part of a path below a folder: '' for the folder itself, undefined for a path outside it. */
export function pathBelow(folder: string, path: string): string | undefined {
  const relative = posix.relative(folder, path);
  return relative === '..' || relative.startsWith('../') ? undefined : relative;
}

/** Returns the paths, relative to the program's folder, that may be at a path of the image; the last copy comes first. */
export function locate({ folder, workspaceFolder, copies }: ImageLayout, path: string): string[] {
  const copied = [...copies].reverse().flatMap(({ from, to }) => {
    const below = pathBelow(to, path);
    return below === undefined ? [] : [posix.join(from, below)];
  });
  const isInside = pathBelow(workspaceFolder, path) !== undefined;
  return isInside ? [...copied, posix.relative(folder, path) || '.'] : copied;
}
