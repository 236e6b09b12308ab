/** Finds the packages that a program needs in production, as they are installed: hoisted, nested, or linked by pnpm or a workspace. */
import { realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { kindOf } from '../config/path-kind.ts';
import { shownPath } from '../config/location.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { list, type Listed } from './disk.ts';
import type { InstalledPackages } from './installed-packages.ts';
import { readManifest, type PackageManifest } from './manifest.ts';

/** An installed package, or a package of the same workspace. */
export interface InstalledPackage {
  readonly folder: string;
  readonly manifest: PackageManifest;
  /** Whether it is a package of the workspace, i.e. source that changes as the program does. */
  readonly isWorkspace: boolean;
  /** The packages that it requires if they are installed. */
  readonly optional: readonly InstalledPackage[];
}

/** A package, and the folder of a file that imports it. */
export interface ImportedPackage {
  readonly name: string;
  readonly from: string;
}

/** The packages of a program. */
export interface PackageClosure {
  readonly packages: readonly InstalledPackage[];
  /** The links that lead to the packages, and the executables of packages. */
  readonly links: readonly Listed[];
  /** Declared packages that are not installed and not optional. */
  readonly missing: readonly string[];
}

/**
 * Finds the packages that a folder and its packages declare, as Node does: in `node_modules` of the package's own folder, then in
 * those above it. Packages that are only installed for development are not found.
 * @param folder with the package.json, absolute
 * @param root the outermost folder in which packages may be, absolute
 * @param options.installed the packages that builds which run together have read
 * @param options.imported further packages, which may still be searched for meanwhile
 * @throws PACKAGE when a link leads out of the root
 * @see https://nodejs.org/api/modules.html#loading-from-node_modules-folders
 */
export async function packagesOf(
  folder: string,
  root: string,
  {
    imported,
    installed,
  }: {
    readonly imported: Promise<readonly ImportedPackage[]>;
    readonly installed: InstalledPackages;
  },
): Promise<PackageClosure> {
  const search = new PackageSearch(root, installed);
  const owner = await ownerOf(folder, root);
  if (owner) await search.addDependencies(owner.folder, owner.manifest, true);
  for (const { name, from } of await imported) await search.find(name, from);
  await search.addExecutables(folder);
  return {
    packages: [...search.packages.values()],
    links: [...search.links.values()],
    missing: search.missing,
  };
}

/** Returns the package that a folder belongs to: its own package.json or, as for Node, the nearest above it. */
async function ownerOf(
  folder: string,
  root: string,
): Promise<{ folder: string; manifest: PackageManifest } | undefined> {
  const manifest = await readManifest(folder);
  if (manifest) return { folder, manifest };
  return folder === root || dirname(folder) === folder ? undefined : ownerOf(dirname(folder), root);
}

class PackageSearch {
  readonly packages = new Map<string, InstalledPackage>();
  readonly links = new Map<string, Listed>();
  readonly missing: string[] = [];
  private readonly root: string;
  private readonly installed: InstalledPackages;
  /** Folders named `node_modules` that are links themselves, from their real paths. They are packaged as folders. */
  private readonly linkedFolders = new Map<string, string>();

  constructor(root: string, installed: InstalledPackages) {
    this.root = root;
    this.installed = installed;
  }

  /** @param isProgram whether the package is the program itself, whose missing packages are an error */
  async addDependencies(
    folder: string,
    manifest: PackageManifest,
    isProgram = false,
  ): Promise<InstalledPackage[]> {
    const { dependencies, optionalDependencies, peerDependencies, bundled } = manifest;
    const optional: InstalledPackage[] = [];
    const names = new Set([
      ...Object.keys(dependencies),
      ...bundled,
      ...Object.keys(optionalDependencies),
      ...Object.keys(peerDependencies),
    ]);
    for (const name of names) {
      const found = await this.find(name, folder);
      const isOptional = name in optionalDependencies || !(name in dependencies);
      if (found && name in optionalDependencies) optional.push(found);
      if (!found && isProgram && !isOptional) this.missing.push(name);
    }
    return optional;
  }

  /** Finds a package, and then the packages that it requires. */
  async find(name: string, from: string): Promise<InstalledPackage | undefined> {
    for (let current = from; ; current = dirname(current)) {
      if (basename(current) !== 'node_modules') {
        const found = await this.installedAt(join(current, 'node_modules'), name);
        if (found) return found;
      }
      if (current === this.root || dirname(current) === current) return undefined;
    }
  }

  private async installedAt(modules: string, name: string): Promise<InstalledPackage | undefined> {
    const path = join(modules, name);
    if (kindOf(path) !== 'folder') return undefined;
    this.noteLinkedFolder(modules);
    const entry = list(path);
    const folder = this.placeOf(realpathSync.native(path));
    // Also if the package is no link itself: the folder of its scope may be one.
    if (!isIn(folder, this.root)) throw linkOut(path, folder, this.root);
    if (entry?.type !== 'link') return this.add(path);
    this.links.set(path, { ...entry, target: folder });
    return this.add(folder);
  }

  private async add(folder: string): Promise<InstalledPackage | undefined> {
    const known = this.packages.get(folder);
    if (known) return known;
    if (!isIn(folder, this.root)) throw linkOut(folder, folder, this.root);
    const manifest = await this.installed.manifest(folder);
    if (manifest === undefined) return undefined;
    const optional: InstalledPackage[] = [];
    const isWorkspace = !folder.split(sep).includes('node_modules');
    const found = { folder, manifest, isWorkspace, optional };
    // Added before its dependencies, because packages may require each other.
    this.packages.set(folder, found);
    optional.push(...(await this.addDependencies(folder, manifest)));
    return found;
  }

  private noteLinkedFolder(modules: string): void {
    const real = realpathSync.native(modules);
    if (real !== modules && list(modules)?.type === 'link') this.linkedFolders.set(real, modules);
  }

  /** Returns the path at which a real path is packaged. */
  private placeOf(real: string): string {
    for (const [from, to] of this.linkedFolders) if (isIn(real, from)) return to + real.slice(from.length);
    return real;
  }

  /** Adds the executables of the packages, which `start` scripts call by name. */
  async addExecutables(folder: string): Promise<void> {
    const names = new Set([...this.packages.values()].flatMap(({ manifest }) => manifest.binNames));
    for (let current = folder; ; current = dirname(current)) {
      for (const name of names) {
        const entry = list(join(current, 'node_modules/.bin', name));
        if (entry === undefined || entry.type === 'folder') continue;
        const target = this.placeOf(await realpath(entry.path).catch(() => ''));
        // A file that is elsewhere was reached through a `.bin` that is a link.
        if (entry.type === 'file' && target === entry.path) this.links.set(entry.path, entry);
        if (entry.type === 'file') continue;
        if ([...this.packages.keys()].some((other) => isIn(target, other)))
          this.links.set(entry.path, { ...entry, target });
      }
      if (current === this.root || dirname(current) === current) return;
    }
  }
}

/** Whether a path is a folder or something in it. */
export const isIn = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

const linkOut = (path: string, folder: string, root: string): Problem =>
  problem('PACKAGE', {
    what: `${shownPath(path)} is a link out of the project.`,
    why: `It leads to ${folder}; only what is in ${shownPath(root)} can be packaged.`,
    now: NOTHING_CHANGED,
    fix: [
      `npm install --install-links ${folder}, to install a copy of the package`,
      'or make it a package of the same workspace',
    ],
  });
