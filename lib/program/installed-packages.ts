/** Reads the installed packages of several programs: programs of a workspace share most of them, and each is read once. */
import { basename, join } from 'node:path';
import { listFolder, type Listed } from './disk.ts';
import { readManifest, type PackageManifest } from './manifest.ts';
import type { SizeLimit } from './size-limit.ts';

/** The packages that have been read, by folder. They must not change meanwhile, so a reader serves builds that run together. */
export class InstalledPackages {
  readonly #manifests = new Map<string, Promise<PackageManifest | undefined>>();
  readonly #files = new Map<string, Promise<readonly Listed[]>>();

  /** Reads the package.json of a folder. @returns undefined if the file is missing or does not contain a JSON object */
  manifest(folder: string): Promise<PackageManifest | undefined> {
    const manifest = this.#manifests.get(folder) ?? readManifest(folder);
    this.#manifests.set(folder, manifest);
    return manifest;
  }

  /**
   * Lists the files of a package, without the packages that are installed in it.
   * @param limit of the program for which the package is listed
   * @throws PACKAGE if the program becomes too large, or if the folder changes meanwhile
   */
  async files(folder: string, limit: SizeLimit): Promise<readonly Listed[]> {
    const known = await this.#files.get(folder)?.catch(() => undefined);
    if (known === undefined) {
      const listing = listFolder(
        folder,
        limit,
        ({ path }) => path !== join(folder, 'node_modules') && basename(path) !== '.git',
      );
      this.#files.set(folder, listing);
      return listing;
    }
    for (const file of known) limit.add(file);
    return known;
  }
}
