/** Lists what the image of a program contains: its own files, compiled where needed, and the packages that it needs in production. */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { shownPath } from '../config/location.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { list, type Listed } from './disk.ts';
import { InstalledPackages } from './installed-packages.ts';
import { SizeLimit } from './size-limit.ts';
import type { PackagedFiles } from './entries.ts';
import { EntryCollector } from './entry-lists.ts';
import { layOut } from './layout.ts';
import { ignoredNotes, secretNotes } from './left-out.ts';
import { checkLockfile, requireInstalled } from './lockfile.ts';
import { readManifest } from './manifest.ts';
import { allowsPlatform, checkNativeModules, checkVariants, type TaskPlatform } from './native-modules.ts';
import { ownFiles } from './own-files.ts';
import { outsideImports } from './outside-imports.ts';
import { isIn, packagesOf, type InstalledPackage } from './packages.ts';
import { projectRootOf } from './project-root.ts';
import { addCompiled, compileSources } from './compiled-files.ts';
import type { ProgramStart } from './start.ts';

export interface PackageOptions {
  /** The folder of the program, absolute. */
  readonly folder: string;
  readonly start: ProgramStart;
  /** The platform of the task. */
  readonly platform: TaskPlatform;
  /** The packages that builds which run together have read; by default, all are read. */
  readonly installed?: InstalledPackages;
  /** The maximum size of all files, bytes; `MAX_PROGRAM_BYTES` by default. */
  readonly maxBytes?: number;
}

/** The folders that contain links to packages, and executables. */
const IN_MODULES = /[/\\]node_modules([/\\](\.bin|@[^/\\]+))?$/;

/**
 * Lists the files of a program. Only TypeScript files and package.json files are read, other files when their entries are.
 * @throws PACKAGE with the first file or package that cannot be packaged
 */
export async function packageFiles(options: PackageOptions): Promise<PackagedFiles> {
  const { start, platform, installed = new InstalledPackages() } = options;
  const folder = await realpath(options.folder);
  const root = projectRootOf(folder);
  const limit = new SizeLimit(folder, options.maxBytes);
  const needed = [
    ...start.outputs,
    ...start.copies.map(({ from }) => from),
    ...(start.entry ? [start.entry] : []),
  ];
  const hasBuild = (await readManifest(folder))?.scripts['build'] !== undefined;
  const own = await ownFiles(folder, { needed, hasBuild, limit });
  // Another process follows the imports while this one searches for the packages.
  const following = outsideImports(folder, root, start.entry);
  const imported = following.then(({ packages }) => packages);
  const closure = await packagesOf(folder, root, { imported, installed });
  const outside = await following;
  requireInstalled(folder, root, closure);
  await checkLockfile(folder, root, closure.packages);
  const packages = closure.packages.filter(({ manifest }) => allowsPlatform(manifest, platform));
  checkVariants(closure.packages, platform);

  const dependencyFiles: Listed[] = [];
  const ownListed = [...own.files, ...(await outsideFiles(outside.files, packages, folder, limit))];
  const secrets = [...own.secrets];
  const addPackages = async (isWorkspace: boolean, listed: Listed[]) => {
    for (const found of packages.filter((other) => other.isWorkspace === isWorkspace)) {
      const files = await filesOfPackage(found, { program: folder, limit, secrets, installed });
      await checkNativeModules(found.manifest.name ?? found.folder, files, platform);
      listed.push(...files);
    }
  };
  await addPackages(true, ownListed);
  // The compiler is another process.
  const compiling = start.compiles ? compileSources(root, ownListed) : undefined;
  compiling?.catch(() => undefined);
  // The other programs of the run start their compilers, too, before this process is busy with the packages.
  await setImmediate();
  await addPackages(false, dependencyFiles);
  await checkNativeModules(shownPath(folder), own.files, platform);

  const links = closure.links.filter(({ target }) => packages.some((other) => isIn(target, other.folder)));
  const executables = closure.links.filter(({ type }) => type === 'file');
  const all = [
    ...ownListed,
    ...dependencyFiles,
    ...links,
    ...packages.map((found) => ({ path: found.folder })),
  ];
  const packaged = new Set([folder, ...packages.map((found) => found.folder), ...outside.files]);
  const isPlaced = (path: string) =>
    isBelowOneOf(packaged, path) || (isIn(path, root) && IN_MODULES.test(dirname(path)));
  for (const { path } of all) if (!isPlaced(path)) throw misplaced(path, folder);
  const layout = layOut(
    folder,
    start,
    all.map(({ path }) => path),
  );
  const program = new EntryCollector();
  const dependencies = new EntryCollector();
  for (const entry of ownListed) await addEntry(program, entry, layout.placeOf, folder, packages);
  for (const entry of dependencyFiles) await addEntry(dependencies, entry, layout.placeOf, folder, packages);
  for (const { path, target } of links) dependencies.addLink(layout.placeOf(path), layout.placeOf(target));
  for (const entry of executables) dependencies.addListed(layout.placeOf(entry.path), entry);
  const notes = [...ignoredNotes(own.ignored), ...secretNotes(secrets)];
  if (compiling)
    notes.push(
      ...(await addCompiled(program, ownListed, { folder, compilation: await compiling, start, layout })),
    );
  for (const { from, to } of start.copies) {
    const source = layout.placeOf(resolve(folder, from));
    for (const entry of program.inside(source))
      program.copy(entry, join(layout.placeInImage(to), entry.path.slice(source.length)));
  }
  if (layout.link?.type === 'link')
    program.addLink(layout.link.path, join(dirname(layout.link.path), layout.link.target));
  const sources = packages.filter((found) => found.isWorkspace && !isIn(folder, found.folder));
  return {
    dependencies: dependencies.toList(),
    program: program.toList(),
    notes,
    outside: { folders: sources.map((found) => found.folder), files: outside.files },
  };
}

