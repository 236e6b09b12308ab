/** Derives the layout of a program's image from the COPY steps of its Dockerfile. Pure. */
import { posix } from 'node:path';
import type { DockerCopy, DockerStage } from './dockerfile.ts';
import type { FolderView } from './folder-view.ts';
import { pathBelow, type ImageLayout } from './image-layout.ts';
import { DEFAULT_FOLDER, type CopiedPath } from './start.ts';

/** The folders that the Dockerfile and the packages of a program refer to. */
export interface DockerContext {
  readonly view: FolderView;
  /** The build context, relative to the program's folder. */
  readonly context: string;
  /** The root of the workspace, relative to the program's folder. */
  readonly workspaceRoot: string | undefined;
}

/** A layout whose copies include parts that have not been built yet. */
export interface DockerLayout extends ImageLayout {
  readonly workingFolder: string;
  /** The build output that the Dockerfile copies, relative to the program's folder. */
  readonly outputs: readonly string[];
  readonly differences: readonly string[];
}

/**
 * Returns the layout. The whole folder is at the place to which the Dockerfile copies it, or else in the working folder, and parts
 * of it are also where the Dockerfile copies them. Packages are left out: they are packaged as installed.
 */
export function dockerLayout(stage: DockerStage, where: DockerContext): DockerLayout {
  const { view } = where;
  const all = stage.copies.flatMap((copy) => copiedPaths(copy, where));
  const copied = all.filter(({ from }) => !/(^|\/)node_modules(\/|$)/.test(from));
  const home = stage.workingFolder === '/' ? DEFAULT_FOLDER : stage.workingFolder;
  const folder = placeOfFolder(copied, home, where);
  const inFolder = copied.flatMap(({ from, to }) => {
    const below = pathBelow(view.path, absolute(view, from));
    return below ? [{ from: below, to }] : [];
  });
  const isBuilt = (path: string) => view.kindOf(path) !== undefined;
  const outside = copied.filter(({ from }) => isOutside(absolute(view, from), where)).map(({ from }) => from);
  const foreign = stage.copies.filter((copy) => copy.stage === 'image').flatMap(({ from }) => from);
  return {
    folder,
    workspaceFolder: placeOfWorkspace(folder, where),
    copies: inFolder.filter(({ from, to }) => to !== posix.join(folder, from)),
    workingFolder: home,
    outputs: [...new Set(inFolder.map(({ from }) => from))].filter(isBuilt),
    differences: [
      ...outside.map((path) => `The image does not contain ${path}, which is outside the folder.`),
      ...foreign.map(
        (path) =>
          `The image does not contain ${path}, which the Dockerfile adds from another image or a URL.`,
      ),
    ],
  };
}

const absolute = (view: FolderView, path: string): string => posix.resolve(view.path, path);

/** Returns the copies of a step, with sources relative to the program's folder. */
function copiedPaths({ stage, from, to }: DockerCopy, where: DockerContext): CopiedPath[] {
  if (stage === 'image') return [];
  const sources = from
    .filter((path) => !/[*?[]/.test(path))
    .map((path) =>
      stage === undefined
        ? posix.join(where.context, path)
        : sourceInStage(stage, posix.resolve('/', path), where),
    );
  return sources.map((source) => ({
    from: posix.normalize(source).replace(/(?<=.)\/$/, ''),
    to:
      isFile(source, where.view) && to.endsWith('/')
        ? to + posix.basename(source)
        : to.replace(/(?<=.)\/$/, ''),
  }));
}

/** Returns the path in the program's folder that a path of another stage was copied from, or will be built at. */
function sourceInStage(stage: DockerStage, path: string, where: DockerContext): string {
  const copied = stage.copies
    .flatMap((copy) => copiedPaths(copy, where))
    .reverse()
    .find(({ to }) => pathBelow(to, path) !== undefined);
  if (copied) return posix.join(copied.from, pathBelow(copied.to, path) ?? '');
  return posix.join(where.context, posix.relative(stage.workingFolder, path));
}

function isFile(path: string, view: FolderView): boolean {
  const kind = view.kindOf(path);
  return kind === undefined ? posix.extname(path) !== '' : kind === 'file';
}

/** Returns the place of the program's folder in the image. */
function placeOfFolder(
  copied: readonly CopiedPath[],
  home: string,
  { view, context }: DockerContext,
): string {
  const places = [...copied].reverse().flatMap(({ from, to }) => {
    const below = pathBelow(absolute(view, from), view.path);
    return below === undefined ? [] : [posix.join(to, below)];
  });
  // `COPY dist /srv/dist` also shows where the folder would be.
  const inferred = copied.flatMap(({ from, to }) =>
    !from.startsWith('.') && to.endsWith(`/${from}`) ? [to.slice(0, -from.length - 1)] : [],
  );
  const [place = posix.join(home, pathBelow(absolute(view, context), view.path) ?? '')] = [
    ...places,
    ...inferred,
  ];
  return place === '/' || place === '' ? DEFAULT_FOLDER : place;
}

/**
 * Returns the place of the workspace's root if the image keeps the distance between it and the package; otherwise the place of the
 * package, which the Dockerfile moves.
 */
function placeOfWorkspace(folder: string, { view, workspaceRoot }: DockerContext): string {
  if (workspaceRoot === undefined) return folder;
  const below = posix.relative(posix.resolve(view.path, workspaceRoot), view.path);
  const root = folder.endsWith(`/${below}`) ? folder.slice(0, -below.length - 1) : '';
  return root === '' ? folder : root;
}

/** Whether a path is outside both the program's folder and its workspace, and does not contain the folder. */
const isOutside = (path: string, { view, workspaceRoot = '.' }: DockerContext): boolean =>
  pathBelow(absolute(view, workspaceRoot), path) === undefined && pathBelow(path, view.path) === undefined;
