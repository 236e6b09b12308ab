/** Compares the installed packages with the lockfile of the project. */
import { dirname, join, relative, sep } from 'node:path';
import { kindOf } from '../config/path-kind.ts';
import { readRegularFile } from '../config/regular-file.ts';
import { shownPath } from '../config/location.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import { readManifest } from './manifest.ts';
import type { InstalledPackage, PackageClosure } from './packages.ts';
import { LOCKFILES } from './project-root.ts';

/** For each lockfile, the file in node_modules that shows that its package manager installed them, and its command. */
const MANAGERS: Readonly<
  Record<(typeof LOCKFILES)[number], { readonly marks: readonly string[]; readonly install: string }>
> = {
  'package-lock.json': { marks: ['.package-lock.json'], install: 'npm ci' },
  'npm-shrinkwrap.json': { marks: ['.package-lock.json'], install: 'npm ci' },
  'pnpm-lock.yaml': { marks: ['.modules.yaml'], install: 'pnpm install --frozen-lockfile' },
  'yarn.lock': {
    marks: ['.yarn-integrity', '.yarn-state.yml'],
    install: 'yarn install --frozen-lockfile',
  },
  'bun.lock': { marks: [], install: 'bun install --frozen-lockfile' },
};

/** The maximum number of packages that a problem names. */
const MAX_NAMED = 5;

/** A lockfile that describes what is installed. */
interface Lockfile {
  readonly folder: string;
  readonly name: (typeof LOCKFILES)[number];
}

/**
 * Finds the lockfile that the packages of a folder were installed from: the nearest one. If there are several in one folder, the
 * mark that the package manager left in node_modules decides.
 */
function lockfileOf(folder: string, root: string): Lockfile | undefined {
  const present = LOCKFILES.filter((name) => kindOf(join(folder, name)) === 'file');
  const used = present.filter((name) =>
    MANAGERS[name].marks.some((mark) => kindOf(join(folder, 'node_modules', mark)) !== undefined),
  );
  const [name] = used.length > 0 ? used : present.length === 1 ? present : [];
  if (name !== undefined) return { folder, name };
  if (present.length > 0 || folder === root || dirname(folder) === folder) return undefined;
  return lockfileOf(dirname(folder), root);
}

/** Returns the command that installs the packages of a folder, e.g. `npm ci`. */
export function installCommandIn(folder: string, root: string): string {
  const lockfile = lockfileOf(folder, root);
  const command = lockfile === undefined ? 'npm install' : MANAGERS[lockfile.name].install;
  const where = shownPath(lockfile?.folder ?? folder);
  return where === '.' ? command : `${command} in ${where}`;
}

/** @throws PACKAGE when the program declares packages that are not installed */
export function requireInstalled(folder: string, root: string, { missing }: PackageClosure): void {
  if (missing.length === 0) return;
  const usesPlugAndPlay = kindOf(join(root, '.pnp.cjs')) === 'file';
  throw problem('PACKAGE', {
    what: `${shownPath(folder)} needs packages that are not installed: ${missing.join(', ')}.`,
    why: usesPlugAndPlay
      ? 'Yarn keeps them in archives (Plug and Play), which only run with a loader of Yarn.'
      : 'Its package.json lists them in dependencies, and no node_modules has them.',
    now: NOTHING_CHANGED,
    fix: usesPlugAndPlay
      ? [`Set nodeLinker: node-modules in ${join(shownPath(root), '.yarnrc.yml')}, and run yarn install.`]
      : [`Run ${installCommandIn(folder, root)}.`],
  });
}

/**
 * Checks that the lockfile lists each installed package in its version, and that package.json still asks for what was locked.
 * @throws PACKAGE with the packages that differ
 */