/** Whether a path or one of its parents is in a set. A program has many files and many packages, so no pair is compared. */
function isBelowOneOf(folders: ReadonlySet<string>, path: string): boolean {
  const parent = dirname(path);
  return folders.has(path) || (parent !== path && isBelowOneOf(folders, parent));
}

/** Lists the files that a program imports from outside of its folder, without those of packages that are packaged anyway. */
async function outsideFiles(
  paths: readonly string[],
  packages: readonly InstalledPackage[],
  program: string,
  limit: SizeLimit,
): Promise<Listed[]> {
  const packaged = packages.filter(({ folder }) => !isIn(program, folder));
  const others = paths.filter((path) => !packaged.some(({ folder }) => isIn(path, folder)));
  const found = others.map(list).filter((entry) => entry !== undefined);
  for (const entry of found) limit.add(entry);
  return found;
}

/** What the listing of a package needs. */
interface PackageListing {
  readonly program: string;
  readonly limit: SizeLimit;
  /** Receives the files that are left out because they usually have secrets. */
  readonly secrets: string[];
  readonly installed: InstalledPackages;
}

/** Lists the files of a package, without the packages that are installed in it. */
async function filesOfPackage(
  { folder, manifest, isWorkspace }: InstalledPackage,
  { program, limit, secrets, installed }: PackageListing,
): Promise<readonly Listed[]> {
  // A package that contains the program, such as the root of the workspace, is not packaged with all its other packages.
  if (isIn(program, folder)) return [];
  if (!isWorkspace) return installed.files(folder, limit);
  const hasBuild = manifest.scripts['build'] !== undefined;
  const own = await ownFiles(folder, { needed: manifest.entryFiles, hasBuild, limit });
  secrets.push(...own.secrets.map((name) => relative(program, join(folder, name)).split(sep).join('/')));
  return own.files;
}

async function addEntry(
  collector: EntryCollector,
  entry: Listed,
  placeOf: (path: string) => string,
  folder: string,
  packages: readonly InstalledPackage[],
): Promise<void> {
  if (entry.type !== 'link') return collector.addListed(placeOf(entry.path), entry);
  const target = resolve(dirname(entry.path), entry.target);
  const real = await realpath(entry.path).catch(() => target);
  const owner = packages.find((other) => isIn(entry.path, other.folder))?.folder ?? folder;
  const isInside = [target, real].every(
    (path) => isIn(path, owner) || isIn(path, folder) || packages.some((other) => isIn(path, other.folder)),
  );
  if (!isInside) throw linkOut(entry, owner, isAbsolute(entry.target) ? entry.target : target);
  collector.addLink(placeOf(entry.path), placeOf(target));
}

const misplaced = (path: string, folder: string): Problem =>
  problem('PACKAGE', {
    what: `${shownPath(path)} is neither in the program's folder nor in a package.`,
    why: `The image contains only ${shownPath(folder)} and its packages, and a package names this file as a part of it.`,
    now: NOTHING_CHANGED,
    fix: ['Install the packages again, or remove the package that names the file.'],
  });

const linkOut = ({ path }: Listed, owner: string, target: string): Problem =>
  problem('PACKAGE', {
    what: `${shownPath(path)} is a link out of the program's folder.`,
    why: `It leads to ${target}, and the image contains only ${shownPath(owner)} and its packages.`,
    now: NOTHING_CHANGED,
    fix: [
      `Replace the link by a copy of what it leads to, or add ${relative(owner, path).split(sep).join('/')} to .dockerignore.`,
    ],
  });
