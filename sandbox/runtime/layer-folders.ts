/** The folders of a root file system to which a layer is applied: resolves paths once per folder, and removes what is replaced. */
import { chmodSync, lstatSync, mkdirSync, readlinkSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LayerError } from './layer-entries.ts';
import { followLinks, segments } from './rootfs.ts';

/** The paths of one root file system while a layer is applied to it. Nothing else may change the folder meanwhile. */
export interface LayerFolders {
  /** The absolute path of the root. */
  readonly root: string;
  /**
   * Returns the path on this machine of an entry, after the links in its parents were followed inside the root. A link in the last
   * segment is not followed.
   * @param path without `..`
   */
  pathOf(path: string): string;
  /** Creates a folder and its parents; existing ones stay as they are. */
  make(folder: string): void;
  /** Removes a file, a link, or a folder with its contents. */
  remove(path: string): void;
  /** Must be called after a link is created: paths below it resolve differently from now on. */
  forget(): void;
}

/**
 * Makes the paths of a root. The operations are synchronous, since a layer has thousands of small files, and a call through Node's
 * thread pool takes longer than the operation. The caller must let other work proceed between entries.
 */
export function layerFolders(folder: string): LayerFolders {
  const root = join(folder);
  /** Paths that are known to be folders, and not links to folders. */
  const known = new Set([root]);
  const real = new Map<string, string>();

  function resolveFolder(path: string): string {
    const cached = real.get(path);
    if (cached !== undefined) return cached;
    try {
      const steps = followLinks(root, path);
      let step = steps.next();
      while (!step.done)
        step = steps.next(known.has(step.value.path) ? undefined : linkTarget(step.value.path));
      real.set(path, step.value);
      return step.value;
    } catch (cause) {
      throw new LayerError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  function make(path: string): void {
    if (known.has(path)) return;
    const parent = dirname(path);
    make(parent);
    try {
      mkdirSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !lstatSync(path).isDirectory()) throw error;
      const { mode } = lstatSync(path);
      // A lower layer may have made the folder read-only.
      if ((mode & 0o700) !== 0o700) chmodSync(path, (mode & 0o777) | 0o700);
    }
    known.add(path);
  }

  return {
    root,
    forget: () => real.clear(),
    pathOf: (path) => {
      const parts = segments(path);
      const name = parts.pop();
      return name === undefined ? root : join(resolveFolder(parts.join('/')), name);
    },
    make,
    remove(path) {
      // If a folder or a link to a folder is replaced, the paths below it resolve differently from now on.
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile()) {
        known.clear();
        known.add(root);
        real.clear();
      }
      if (stats) rmSync(path, { recursive: true, force: true });
    },
  };
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
