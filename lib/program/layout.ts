/** Decides where the files of a program are in its image, so that they find each other as they do on disk. Pure. */
import { posix, relative, sep } from 'node:path';
import type { Entry } from './entries.ts';
import { isIn } from './packages.ts';
import type { ProgramStart } from './start.ts';

/** The place in the image of a project whose packages are neither in the program's folder nor in the workspace's. */
const PROJECT_FOLDER = '/workspace';

/** The places of files in an image. */
export interface Layout {
  /** Returns the path in the image of a path on disk, relative to the image's root. */
  readonly placeOf: (path: string) => string;
  /** Returns the same for an absolute path in the image that the start names. */
  readonly placeInImage: (path: string) => string;
  /** A link at the place of the program's folder that leads to its files, if they are elsewhere. */
  readonly link: Entry | undefined;
}

/**
 * Lays out an image. Folders keep their relative positions. If packages are outside of the folders that the start knows, everything
 * is in one other folder, and a link leads to the program's.
 * @param folder the program's folder on disk, absolute
 * @param start where the program's folder is in the image
 * @param paths all packaged paths on disk, absolute
 */
export function layOut(
  folder: string,
  start: Pick<ProgramStart, 'folder' | 'workspaceFolder'>,
  paths: readonly string[],
): Layout {
  const { disk, image } = workspaceOf(folder, start);
  const common = commonFolder(folder, paths);
  if (isIn(common, disk)) return { placeOf: placeIn(disk, image), placeInImage: inRoot, link: undefined };
  const placeOf = placeIn(common, PROJECT_FOLDER);
  const place = inRoot(start.folder);
  const target = placeOf(folder);
  return {
    placeOf,
    placeInImage: (path) =>
      isIn(path, start.folder) ? posix.join(target, posix.relative(start.folder, path)) : inRoot(path),
    link: { type: 'link', path: place, mode: 0o777, target: posix.relative(posix.dirname(place), target) },
  };
}

/** Returns the folder on disk that corresponds to the workspace's folder in the image. */
function workspaceOf(
  folder: string,
  start: Pick<ProgramStart, 'folder' | 'workspaceFolder'>,
): { disk: string; image: string } {
  const below = posix.relative(start.workspaceFolder, start.folder);
  const suffix = sep + below.split('/').join(sep);
  return below !== '' && !below.startsWith('..') && folder.endsWith(suffix)
    ? { disk: folder.slice(0, -suffix.length), image: start.workspaceFolder }
    : { disk: folder, image: start.folder };
}

function commonFolder(folder: string, paths: readonly string[]): string {
  let common = folder;
  for (const path of paths)
    while (!isIn(path, common)) common = common.slice(0, common.lastIndexOf(sep)) || sep;
  return common;
}

const inRoot = (path: string): string => posix.join('/', path).slice(1);

const placeIn =
  (disk: string, image: string) =>
  (path: string): string => {
    // Nearly all paths are below the folder. A program has thousands, so the general case would be too slow for them.
    const below = path.startsWith(disk + sep) ? path.slice(disk.length + 1) : relative(disk, path);
    return inRoot(posix.join(image, below.split(sep).join('/')));
  };
