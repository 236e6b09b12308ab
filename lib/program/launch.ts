/** Launches: the commands that programs start with, and the places that their words refer to. Pure. */
import { posix } from 'node:path';
import { withoutMissingEnvFiles } from './env-files.ts';
import { readManifestFields, type FolderView } from './folder-view.ts';
import type { PackageManifest } from './manifest.ts';
import { locate, type ImageLayout } from './image-layout.ts';
import { isTypeScript, resolveModule, sourceOf } from './module-resolution.ts';
import { compiledPath } from './start.ts';

/** The place where a command is interpreted. */
export interface LaunchPlace {
  readonly view: FolderView;
  readonly layout: ImageLayout;
  /** The working directory, absolute in the image. */
  readonly folder: string;
}

/** A command as it starts. */
export interface Launch {
  readonly kind: 'launch';
  readonly command: readonly string[];
  /** The variables that the command line sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** The working directory, absolute in the image. */
  readonly folder: string;
  /** The file that Node runs, relative to the program's folder; undefined for other programs. */
  readonly entry: string | undefined;
  /** Whether it starts programs that packages provide, which are found in `node_modules/.bin`. */
  readonly usesPackages: boolean;
  /** One sentence for each difference from the command as it was written. */
  readonly differences: readonly string[];
}

/** The command cannot start. @param why a sentence; @param fix undefined for the usual one */
export interface NoLaunch {
  readonly kind: 'failure';
  readonly why: string;
  readonly fix?: string;
}

/** Another command starts the program: its words, or a line for a shell. */
export interface Rewritten {
  readonly kind: 'words' | 'line';
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The directory that it changes to. */
  readonly folder?: string;
  readonly differences?: readonly string[];
}

export type Interpretation = Launch | NoLaunch | Rewritten;
/** Interprets the arguments of one program, such as `nodemon`. */
export type Runner = (args: readonly string[], place: LaunchPlace) => Interpretation | undefined;

export const words = (...all: readonly string[]): Rewritten => ({ kind: 'words', words: all });
export const line = (text: string): Rewritten => ({ kind: 'line', words: [text] });

/** Returns a launch of a command that is not a Node program. */
export const plainLaunch = (
  command: readonly string[],
  { folder }: LaunchPlace,
  usesPackages = true,
): Launch => ({
  kind: 'launch',
  command,
  environment: {},
  folder,
  entry: undefined,
  usesPackages,
  differences: [],
});

/** A file that a command names. */
interface NamedFile {
  /** Relative to the program's folder. */
  readonly path: string;
  /** Relative to the working directory. */
  readonly name: string;
  /** The built file that does not exist, if its source was found instead. */
  readonly missing?: string;
}

/** Finds the file that Node would run for a path; if it has not been built, its source. */
export function namedFile(path: string, { view, layout, folder }: LaunchPlace): NamedFile | undefined {
  const place = posix.resolve(folder, path);
  const candidates = locate(layout, place);
  for (const candidate of candidates) {
    const found = resolveModule(view, candidate);
    if (found === undefined) continue;
    const name = posix.relative(folder, posix.join(place, posix.relative(candidate, found)));
    return { path: found, name };
  }
  for (const candidate of candidates) {
    const source = sourceOf(view, mainOr(view, candidate));
    if (source === undefined) continue;
    return { path: source, name: posix.relative(folder, posix.join(layout.folder, source)), missing: path };
  }
  return undefined;
}

/** Returns the main file of a folder, or the path itself for a file. */
function mainOr(view: FolderView, path: string): string {
  const { main } = readManifestFields(view, posix.join(path, 'package.json'));
  return main !== undefined && view.kindOf(path) === 'folder' ? posix.join(path, main) : path;
}

/** Returns the nearest package.json at or above the working directory, as npm finds it, and the directory in the image. */
export function manifestAt({
  view,
  layout,
  folder,
}: LaunchPlace): { manifest: PackageManifest; folder: string } | undefined {
  for (let place = folder; ; place = posix.dirname(place)) {
    const found = locate(layout, posix.join(place, 'package.json')).find(
      (path) => view.kindOf(path) === 'file',
    );
    if (found !== undefined) return { manifest: readManifestFields(view, found), folder: place };
    if (place === '/') return undefined;
  }
}

/** Packages that make Node load TypeScript, which compiled files do not need. */
const LOADER =
  /^(?:ts-node|tsx|tsconfig-paths|@swc-node|@swc\/register|esbuild-register|esbuild-runner|jiti|ts-node-dev)(?:\/|$)/;

export interface NodeArguments {
  readonly flags: readonly string[];
  readonly file: string;
  readonly args: readonly string[];
}

/** Returns the launch of a file with Node. Own TypeScript files are compiled, so that they need no loader. */
export function nodeLaunch({ flags, file, args }: NodeArguments, place: LaunchPlace): Launch | NoLaunch {
  const found = namedFile(file, place);
  if (found === undefined) return missingFile(file, place);
  const isCompiled = isTypeScript(found.path);
  const available = withoutMissingEnvFiles(flags, place);
  const kept = isCompiled ? ['--enable-source-maps', ...withoutLoaders(available.flags)] : available.flags;
  return {
    ...plainLaunch(['node', ...kept, compiledPath(found.name), ...args], place, false),
    entry: found.path,
    differences: [
      ...available.missing.map(
        (name) => `${name} is not in the image: set its variables in \`environment\` of the container.`,
      ),
      ...(found.missing === undefined
        ? []
        : [`${found.missing} has not been built, so its source ${found.path} is compiled.`]),
    ],
  };
}

function missingFile(file: string, place: LaunchPlace): NoLaunch {
  const hasBuild = manifestAt(place)?.manifest.scripts['build'] !== undefined;
  return {
    kind: 'failure',
    why: `It runs ${file}, which does not exist.`,
    ...(hasBuild ? { fix: 'Run npm run build in that folder: it makes the file.' } : {}),
  };
}

/** Removes `--import tsx` and its like, in one word or in two. */
const withoutLoaders = (flags: readonly string[]): string[] =>
  flags.filter((flag, index) => {
    const isOption = /^(?:-r|--require|--import|--loader|--experimental-loader)$/.test(flag);
    const value = isOption ? flags[index + 1] : flag.replace(/^--[\w-]+=/, '');
    return !LOADER.test(value ?? '') && !/^--experimental-(?:strip|transform)-types$/.test(flag);
  });