export async function checkLockfile(
  folder: string,
  root: string,
  packages: readonly InstalledPackage[],
): Promise<void> {
  const lockfile = lockfileOf(folder, root);
  if (lockfile === undefined) return;
  const text = await readRegularFile(join(lockfile.folder, lockfile.name));
  const locked = lockfile.name.endsWith('.json') ? npmVersions(text) : versionsIn(text);
  // A lockfile in a format that is not known, or of a project without packages.
  if (locked === undefined || locked.size === 0) return;
  const installed = packages.filter(({ isWorkspace }) => !isWorkspace);
  const differences = [
    ...installed.flatMap(({ manifest: { name, version } }) => {
      if (name === undefined || version === undefined) return [];
      const versions = locked.get(name);
      if (versions?.has(plain(version))) return [];
      const wanted = versions ? [...versions].join(' or ') : 'not there';
      return [`${name} is installed in version ${version}; in the lockfile it is ${wanted}.`];
    }),
    ...(await changedRanges(folder, lockfile, text)),
  ];
  if (differences.length === 0) return;
  const more = differences.length - MAX_NAMED;
  throw problem('PACKAGE', {
    what: `The packages of ${shownPath(folder)} do not match ${shownPath(join(lockfile.folder, lockfile.name))}.`,
    why: [...differences.slice(0, MAX_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    now: NOTHING_CHANGED,
    fix: [
      `${installCommandIn(folder, root)}, to install what the lockfile lists`,
      `or ${lockfile.name.endsWith('.json') ? 'npm install' : MANAGERS[lockfile.name].install.split(' --')[0]}, to update the lockfile`,
    ],
  });
}

/** A version without `v` and without build metadata, both of which package managers leave out. */
const plain = (version: string): string => version.replace(/^[v=]+/, '').replace(/\+.*/, '');

type Versions = Map<string, Set<string>>;

const add = (versions: Versions, name: string, version: string): unknown =>
  versions.set(name, (versions.get(name) ?? new Set()).add(plain(version)));

interface NpmPackage {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, unknown>>;
}

/** @see https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json */
function npmVersions(text: string): Versions | undefined {
  const versions: Versions = new Map();
  try {
    const { packages, dependencies } = JSON.parse(text) as {
      packages?: Readonly<Record<string, NpmPackage>>;
      dependencies?: NpmPackage['dependencies'];
    };
    for (const [path, { name, version }] of Object.entries(packages ?? {})) {
      const [, last] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
      const known = name ?? last;
      if (known !== undefined && version !== undefined) add(versions, known, version);
    }
    if (packages === undefined) addTree(versions, dependencies ?? {});
    return versions;
  } catch {
    return undefined;
  }
}

/** Adds the packages of a lockfile of npm 6, which nests them. */
function addTree(versions: Versions, tree: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(tree)) {
    const { version = '', dependencies = {} } = Object(value) as NpmPackage;
    add(versions, name, version);
    addTree(versions, dependencies);
  }
}

/** Matches `name@version` in the lockfiles of pnpm and bun: a key `/name@1.2.3(peer@4.0.0):`, or an item `["name@1.2.3", …`. */
const NAME_AND_VERSION = /(?:^ {2}['"]?\/?|\[")((?:@[\w.~-]+\/)?[\w.~-]+)[@/](\d[^\s()'":_,]*)/gm;
/** Matches an entry in a lockfile of yarn: `"name@^1.0.0", name@npm:1.2.3:` and the version in the next line. */
const YARN_ENTRY = /^"?((?:@[^@/\s"]+\/)?[^@/\s",]+)@[^\n]*:\n {2}version:? "?([^\s"]+)"?$/gm;

function versionsIn(text: string): Versions {
  const versions: Versions = new Map();
  for (const pattern of [NAME_AND_VERSION, YARN_ENTRY])
    for (const [, name = '', version = ''] of text.matchAll(pattern)) add(versions, name, version);
  return versions;
}

/** Compares the ranges in package.json with those that npm recorded when it wrote the lockfile. */
async function changedRanges(folder: string, lockfile: Lockfile, text: string): Promise<string[]> {
  if (!lockfile.name.endsWith('.json')) return [];
  const { packages } = JSON.parse(text) as { packages?: Readonly<Record<string, NpmPackage>> };
  const recorded = packages?.[relative(lockfile.folder, folder).split(sep).join('/')];
  const manifest = await readManifest(folder);
  if (recorded === undefined || manifest === undefined) return [];
  return Object.entries(manifest.dependencies).flatMap(([name, range]) => {
    const before = recorded.dependencies?.[name];
    if (before === range) return [];
    const was = typeof before === 'string' ? `has ${before}` : 'does not have it';
    return [`package.json asks for ${name} ${range}; the lockfile ${was}.`];
  });
}
